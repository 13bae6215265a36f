#!/usr/bin/env bash
# Holds the gate to the leak programs, in two processes each time: scripts/gate.sh RUNS [KIND...]
# Each program of testdata/programs/leaks.json, and of each way to leak of testdata/go-leaks (go-cache, go-feed, …), is run RUNS
# times without its leak, once more without, and with it (the branch). The branch must fail with the true owner in the first
# line, and the second run without must pass, each time.
# RULE is what fails (default: what heapdiff check has without a rule), REQUESTS how many requests a program answers
# (default 6,000: enough for the smallest of the leaks to be a MiB). NODE names the Node to use (default: the one on PATH).
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
source "$ROOT/scripts/oracle/node.sh"

if [[ $# -eq 0 ]]; then
  sed -n '2,8s/^# //p' "$0" >&2
  exit 2
fi
runs=$1
shift
NODE=${NODE:-$(command -v node)}
stage_programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$ROOT" && go build -o "$work/heapdiff" ./cmd/heapdiff)
rule=()
[[ -z ${RULE:-} ]] || rule=(--fail-on "$RULE")

# The sites that leak, as their package has them.
declare -A sites=([cache]=newSession [catalog]=grow [ingest]=Fetch [feed]=Subscribe [clock]=Schedule [journal]=Write)

# heap KIND LEAK NAME: one process of a program, and its snapshot or profile.
heap() {
  if [[ $1 == go-* ]]; then
    local leak=${1#go-}
    [[ $2 -eq 1 ]] || leak=none
    rm -rf "$work/profiles" && mkdir "$work/profiles"
    "$work/shop" -leak "$leak" -o "$work/profiles" >/dev/null
    mv "$work/profiles/heap-1.pb.gz" "$work/$3.heap"
    return
  fi
  (cd "$SCRATCH/app" && quiet_env "CHROMIUM=${CHROMIUM:-}" "LEAK=$2" "REQUESTS=${REQUESTS:-6000}" \
    "$NODE" --expose-gc "$1.js" - "$work/snapshot.heapsnapshot" && mv "$work/snapshot.heapsnapshot" "$work/$3.heap")
}

# verdict CODE BEFORE AFTER PATTERN: checks two snapshots; says what was wrong if it is not the verdict that is asked for.
verdict() {
  local code=0 line
  line=$(cd "$work" && ./heapdiff check --no-config "${rule[@]}" "$2.heap" "$3.heap" 2>&1 >"$work/report" && head -n 1 report) || code=$?
  [[ -n $line ]] || line=$(head -n 1 "$work/report")
  if [[ $code -ne $1 || ! $line =~ $4 ]]; then
    printf '  exit %d, not %d: %s\n' "$code" "$1" "$line"
    return 1
  fi
  last=$line
}

kinds=("$@")
if [[ $# -eq 0 ]]; then
  mapfile -t kinds < <("$NODE" -p "require('$ROOT/testdata/programs/leaks.json').map(leak => leak.kind).join('\n')")
  packages=("${!sites[@]}")
  kinds+=("${packages[@]/#/go-}")
fi
[[ ${kinds[*]} != *detached-dom* ]] || CHROMIUM=$(chromium_binary)
[[ ${kinds[*]} != *go-* ]] || (cd "$ROOT/testdata/go-leaks" && go build -trimpath -o "$work/shop" .)
wrong=0
for kind in "${kinds[@]}"; do
  said=
  # What the first line must name: one of the owners, without its script.
  [[ $kind == go-* ]] && owners="example\.com/shop/${kind#go-}\.(.*\.)?${sites[${kind#go-}]}" || owners=$("$NODE" -p "const leak = require('$ROOT/testdata/programs/leaks.json').find(leak => leak.kind === '$kind');
    [leak.place || leak.owners].flat().map(owner => owner.replace(/^.*: /, '').replace(/[.*+?^\${}()|[\\]\\\\]/g, '\\\\\$&')).join('|')")
  red=0 green=0
  for ((run = 1; run <= runs; run++)); do
    heap "$kind" 0 base
    heap "$kind" 0 again
    heap "$kind" 1 branch
    if verdict 1 base branch "^FAIL growth .*: .*($owners)"; then red=$((red + 1)); said=$last; fi
    if verdict 0 base again '^PASS growth '; then green=$((green + 1)); fi
  done
  printf '%-14s red %d/%d, green %d/%d  %s\n' "$kind" "$red" "$runs" "$green" "$runs" "${said:-}"
  wrong=$((wrong + 2 * runs - red - green))
done
printf '%d programs, %d processes, %d verdicts, %d wrong\n' "${#kinds[@]}" $((${#kinds[@]} * runs * 3)) $((${#kinds[@]} * runs * 2)) "$wrong"
[[ $wrong -eq 0 ]]
