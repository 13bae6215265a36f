#!/usr/bin/env bash
# Makes testdata/producers afresh: heap profiles that are not Go's, of one small program that leaks in each language.
#
#   jemalloc   a C++ program with profiling on, and what jeprof says of the pair
#   tcmalloc   the same program with gperftools, whose profiles are text
#   rust       a Rust program that allocates by jemalloc, and what jeprof says of the pair
#   python     CPython under gperftools, which shows the functions of the interpreter
#   datadog    a Node program with @datadog/pprof
#
# Needs g++, rustc, python3, libjemalloc-dev, libgoogle-perftools-dev, node and npm.
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/testdata/producers
WORK=${SCRATCH:-/tmp/heapdiff}/producers
mkdir -p "$WORK"
cd "$WORK"
g++ -g -O1 -DJEMALLOC -o jemalloc "$OUT/shop.cc" -ljemalloc
MALLOC_CONF=prof:true,lg_prof_sample:16,prof_prefix:none ./jemalloc jemalloc-0.heap jemalloc-1.heap
rustc -g -O -o rust "$OUT/shop.rs" -l jemalloc
MALLOC_CONF=prof:true,lg_prof_sample:14,prof_prefix:none ./rust rust-0.heap rust-1.heap
for name in jemalloc rust; do
  jeprof --text --show_bytes --base=$name-0.heap ./$name $name-1.heap 2>/dev/null >"$OUT/$name.jeprof.txt"
done
g++ -g -O1 -o tcmalloc "$OUT/shop.cc" -ltcmalloc
./tcmalloc tcmalloc 2>/dev/null
mv tcmalloc.0001.heap tcmalloc-0.heap
mv tcmalloc.0002.heap tcmalloc-1.heap
PYTHONMALLOC=malloc LD_PRELOAD=libtcmalloc.so HEAPPROFILE=python HEAP_PROFILE_ALLOCATION_INTERVAL=0 HEAP_PROFILE_INUSE_INTERVAL=12000000 \
  /usr/bin/python3 -S "$OUT/shop.py" 2>/dev/null
mv python.0001.heap python-0.heap
mv python.0002.heap python-1.heap
for file in {jemalloc,rust,tcmalloc,python}-{0,1}.heap; do
  gzip -9n <"$file" >"$OUT/$file.gz"
done
[ -d node_modules/@datadog/pprof ] || npm install --silent --no-save @datadog/pprof@5.20.0
cp "$OUT/shop.js" .
node shop.js "$OUT/datadog-0.pb.gz" "$OUT/datadog-1.pb.gz"
ls -l "$OUT"
