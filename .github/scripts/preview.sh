#!/usr/bin/env bash
# Writes the pages that the pull request in archive/ would make, and tells in the summary what it would publish.
set -euo pipefail
letterbook="$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin/letterbook"
ours="$RUNNER_TEMP/letterbook" status=0
cd archive
"$letterbook" preview --base "$BASE" --at "$HEAD" --out "$ours/preview" \
  >> "$GITHUB_STEP_SUMMARY" 2> "$ours/said" || status=$?
sed 's/^/letterbook: /; s/##/# #/g' "$ours/said"
exit "$status"
