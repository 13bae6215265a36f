#!/usr/bin/env bash
# Compares two generated profiles with heapdiff and with go tool pprof, and prints the time and the memory of both.
#
#   scripts/profiles-bench.sh [SAMPLES]     default 200000; 2000000 are 150 MB each, and take pprof some 17 GB of memory
set -euo pipefail
cd "$(dirname "$0")/.."
samples=${1:-200000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/heapdiff" ./cmd/heapdiff
go run ./scripts/genprofile -samples "$samples" -o "$work/before.pb"
go run ./scripts/genprofile -samples "$samples" -seed 2 -grow 1 -o "$work/after.pb"
ls -l "$work"/*.pb | awk '{print $5, "bytes"}'
go tool pprof -h >"$work/help" 2>&1 || true # builds it
pprof=$(go tool -n pprof)
measure() { /usr/bin/time -f "$1: %e s, %U s of processor, %M KiB" "${@:2}" >"$work/out"; }
measure 'go tool pprof -top -diff_base' "$pprof" -top -symbolize=none -diff_base "$work/before.pb" "$work/after.pb"
measure 'heapdiff' "$work/heapdiff" "$work/before.pb" "$work/after.pb"
