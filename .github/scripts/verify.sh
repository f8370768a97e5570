#!/usr/bin/env bash
# Verifies what is at the address against archive/ with the public key alone. A web server may go on showing what it has in
# a cache: what was published just now (SUMS, the SHA-256 of its SHA256SUMS) is waited for.
set -euo pipefail
letterbook="$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin/letterbook"
ours="$RUNNER_TEMP/letterbook" status=0
if [ -z "$LETTERBOOK_KEYS" ] || [ -z "$SITE" ]; then
  echo "::error::Nothing was verified: the key list or the address is not set. docs/operate.md says where."
  exit 3
fi
printf '%s\n' "$LETTERBOOK_KEYS" | tr -d '\r' > "$ours/keys"
if [ -n "$SUMS" ]; then
  for round in {1..40}; do
    seen=$({ curl -fsS --max-time 20 -H 'Cache-Control: no-cache' "${SITE%/}/SHA256SUMS" || true; } | sha256sum)
    if [ "${seen%% *}" = "$SUMS" ]; then break; fi
    if [ "$round" = 40 ]; then
      echo "::error::What was published does not appear at the address."
      exit 1
    fi
    sleep 15
  done
fi
(cd archive && "$letterbook" verify "$SITE" --repo . --keys "$ours/keys") \
  > "$ours/report" 2>&1 || status=$?
{ head -c 200000 "$ours/report" | tr -d '\000-\010\013-\037\177' | sed 's/^/    /'; echo; } >> "$GITHUB_STEP_SUMMARY"
if [ "$status" != 0 ]; then
  echo "::error::What is on the web does not verify. The report is in the summary of this run."
  exit "$status"
fi
echo "What is on the web verifies."
