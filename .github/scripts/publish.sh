#!/usr/bin/env bash
# Publishes the commit that is checked out in archive/, compared with what is at the address, with the key of the environment.
set -euo pipefail
letterbook="$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin/letterbook"
ours="$RUNNER_TEMP/letterbook"
arguments=(--out "$ours/public" --key "$ours/key")
if [ -z "$LETTERBOOK_KEY" ]; then
  echo "::error::Nothing was published: there is no key. docs/operate.md says where it is kept."
  exit 3
fi
if [ "$FIRST" != true ]; then
  if [ -z "$SITE" ]; then
    echo "::error::Nothing was published: the address of the publication is not set. docs/operate.md says where."
    exit 3
  fi
  arguments+=(--previous "$SITE")
fi
if [ "$ALLOW" = true ]; then arguments+=(--allow-mass-change); fi
trap 'rm -f "$ours/key"' EXIT
(umask 077 && printf '%s\n' "$LETTERBOOK_KEY" | tr -d '\r' > "$ours/key")
unset LETTERBOOK_KEY
status=0
(cd archive && "$letterbook" publish "${arguments[@]}") 2> "$ours/said" || status=$?
sed 's/^/letterbook: /; s/##/# #/g' "$ours/said"
if [ "$status" != 0 ]; then exit "$status"; fi
sums=$(sha256sum < "$ours/public/SHA256SUMS")
echo "sums=${sums%% *}" >> "$GITHUB_OUTPUT"
