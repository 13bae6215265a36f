#!/usr/bin/env bash
# Makes the Go profiles in testdata anew: runs the program in testdata/go-leaks once for each way to leak.
#
#   scripts/profiles.sh [FOLDER]     default: testdata
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/testdata}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root/testdata/go-leaks"
go build -trimpath -o "$work/shop" . # no name of this machine's folders in it
cp -r . "$work/elsewhere"
(cd "$work/elsewhere" && go build -o "$work/rebuilt" .)
for leak in cache catalog ingest feed clock journal none; do
  mkdir "$work/$leak"
  "$work/shop" -leak "$leak" -o "$work/$leak" -text
  for step in 0 1; do
    cp "$work/$leak/heap-$step.pb.gz" "$out/go-$leak-heap-$step.pb.gz"
  done
done
for step in 0 1; do
  for kind in goroutine allocs block mutex; do
    cp "$work/feed/$kind-$step.pb.gz" "$out/go-feed-$kind-$step.pb.gz"
  done
  gzip -9n <"$work/feed/goroutine-$step.txt" >"$out/go-feed-goroutine-$step.txt.gz"
  gzip -9n <"$work/feed/goroutine-$step.dump" >"$out/go-feed-goroutine-$step.dump.gz"
  gzip -9n <"$work/cache/heap-$step.txt" >"$out/go-cache-heap-$step.txt.gz"
  gzip -d <"$work/catalog/heap-$step.pb.gz" >"$out/go-catalog-plain-$step.pb"
done
mkdir "$work/again"
"$work/rebuilt" -leak cache -o "$work/again" # another process, built elsewhere
cp "$work/again/heap-1.pb.gz" "$out/go-cache-rerun.pb.gz"

# V8's own sampling profiles, if there is a Node.
if command -v node >/dev/null; then
  cd "$root/testdata"
  for requests in 1000 100000; do
    node --heap-prof --heap-prof-interval=8192 --heap-prof-dir="$work" --heap-prof-name="$requests.heapprofile" node-heap-prof.js "$requests"
    sed -i "s#$PWD/#/app/#g" "$work/$requests.heapprofile"
  done
  cp "$work/1000.heapprofile" "$out/node20-prof-0.heapprofile"
  gzip -9n <"$work/100000.heapprofile" >"$out/node20-prof-1.heapprofile.gz"
fi
