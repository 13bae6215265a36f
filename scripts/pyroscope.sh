#!/usr/bin/env bash
# Pushes the growth of a real program to a running Pyroscope and compares what it gives back, to the byte.
#
#   scripts/pyroscope.sh [URL]     default: http://localhost:4040
set -euo pipefail
cd "$(dirname "$0")/.."
url=${1:-http://localhost:4040}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/heapdiff" ./cmd/heapdiff
(cd testdata/go-leaks && go build -o "$work/shop" .)
for leak in ingest feed; do
  mkdir "$work/$leak"
  "$work/shop" -leak "$leak" -o "$work/$leak"
  "$work/heapdiff" "$work/$leak/heap-0.pb.gz" "$work/$leak/heap-1.pb.gz" --json "$work/report.json" --pprof "$work/growth.pb.gz" --pprof-base=false
  now=$(date +%s)
  service=$leak-$now.growth
  curl -fsS --data-binary @"$work/growth.pb.gz" "$url/ingest?name=$service%7Bversion%3Dv42%7D&format=pprof&from=$((now - 10))&until=$now"
  for wait in 1 2 4 8 16; do # until the ring of a fresh server has settled
    sleep $wait
    curl -fsS -H 'content-type: application/json' "$url/querier.v1.QuerierService/SelectMergeProfile" -d @- >"$work/back.json" <<JSON
{"profileTypeID": "growth_space:growth_space:bytes:space:bytes", "labelSelector": "{service_name=\"$service\", version=\"v42\"}",
 "start": $(((now - 600) * 1000)), "end": $(((now + 60) * 1000))}
JSON
    ! jq -e .sample "$work/back.json" >/dev/null || break
  done
  want=$(jq '[.sites[].growth | select(. > 0)] | add' "$work/report.json")
  got=$(jq '[.sample[].value[0] | tonumber] | add' "$work/back.json")
  echo "$leak: $got bytes of growth in Pyroscope, $want in heapdiff"
  [ "$got" = "$want" ] || exit 1
done
