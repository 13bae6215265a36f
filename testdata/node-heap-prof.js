// Keeps a record for each request: the number of them is the argument.
// node --heap-prof --heap-prof-interval=8192 node-heap-prof.js 100000
globalThis.cache = new Map();
function makeRecord(i) { return { id: i, name: 'record ' + i, tags: ['a', 'b', 'c' + i] }; }
function handle(i) { globalThis.cache.set('k' + i, makeRecord(i)); }
for (let i = 0; i < +process.argv[2]; i++) handle(i);
