// seedapp fills a heap the way a long-running Node server does, takes a
// snapshot, leaks in five known places, grows in ordinary ones, and takes a
// second snapshot of the same process.
//
//   node --max-old-space-size=12000 seedapp.js PREFIX SHOPS MORE [LEAK]
//
// It writes PREFIX-before.heapsnapshot, PREFIX-after.heapsnapshot and
// PREFIX-truth.json, which says what was leaked and how many of each. SHOPS is
// the number of shops held before (about 4,300 nodes and 0.3 MB of snapshot
// each), MORE how many join until the second snapshot, LEAK scales the leaks
// (1, the default, is about 10 MB in the largest of them).
//
// Everything is derived from a fixed seed: the same Node gives the same heap.
'use strict';

const fs = require('fs');
const v8 = require('v8');
const vm = require('vm');
const { EventEmitter } = require('events');
const { AsyncLocalStorage } = require('async_hooks');

// A server has these in its heap too: code, prototypes, scope infos.
for (const name of ['http', 'https', 'http2', 'crypto', 'zlib', 'stream', 'url',
  'util', 'readline', 'querystring', 'dns', 'tls', 'worker_threads', 'perf_hooks']) {
  require(name);
}

// ---- numbers and words from a seed -----------------------------------------

let state = 0x9e3779b9;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}
const below = n => random() % n;
const SYLLABLES = ['ka', 'lo', 'mi', 'ren', 'tas', 'vo', 'shi', 'dun', 'el', 'bra', 'fen', 'gor', 'han', 'jul', 'pet', 'quo'];
function word(n) {
  let s = '';
  for (let i = 0; i < n; i++) s += SYLLABLES[below(SYLLABLES.length)];
  return flat(s);
}
// flat turns a tree of concatenations into one sequential string, as
// anything that was read from a socket would be.
function flat(s) { return Buffer.from(s, 'latin1').toString('latin1'); }

// ---- what an ordinary shop consists of ---------------------------------------

class Address {
  constructor() {
    this.street = word(4) + ' ' + below(300);
    this.city = CITIES[below(CITIES.length)];
    this.zip = String(10000 + below(90000));
  }
}
class Customer {
  constructor(id) {
    this.id = id;
    this.name = word(3);
    this.email = this.name + '@' + word(2) + '.example';
    this.address = new Address();
    this.tags = [TAGS[below(TAGS.length)], TAGS[below(TAGS.length)]];
    this.since = new Date(1.5e12 + below(1e9));
    this.balance = below(1e6) / 7; // a double: a heap number
    this.orders = [];
  }
}
class OrderLine {
  constructor(product) {
    this.product = product;
    this.quantity = 1 + below(9);
    this.price = product.price * 1.07;
  }
}
class Order {
  constructor(customer, products) {
    this.customer = customer;
    this.status = STATUS[below(STATUS.length)];
    this.lines = [];
    for (let i = 0, n = 1 + below(4); i < n; i++) this.lines.push(new OrderLine(products[below(products.length)]));
    this.total = this.lines.reduce((sum, line) => sum + line.price, 0.5);
    this.history = [{ at: 1.6e12 + below(1e9), to: 'new' }, { at: 1.6e12 + below(1e9), to: this.status }];
    this.onChange = status => { this.status = status; customer.balance += this.total; };
  }
}
class Product {
  constructor(i) {
    this.sku = 'SKU-' + word(2) + i;
    this.title = word(3) + ' ' + word(2); // stays a concatenation
    this.price = 1 + below(1e5) / 3;
    this.attributes = new Map([['color', COLORS[below(COLORS.length)]], ['size', below(50)], ['note', word(5)]]);
  }
}
class Session {
  constructor(customer) {
    this.token = word(8);
    this.customer = customer;
    this.data = { cart: [], seen: new Set([below(1000), below(1000), below(1000)]), lang: 'en' };
    this.expires = 1.7e12 + below(1e9);
    this.touch = () => { this.expires += 1000; };
  }
}
// A doubly linked list beside a Map: every LRU cache there is.
class CacheEntry {
  constructor(key, value) { this.key = key; this.value = value; this.prev = null; this.next = null; }
}
class LruCache {
  constructor() { this.index = new Map(); this.head = null; this.tail = null; }
  set(key, value) {
    const entry = new CacheEntry(key, value);
    entry.prev = this.tail;
    if (this.tail) this.tail.next = entry; else this.head = entry;
    this.tail = entry;
    this.index.set(key, entry);
  }
}
class Shop extends EventEmitter {
  constructor(id) {
    super();
    this.id = id;
    this.products = Array.from({ length: 40 }, (_, i) => new Product(i));
    this.customers = new Map();
    this.sessions = new Map();
    this.cache = new LruCache();
    this.jobs = [];
    for (let i = 0; i < 30; i++) {
      const customer = new Customer(id * 100 + i);
      this.customers.set(customer.email, customer);
      for (let k = 0; k < 4; k++) customer.orders.push(new Order(customer, this.products));
      if (i % 3 === 0) {
        const session = new Session(customer);
        this.sessions.set(session.token, session);
        metadata.set(customer, { visits: below(100), note: word(2) });
      }
    }
    for (let i = 0; i < 40; i++) {
      const customer = [...this.customers.values()][i % 30];
      this.cache.set('view:' + word(4), { html: flat('<li>' + word(12) + '</li>'), customer, etag: word(3) });
    }
    for (let i = 0; i < 6; i++) this.jobs.push(this.job(i));
    this.on('order', order => this.cache.set(order.status, order));
    this.on('close', () => this.sessions.clear());
    this.thumbnail = Buffer.alloc(600 + below(600), 1); // from the pool
    if (id % 8 === 0) this.image = new Uint8Array(16384 + below(8192)); // its own backing store
    this.pattern = id % 4 === 0 ? new RegExp('^' + word(2) + '\\d+$') : null;
    this.slug = this.products[0].sku.concat('-------------').slice(2, 17); // a slice
    this.secret = Symbol(word(2));
    this.serial = BigInt(id) ** 20n;
    this.rows = new Array(120).fill(null).map((_, i) => (i % 3 ? i : [i, word(2)]));
    this.searchTerms = Array.from({ length: 500 }, () => word(4));
    this.totals = Float64Array.from({ length: 24 }, () => below(1000));
    this.settings = JSON.parse(`{"currency":"EUR","limits":{"daily":${below(1e6)},"weekly":[1,2,3]},"k${below(2000)}":true}`);
    this.cursor = pages(this.products);
    this.cursor.next();
    requests.run({ shop: this, trace: word(3) }, () => { this.inFlight = Promise.resolve(id).then(() => never); });
  }
  // job waits for ever, as a request to a stuck backend does.
  async job(i) {
    const started = Date.now() + i;
    const body = word(6);
    await never;
    return body + started;
  }
}
function* pages(list) { for (const item of list) yield item; }

const CITIES = Array.from({ length: 400 }, () => word(3));
const TAGS = Array.from({ length: 60 }, () => word(2));
const COLORS = Array.from({ length: 16 }, () => word(1));
const STATUS = ['new', 'paid', 'packed', 'sent', 'returned'];
const metadata = new WeakMap();
const requests = new AsyncLocalStorage();
// One promise a shop's jobs wait for; a promise with a million reactions is not ordinary.
let never = new Promise(() => {});

class ShopServer {
  constructor() { this.shops = new Map(); }
  open(count) {
    for (let i = 0; i < count; i++) {
      never = new Promise(() => {});
      const shop = new Shop(this.shops.size);
      this.shops.set(shop.id, shop);
    }
  }
}

// Handlers compiled from distinct sources: code, closures, scope infos, feedback.
class Router {
  constructor(count) {
    this.routes = [];
    for (let i = 0; i < count; i++) {
      const source = `(function route${i}(deps) {
        const hits = new Map();
        class Handler${i} { constructor() { this.hits = 0; } handle(req) { this.hits++; hits.set(req.url, this.hits); return deps.render(${i}, req); } }
        return new Handler${i}();
      })`;
      const handler = vm.runInThisContext(source, { filename: `routes/route${i}.js` })({ render: (n, req) => n + req.url });
      for (let k = 0; k < 5; k++) handler.handle({ url: '/r' + i + '/' + k });
      this.routes.push(handler);
    }
  }
}

// ---- the leaks ---------------------------------------------------------------

// Lives in both snapshots and grows: its Map is never pruned.
class IndexerState {
  constructor() { this.documents = new Map(); }
  index(n) {
    for (let i = 0; i < n; i++) {
      const id = 'doc:' + this.documents.size;
      this.documents.set(id, new IndexedDocument(id));
    }
  }
}
class IndexedDocument {
  constructor(id) { this.id = id; this.title = word(6); this.terms = [word(3), word(3), word(3), word(3)]; this.score = below(1000) / 3; this.text = word(100); }
}
// Never told that its sockets were closed.
class ConnectionRegistry {
  constructor() { this.sockets = new Set(); }
}
class ClientSocket extends EventEmitter {
  constructor(n) {
    super();
    this.remoteAddress = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    this.readBuffer = Buffer.allocUnsafeSlow(512);
    this.on('data', chunk => { this.last = chunk; });
    this.on('error', () => this.removeAllListeners());
  }
}
// Keeps every upload until a flush that never comes.
class UploadSpool {
  constructor() { this.chunks = []; }
}
// A listener is added for each request and never removed.
class ConfigWatcher extends EventEmitter {
  constructor() { super(); this.setMaxListeners(0); }
}
// Its requests never settle.
class RetryQueue {
  constructor() { this.pending = []; }
  async retry(request) { const attempt = { request, at: word(2) }; await new Promise(resolve => { attempt.resolve = resolve; }); return attempt; }
}

const app = {
  server: new ShopServer(),
  router: new Router(60),
  indexer: new IndexerState(),
  connections: new ConnectionRegistry(),
  uploads: new UploadSpool(),
  config: new ConfigWatcher(),
  retries: new RetryQueue(),
};
global.app = app;

// what -> [class of its owner, how many at scale 1, add n]
const LEAKS = {
  documents: ['IndexerState', 16000, n => app.indexer.index(n)],
  sockets: ['ConnectionRegistry', 1500, n => { for (let i = 0; i < n; i++) app.connections.sockets.add(new ClientSocket(app.connections.sockets.size)); }],
  chunks: ['UploadSpool', 160, n => { for (let i = 0; i < n; i++) app.uploads.chunks.push(Buffer.alloc(16 * 1024, i)); }],
  listeners: ['ConfigWatcher', 4000, n => {
    for (let i = 0; i < n; i++) {
      const request = { url: '/api/' + word(2), headers: { host: word(2), accept: '*/*' } };
      app.config.on('change', function onConfigChange() { return request.headers; });
    }
  }],
  pending: ['RetryQueue', 2000, n => { for (let i = 0; i < n; i++) app.retries.pending.push(app.retries.retry({ id: i, body: word(8) })); }],
};

function snapshot(path) {
  const started = Date.now();
  // Written beside and renamed: what has the name is whole.
  fs.renameSync(v8.writeHeapSnapshot(path + '.part'), path);
  console.error(`${path}: ${(fs.statSync(path).size / 1e6).toFixed(0)} MB in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

async function main() {
  const [prefix, shops, more, leak = '1'] = process.argv.slice(2);
  if (!prefix || !(Number(shops) > 0) || !(Number(more) >= 0) || !(Number(leak) > 0)) {
    console.error('usage: node --max-old-space-size=12000 seedapp.js PREFIX SHOPS MORE [LEAK]');
    process.exit(2);
  }
  const truth = { node: process.version, shopsBefore: Number(shops), shopsAdded: Number(more), leaks: [] };

  app.server.open(Number(shops));
  for (const [, count, add] of Object.values(LEAKS)) add(Math.ceil(count * 0.03));
  await new Promise(resolve => setTimeout(resolve, 20)); // let what can settle settle
  snapshot(prefix + '-before.heapsnapshot');

  app.server.open(Number(more));
  for (const [what, [owner, count, add]] of Object.entries(LEAKS)) {
    const n = Math.ceil(count * Number(leak));
    add(n);
    truth.leaks.push({ owner, holds: what, before: Math.ceil(count * 0.03), added: n });
  }
  await new Promise(resolve => setTimeout(resolve, 20));
  snapshot(prefix + '-after.heapsnapshot');
  fs.writeFileSync(prefix + '-truth.json', JSON.stringify(truth, null, 2) + '\n');
}
main();
