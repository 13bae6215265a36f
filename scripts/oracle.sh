#!/usr/bin/env bash
# Makes snapshots afresh with Node 14 to 26 and Chromium and compares heapdiff with Chrome DevTools on each:
#
#   scripts/oracle.sh                       every program on every version; writes docs/oracle.md
#   scripts/oracle.sh PROGRAM VERSION       one of them, as `scripts/oracle.sh sockets 18.20.8`
#
# Compared are self size, retained size, distance and dominator of every node, every class of both snapshots, and every row
# of the Comparison view. Needs Go, Node 20 or newer, npm and, for Chromium, Debian; SCRATCH (default /tmp/heapdiff)
# keeps what was fetched, HEAPDIFF names a binary to use instead of building one. Exit status 1: something differs.
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
DEVTOOLS=$SCRATCH/devtools
source "$ROOT/scripts/oracle/node.sh"

PROGRAMS=(map-cache array listeners sockets array-buffers timers closures promises strings linked-list weak-refs sessions leakcanary-growth)
PAGES=(detached-dom memlab-detached-dom memlab-oversized bleak-preview)
mkdir -p "$SCRATCH"
work=$(mktemp -d "$SCRATCH/oracle-XXXXXX")
trap 'rm -rf "$work"' EXIT

# digest SNAPSHOT: SHA-256 over `id self retained distance dominator` of every node, the columns found by their names.
digest() {
  "$work/heapdiff" nodes "$1" | awk -F'\t' '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { print $column["id"], $column["self_size"], $column["retained_size"], $column["distance"], $column["dominator_id"] }
  ' | sha256sum | cut -d' ' -f1
}

# compare PROGRAM VERSION: leaves the result in $work/results/PROGRAM@VERSION.
compare() {
  local program=$1 version=$2 folder=$work/pair node=(node)
  local result=$work/results/$1@$2
  rm -rf "$folder"
  mkdir -p "$folder"
  [[ $version == chromium ]] || node=("$(node_binary "$version")" --expose-gc)
  (cd "$SCRATCH/app" && quiet_env "CHROMIUM=${CHROMIUM:-}" "${node[@]}" "$program.js" "$folder/before" "$folder/after")
  node "$ROOT/scripts/oracle/oracle.mjs" pair "$DEVTOOLS" "$folder/before" "$folder/after" --top 0 \
    >"$folder/oracle.json" 2>>"$SCRATCH/oracle.log"
  digest "$folder/before" >"$folder/before.digest"
  digest "$folder/after" >"$folder/after.digest"
  "$work/heapdiff" -q "$folder/before" "$folder/after" --json "$folder/report.json" >/dev/null
  echo "$program, $version"
  node "$ROOT/scripts/oracle/compare.mjs" "$folder"/{oracle.json,before.digest,after.digest,report.json} | tee "$result" ||
    failures=$((failures + 1))
}

# table: docs/oracle.md from the results.
table() {
  node "$ROOT/scripts/oracle/table.mjs" "$work/results" "$DEVTOOLS/version.json" "$CHROMIUM_VERSION" >"$work/oracle.md"
  mkdir -p "$ROOT/docs"
  mv "$work/oracle.md" "$ROOT/docs/oracle.md"
}

[[ -f $DEVTOOLS/version.json ]] || node "$ROOT/scripts/oracle/oracle.mjs" setup "$DEVTOOLS"
if [[ -n ${HEAPDIFF:-} ]]; then
  cp "$HEAPDIFF" "$work/heapdiff"
else
  (cd "$ROOT" && go build -o "$work/heapdiff" ./cmd/heapdiff)
fi
stage_programs
mkdir "$work/results"
failures=0
if [[ $# -eq 2 ]]; then
  [[ $2 != chromium ]] || CHROMIUM=$(chromium_binary)
  compare "$1" "$2"
elif [[ $# -eq 0 ]]; then
  CHROMIUM=$(chromium_binary)
  CHROMIUM_VERSION=$("$CHROMIUM" --version | grep -o '[0-9.]*' | head -1)
  for version in "${NODE_VERSIONS[@]}"; do
    for program in "${PROGRAMS[@]}"; do compare "$program" "$version"; done
  done
  for page in "${PAGES[@]}"; do compare "$page" chromium; done
  table
else
  sed -n '2,5s/^# \?//p' "$0" >&2
  exit 2
fi
[[ $failures -eq 0 ]] || { echo "$failures pairs differ" >&2; exit 1; }
