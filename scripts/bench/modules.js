'use strict';
// An ordinary program's heap: loads the modules that are named, in the folder it runs in, and writes one snapshot before and one
// after 20,000 sessions have piled up: modules.js BEFORE AFTER MODULE…
const { createRequire } = require('module');
const path = require('path');
const v8 = require('v8');

const [before, after, ...modules] = process.argv.slice(2);
const load = createRequire(path.join(process.cwd(), 'package.json'));
let loaded = 0;
for (const name of modules) {
  try {
    load(name);
    loaded++;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
  }
}

class Session {
  constructor(number) {
    this.id = `s${number}`;
    this.data = [number, number + 1];
    this.user = { name: `u${number}` };
  }
}
global.sessions = [];
v8.writeHeapSnapshot(before);
for (let number = 0; number < 20000; number++) global.sessions.push(new Session(number));
v8.writeHeapSnapshot(after);
console.error(`${loaded} of ${modules.length} modules loaded`);
process.exit(0);
