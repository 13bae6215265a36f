const cache = new Map();
function makeRecord(i) { return { id: i, name: 'record ' + i, tags: ['a', 'b', 'c' + i] }; }
function handle(i) { cache.set('k' + i, makeRecord(i)); }
for (let i = 0; i < +process.argv[2]; i++) handle(i);
