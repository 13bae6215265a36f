'use strict';
// A program that remembers every visit, watched by V8's allocation tracking:
//
//   node timeline.js BEFORE.heapsnapshot AFTER.heaptimeline [VISITS]
//
// BEFORE is taken when tracking begins, AFTER when it ends, VISITS visits later.
const fs = require('fs');
const inspector = require('inspector');

class Visit {
  constructor(n) {
    this.page = '/page/' + n;
    this.seen = [n, n + 1];
  }
}

const visits = new Map();

function remember(n) {
  visits.set(n, new Visit(n));
}

function handle(n) {
  JSON.parse('{"page": ' + n + ', "tags": ["a", "b"]}'); // garbage, as in any server
  remember(n);
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

async function serve(from, to) {
  for (let n = from; n < to; n++) {
    handle(n);
    if (n % 250 === 0) await pause(60); // V8 notes the time every 50 ms
  }
}

async function main() {
  const [before, after, count = '1000'] = process.argv.slice(2);
  const session = new inspector.Session();
  session.connect();
  let chunks = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', message => chunks.push(message.params.chunk));
  const post = (method, params) => new Promise((resolve, reject) => {
    session.post(method, params, error => error ? reject(error) : resolve());
  });
  const write = file => { fs.writeFileSync(file, chunks.join('')); chunks = []; };
  await serve(0, 100);
  await post('HeapProfiler.takeHeapSnapshot');
  write(before);
  await post('HeapProfiler.startTrackingHeapObjects', { trackAllocations: true });
  await serve(100, 100 + Number(count));
  await post('HeapProfiler.stopTrackingHeapObjects');
  write(after);
  console.log(visits.size);
}

main();
