#!/usr/bin/env bash
# Measures heapdiff check --baseline beside heapdiff inspect, on the heap of a program with many packages, whose baseline has
# 1.2 MB: scripts/baseline-bench.sh [RUNS]
# Both take turns, RUNS times (default 9); what is printed are medians of elapsed time and of CPU time.
# PACKAGES="react vue …" takes others from npm; BEFORE=… AFTER=… takes heaps that there are. Needs Node with npm, and Go.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-9}
root=$PWD work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/heapdiff" ./cmd/heapdiff

before=${BEFORE:-} after=${AFTER:-}
if [[ -z $before || -z $after ]]; then
  before=$work/before.heapsnapshot after=$work/after.heapsnapshot
  read -rd '' -a packages <<<"${PACKAGES:-typescript webpack next react react-dom @babel/core @babel/preset-env rollup express lodash eslint
    terser postcss mongoose firebase-admin typeorm sequelize vue prettier aws-sdk graphql @apollo/server svelte}" || true
  mkdir "$work/program"
  (
    cd "$work/program"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix . "${packages[@]}" >/dev/null
    node "$root/scripts/bench/modules.js" "$before" "$after" "${packages[@]}" 2>&1 | grep -E 'loaded$|: ' || true
  )
fi
"$work/heapdiff" baseline --no-config "$before" -o "$work/main.heapbase"

# timed NAME COMMAND…: adds "elapsed cpu" to a list.
timed() {
  local name=$1 TIMEFORMAT='%R %U %S'
  shift
  { time "$@" >"$work/out" 2>&1 || (($? == 1)); } 2>&1 | awk '{ print $1, $2 + $3 }' >>"$work/$name"
}
for ((run = 0; run <= runs; run++)); do # the first is not counted: it warms the page cache
  timed inspect "$work/heapdiff" inspect -q "$after"
  timed check "$work/heapdiff" check --no-config -q "$after" --baseline "$work/main.heapbase"
done

median() { tail -n +2 "$work/$1" | cut -d' ' -f"$2" | sort -n | sed -n "$(((runs + 1) / 2))p"; }
printf 'snapshot %s bytes, baseline %s bytes, %s runs: medians of elapsed and CPU seconds\n' "$(stat -c %s "$after")" "$(stat -c %s "$work/main.heapbase")" "$runs"
for name in inspect check; do printf '%-8s %6s %6s\n' "$name" "$(median "$name" 1)" "$(median "$name" 2)"; done
awk -v a="$(median check 1)" -v b="$(median inspect 1)" -v c="$(median check 2)" -v d="$(median inspect 2)" \
  'BEGIN { printf "check / inspect: %.2f elapsed, %.2f CPU\n", a / b, c / d }'
