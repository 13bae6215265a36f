// A small server that leaks on demand, for tests: node server.cjs KIND
// It prints one line of JSON once it listens: {"port": …, "inspector": …}.
// KIND: clean, objects, buffers, sockets, timers, worker, blocked.
'use strict';
const http = require('http');
const net = require('net');
const inspector = require('inspector');

const kind = process.argv[2] || 'clean';

class Session {
  constructor(n) {
    this.n = n;
    this.data = new Array(50).fill(n);
  }
}
class LeakyCache extends Map {}

const held = {
  cache: new LeakyCache(),
  buffers: [],
  sockets: [],
  timers: [],
  emitter: new (require('events').EventEmitter)(),
};
globalThis.held = held;
held.emitter.setMaxListeners(0);

// A peer for the sockets that leak: it accepts and never answers.
const peer = net.createServer((socket) => socket.on('error', () => {}));

let n = 0;
// one unit of the leak: about 1 MB of objects or buffers, ten of what is counted
const leaks = {
  clean: () => JSON.stringify(new Session(n++)),
  objects: () => {
    for (let i = 0; i < 1600; i++) held.cache.set(n, new Session(n++));
  },
  buffers: () => held.buffers.push(Buffer.alloc(1 << 20, 1)),
  sockets: () => {
    for (let i = 0; i < 10; i++) held.sockets.push(net.connect(peer.address().port, '127.0.0.1').on('error', () => {}));
  },
  timers: () => {
    for (let i = 0; i < 10; i++) held.timers.push(setInterval(() => n++, 1e8));
  },
  listeners: () => {
    for (let i = 0; i < 100; i++) held.emitter.on('tick', () => n++);
  },
};

const server = http.createServer((request, response) => {
  const work = leaks[kind] || leaks.clean;
  const url = new URL(request.url, 'http://x');
  const times = url.pathname === '/' ? Number(url.searchParams.get('times') || 1) : 0;
  for (let i = 0; i < times; i++) work();
  response.end('ok\n');
});

let started = Promise.resolve(); // what has to be there before it says so
if (kind === 'worker') {
  const { Worker } = require('worker_threads');
  const worker = new Worker('const held = []; for (let i = 0; i < 20000; i++) held.push({ i, worker: true }); globalThis.held = held; setInterval(() => {}, 1000); require("worker_threads").parentPort.postMessage(0)', { eval: true });
  started = new Promise((resolve) => worker.once('message', resolve));
}

peer.listen(0, '127.0.0.1', () =>
  server.listen(0, '127.0.0.1', () => {
    const say = () => console.log(JSON.stringify({ port: server.address().port, inspector: inspector.url() || '' }));
    started.then(say);
    if (kind === 'blocked') setTimeout(() => { const until = Date.now() + 60000; while (Date.now() < until); }, 20);
  }),
);

// A test that dies leaves nothing behind.
process.stdin.on('end', () => process.exit(0)).resume();
