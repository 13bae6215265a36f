#!/usr/bin/env bash
# Makes testdata/producers afresh: heap profiles that are not Go's, of one small program that leaks in each language.
#
#   jemalloc   a C++ program with profiling on, and what jeprof says of the pair
#   tcmalloc   the same program with gperftools, whose profiles are text
#   datadog    a Node program with @datadog/pprof
#
# Needs g++, libjemalloc-dev, libgoogle-perftools-dev, node and npm.
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/testdata/producers
WORK=${SCRATCH:-/tmp/heapdiff}/producers
mkdir -p "$WORK"
cd "$WORK"
g++ -g -O1 -DJEMALLOC -o jemalloc "$OUT/shop.cc" -ljemalloc
MALLOC_CONF=prof:true,lg_prof_sample:16,prof_prefix:none ./jemalloc jemalloc-0.heap jemalloc-1.heap
jeprof --text --show_bytes --base=jemalloc-0.heap ./jemalloc jemalloc-1.heap 2>/dev/null >"$OUT/jemalloc.jeprof.txt"
g++ -g -O1 -o tcmalloc "$OUT/shop.cc" -ltcmalloc
./tcmalloc tcmalloc 2>/dev/null
mv tcmalloc.0001.heap tcmalloc-0.heap
mv tcmalloc.0002.heap tcmalloc-1.heap
for file in {jemalloc,tcmalloc}-{0,1}.heap; do
  gzip -9n <"$file" >"$OUT/$file.gz"
done
[ -d node_modules/@datadog/pprof ] || npm install --silent --no-save @datadog/pprof@5.20.0
cp "$OUT/shop.js" .
node shop.js "$OUT/datadog-0.pb.gz" "$OUT/datadog-1.pb.gz"
ls -l "$OUT"
