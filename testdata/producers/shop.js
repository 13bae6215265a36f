'use strict';
// Remembers every session and forgets none: node shop.js BEFORE.pb.gz AFTER.pb.gz
const { heap, encodeSync } = require('@datadog/pprof');
const fs = require('fs');

const sessions = new Map();

function remember(n) {
  sessions.set(n, { user: 'user ' + n, roles: [1, 2, 3], cart: new Array(20).fill(n) });
}

function handle(n) {
  JSON.parse(JSON.stringify({ n, list: [1, 2, 3] })); // garbage, as in any server
  remember(n);
}

heap.start(16 * 1024, 64);
const [before, after] = process.argv.slice(2);
for (let n = 0; n < 2000; n++) handle(n);
fs.writeFileSync(before, encodeSync(heap.profile()));
for (let n = 2000; n < 60000; n++) handle(n);
fs.writeFileSync(after, encodeSync(heap.profile()));
