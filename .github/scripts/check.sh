#!/usr/bin/env bash
# Checks the pull request that is checked out in archive/, as annotations, as a table in the summary, and as SARIF.
# The files are those of the commit that a merge would make, and are read from git, never from the work tree.
# What a program says on its error stream may hold a record's text, and a line of it could give the runner an order.
set -euo pipefail
letterbook="$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin/letterbook"
ours="$RUNNER_TEMP/letterbook" status=0
cd archive
read -r -a parents < <(git rev-list --no-walk --parents HEAD)
if [ "${#parents[@]}" != 3 ]; then
  echo "::error::This is no merge of a pull request: the check is for the event pull_request."
  exit 3
fi
against=(--base "${parents[1]}" --at "${parents[0]}")
"$letterbook" check "${against[@]}" --format github 2> "$ours/said" || status=$?
sed 's/^/letterbook: /; s/##/# #/g' "$ours/said"
"$letterbook" check "${against[@]}" --format summary >> "$GITHUB_STEP_SUMMARY" 2> /dev/null || true
"$letterbook" check "${against[@]}" --format sarif > "$ours/letterbook.sarif" 2> /dev/null || true
printf '%s\n' "base=${parents[1]}" "head=${parents[0]}" "status=$status" >> "$GITHUB_OUTPUT"
