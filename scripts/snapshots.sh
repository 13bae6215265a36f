#!/usr/bin/env bash
# Makes the snapshot pairs of testdata/ afresh: scripts/snapshots.sh [NAME...]
# Each testdata/NAME.leak.json says which program of testdata/programs runs on which version of what, and how.
# Needs Node 18 or newer, npm and zstd; SCRATCH (default /tmp/heapdiff) keeps the fetched versions of Node.
# The ids in a pair differ from run to run, so scripts/oracle.sh has to renew the oracle's numbers afterwards.
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
source "$ROOT/scripts/oracle/node.sh"

# field FILE EXPRESSION: prints a field of a leak.json, lists one item a line.
field() {
  node -p "const leak = JSON.parse(fs.readFileSync('$1')); [$2].flat().join('\n')"
}

make_pair() {
  local name=$1 leak=$ROOT/testdata/$1.leak.json out=$SCRATCH/pairs program runtime
  mkdir -p "$out"
  program=$SCRATCH/app/$(field "$leak" leak.program)
  mapfile -t environment < <(field "$leak" 'Object.entries(leak.environment).map(e => e.join("="))')
  if [[ $(field "$leak" leak.runtime) == chromium ]]; then
    runtime=(node)
    environment+=("CHROMIUM=$(chromium_binary)")
  else
    runtime=("$(node_binary "$(field "$leak" leak.version)")" --expose-gc)
    mapfile -t -O 2 runtime < <(field "$leak" leak.flags | grep .)
  fi
  (
    cd "$SCRATCH/app"
    quiet_env "${environment[@]}" "${runtime[@]}" "$program" "$out/$name-before.heapsnapshot" "$out/$name-after.heapsnapshot"
    if [[ $(field "$leak" '!!leak.rerun') == true ]]; then
      quiet_env "${environment[@]}" "${runtime[@]}" "$program" - "$out/$name-rerun.heapsnapshot"
    fi
  )
  for snapshot in "$out/$name"-*.heapsnapshot; do
    zstd -q -f --ultra -22 "$snapshot" -o "$ROOT/testdata/$(basename "$snapshot").zst"
  done
  chmod 644 "$ROOT/testdata/$name"-*.heapsnapshot.zst
  echo "$name: $(cd "$ROOT/testdata" && du -bc "$name"-*.heapsnapshot.zst | tail -1 | cut -f1) bytes"
}

stage_programs
if [[ $# -eq 0 ]]; then
  for leak in "$ROOT"/testdata/*.leak.json; do
    make_pair "$(basename "$leak" .leak.json)"
  done
fi
for name in "$@"; do make_pair "$name"; done
