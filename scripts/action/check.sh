#!/usr/bin/env bash
# Runs heapdiff check as the inputs of the action say, and tells the steps that
# follow what came of it. The exit status is that of heapdiff.
set -euo pipefail

args=()
# each FLAG TEXT: the flag for each line that is not empty.
each() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "${line//[[:space:]]/}" ] || args+=("$1=$line")
  done <<<"$2"
}
each --fail-on "${FAIL_ON:-}"
each --warn-on "${WARN_ON:-}"
[ -z "${CONFIG:-}" ] || args+=("--config=$CONFIG")
[ -z "${BASELINE:-}" ] || args+=("--baseline=$BASELINE")
while IFS= read -r line || [ -n "$line" ]; do
  line=${line%$'\r'}
  [ -z "${line//[[:space:]]/}" ] || args+=("$line")
done <<<"${ARGS:-}"

reports=${REPORTS:-.}
mkdir -p "$reports"
args+=("--md=$reports/heapdiff.md" "--html=$reports/heapdiff.html" "--json=$reports/heapdiff.json"
  "--junit=$reports/heapdiff.xml" "--sarif=$reports/heapdiff.sarif")
files=("${AFTER:?after is missing}")
[ -n "${BASELINE:-}" ] || files=("${BEFORE:?before or baseline is missing}" "$AFTER")

rm -f "$reports/heapdiff.md" "$reports/heapdiff.json"
status=0
heapdiff check "${args[@]}" -- "${files[@]}" || status=$?

if [ -s "$reports/heapdiff.json" ]; then
  # What the heap has named is on one line and within the value: jq writes no line
  # feed into it.
  {
    echo "report=$reports/heapdiff.md"
    jq -r '"status=" + .verdict.status, "headline=" + (.verdict.headline | gsub("[\\n\\r]"; " "))' "$reports/heapdiff.json"
  } >>"${GITHUB_OUTPUT:?}"
fi
exit "$status"
