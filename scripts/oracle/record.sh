#!/usr/bin/env bash
# Writes the oracle's numbers for the pairs of testdata/: scripts/oracle/record.sh [NAME...]
#   NAME-before.oracle.json.zst, NAME-after.oracle.json.zst, NAME-rerun.oracle.json.zst   oracle.mjs one
#   NAME.diff.oracle.json.zst (before, after), NAME-rerun.diff.oracle.json.zst (before, rerun)   oracle.mjs diff
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
DEVTOOLS=$SCRATCH/devtools
oracle() { node "$ROOT/scripts/oracle/oracle.mjs" "$@" 2>>"$SCRATCH/oracle.log"; }
keep() { zstd -q -f --ultra -22 -o "$ROOT/testdata/$1.oracle.json.zst"; }

[[ -f $DEVTOOLS/version.json ]] || oracle setup "$DEVTOOLS"
names=("$@")
[[ $# -gt 0 ]] || mapfile -t names < <(cd "$ROOT/testdata" && basename -s .leak.json ./*.leak.json)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in "${names[@]}"; do
  class=$(node -p "JSON.parse(fs.readFileSync('$ROOT/testdata/$name.leak.json')).leaks[0].class")
  for file in "$ROOT/testdata/$name"-*.heapsnapshot.zst; do
    snapshot=$(basename "$file" .heapsnapshot.zst)
    zstd -q -f -d "$file" -o "$work/$snapshot"
    oracle one "$DEVTOOLS" "$work/$snapshot" --top 50 --members "$class" | keep "$snapshot"
  done
  oracle diff "$DEVTOOLS" "$work/$name-before" "$work/$name-after" --ids 2 | keep "$name.diff"
  if [[ -f $work/$name-rerun ]]; then
    oracle diff "$DEVTOOLS" "$work/$name-before" "$work/$name-rerun" | keep "$name-rerun.diff"
  fi
  rm "$work"/*
  echo "$name"
done
