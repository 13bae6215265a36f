#!/usr/bin/env bash
# Runs the programs of testdata/programs and leaves their snapshots in a folder: scripts/leaks.sh FOLDER [KIND...]
# KIND is one of testdata/programs/leaks.json or published.json (scenarios that other tools have published), which are copied
# into FOLDER; FOLDER/README.txt says what each file is. NODE names the Node to use (default: the one on PATH); Chromium is installed
# from Debian if it is missing. JOBS programs run at a time (default: one for each core).
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
source "$ROOT/scripts/oracle/node.sh"

if [[ $# -eq 0 ]]; then
  sed -n '2,6s/^# //p' "$0" >&2
  exit 2
fi
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
shift
NODE=${NODE:-$(command -v node)}

APP=$SCRATCH/app

# run KIND VARIABLE=VALUE... -- FILE...: one process, and a snapshot FILE after each step ('-': none).
run() {
  local folder=$OUT/$1 environment=() files=()
  local program=$APP/$1.js
  shift
  while [[ $1 != -- ]]; do environment+=("$1"); shift; done
  shift
  for file in "$@"; do
    [[ $file == - ]] && files+=(-) || files+=("$folder/$file.heapsnapshot")
  done
  mkdir -p "$folder"
  (cd "$APP" && quiet_env "CHROMIUM=$CHROMIUM" "${environment[@]}" "$NODE" --expose-gc "$program" "${files[@]}")
}

make_kind() {
  run "$1" -- t0 t1 t2 t3
  run "$1" -- - branch
  run "$1" LEAK=0 -- - base
  run "$1" LEAK=0 -- - base2
  APP=$SCRATCH/branch/app run "$1" LEAK=0 -- - moved
  run "$1" LEAK=0 -- c0 c1 c2 c3
  run "$1" WARMUP=20 -- w0 w1 w2 w3
  echo "$1"
}

CHROMIUM=$(chromium_binary)
stage_programs
mkdir -p "$SCRATCH/branch"
cp -r "$SCRATCH/app" "$SCRATCH/branch/"
cp "$ROOT"/testdata/programs/{leaks,published}.json "$OUT/"
cat > "$OUT/README.txt" <<'END'
One folder for each KIND of leaks.json and published.json, all files *.heapsnapshot. 200 requests come before the first snapshot of a
process, 400 between two of them. leaks.json: owners (the last names of the path that must be found), the class that
accumulates, objects a request.

  t0 t1 t2 t3   one process, with the leak, a series
  base, branch  two processes at the same step: base without the leak, branch with it
  base, base2   two processes at the same step, both without the leak
  base, moved   the same, but the second program stands in another folder, as another checkout would
  c0 c1 c2 c3   one process, without the leak, a series
  w0 w1 w2 w3   one process, with the leak, only 20 requests before w0, so that the programs' bounded
                cache (100 more Template) still fills between w0 and w1: warm-up beside a leak

The requests before the first snapshot leak too (t0 holds 200, t3 holds 1,400); base and c0 hold a bounded number.
END
kinds=("$@")
[[ $# -gt 0 ]] || mapfile -t kinds < <(
  cd "$OUT" && "$NODE" -p "['leaks', 'published'].flatMap(name => require(\`./\${name}.json\`)).map(leak => leak.kind).join('\n')"
)
# Each program runs for a second or two, in a process of its own.
running=0
for kind in "${kinds[@]}"; do
  if ((running == ${JOBS:-$(nproc)})); then wait -n; running=$((running - 1)); fi
  make_kind "$kind" &
  running=$((running + 1))
done
while ((running > 0)); do wait -n; running=$((running - 1)); done
