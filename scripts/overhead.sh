#!/usr/bin/env bash
# What heapdiff watch costs a Node server: requests a second, and processor time of
# the server a request, with and without it, in turns.
#
#   scripts/overhead.sh [PAIRS [SECONDS [EVERY]]]      default: 10 pairs of 10 s, 5s
#
# With EVERY, such as 100ms, samples come more often than they do by default, so
# that their cost can be seen at all; it is told for the default, too.
#
# Requests a second tell what the machine does besides; processor time a request
# does not mind others, and is the figure to trust on a busy machine.
set -euo pipefail
cd "$(dirname "$0")/.."

pairs=${1:-10} seconds=${2:-10} every=${3:-5s}
work=$(mktemp -d)
trap 'kill "${server:-}" "${client:-}" "${watch:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/heapdiff" ./cmd/heapdiff

cat >"$work/server.js" <<'JS'
// Answers with some JSON, has sockets, timers, and a heap of 100,000 objects.
const held = Array.from({ length: 100000 }, (_, i) => ({ i, name: 'object ' + i }));
for (let i = 0; i < 50; i++) setInterval(() => {}, 1000 + i);
const server = require('http').createServer((request, response) => {
  const from = Math.floor(Math.random() * 99000);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(held.slice(from, from + 20)));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
JS
cat >"$work/client.js" <<'JS'
// Asks over 8 connections for so long and prints how many answers came.
const http = require('http'), [port, seconds] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
let n = 0, over = false;
const ask = () => http.get({ port, host: '127.0.0.1', agent }, (r) => r.resume().on('end', () => { n++; if (!over) ask(); }));
for (let i = 0; i < 8; i++) ask();
setTimeout(() => { over = true; console.log(n); process.exit(0); }, seconds * 1000);
JS

node --inspect=127.0.0.1:0 "$work/server.js" >"$work/port" 2>/dev/null &
server=$!
while [ ! -s "$work/port" ]; do sleep 0.1; done
port=$(cat "$work/port")

# ticks is the processor time of the server so far, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

# turn KIND: one stretch of load; prints KIND, requests and ticks.
turn() {
  local before after requests
  before=$(ticks)
  requests=$(node "$work/client.js" "$port" "$seconds")
  after=$(ticks)
  printf '%s %s %s\n' "$1" "$requests" $((after - before))
}

node "$work/client.js" "$port" 5 >/dev/null # the compiler's work is over
for _ in $(seq "$pairs"); do
  turn without
  "$work/heapdiff" watch -q --every "$every" "$server" >/dev/null 2>&1 &
  watch=$!
  turn with
  kill "$watch" 2>/dev/null
  wait "$watch" 2>/dev/null || true
  watch=
done | tee "$work/turns" >&2

times=$(awk -v every="$every" 'BEGIN { print every ~ /ms$/ ? 5000 / every : 5 / every }')
awk -v seconds="$seconds" -v times="$times" '
  { n[$1]++; requests[$1] += $2; ticks[$1] += $3 }
  END {
    for (kind in n) printf "%-8s %8.0f requests/s  %7.2f us of processor time a request\n", kind, requests[kind] / n[kind] / seconds, ticks[kind] * 1e4 / requests[kind]
    cost = 100 * (ticks["with"] / requests["with"] / (ticks["without"] / requests["without"]) - 1)
    printf "requests/s change by %+.2f %%, processor time a request by %+.2f %%\n",
      100 * (requests["with"] / n["with"] / (requests["without"] / n["without"]) - 1), cost
    if (times > 1) printf "with a sample every 5 s that is %+.3f %%\n", cost / times
  }' "$work/turns"
