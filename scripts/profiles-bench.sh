#!/usr/bin/env bash
# Compares two generated profiles with heapdiff and with go tool pprof, and prints the time and the memory of both.
#
#   scripts/profiles-bench.sh [SAMPLES]     default 200000; 2000000 are 150 MB each, and take pprof some 17 GB of memory
set -euo pipefail
cd "$(dirname "$0")/.."
samples=${1:-200000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bin/heapdiff" ./cmd/heapdiff
go run ./scripts/genprofile -samples "$samples" -o "$work/before.pb"
go run ./scripts/genprofile -samples "$samples" -seed 2 -grow 1 -o "$work/after.pb"
ls -l "$work"/*.pb | awk '{print $5, "bytes"}'
go tool pprof -h >"$work/help" 2>&1 || true # builds it
pprof=$(go tool -n pprof)
# measure NAME COMMAND…: its numbers, to the terminal and, alone, to a file.
measure() {
  /usr/bin/time -o "$work/$1" -f '%e %U %M' "${@:2}" >"$work/out"
  awk -v name="$1" '{printf "%-9s %8.2f s, %8.2f s of processor, %6.0f MiB\n", name, $1, $2, $3 / 1024}' "$work/$1"
}
measure pprof "$pprof" -top -symbolize=none -diff_base "$work/before.pb" "$work/after.pb"
measure heapdiff "$work/bin/heapdiff" "$work/before.pb" "$work/after.pb"
paste "$work/pprof" "$work/heapdiff" | awk '{printf "heapdiff takes %.3f of the time of go tool pprof, %.3f of the processor, %.3f of the memory\n", $4 / $1, $5 / $2, $6 / $3}'
