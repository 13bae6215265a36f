'use strict';
// Leaks: promises that are never settled. Each request waits for global.ledger's lock, which is never released,
// so its async function stays suspended: global.ledger.waiting holds the resolvers, they the promises, they the Entry.
const drive = require('./driver');

class Entry {
  constructor(number) {
    this.number = number;
    this.amounts = [number, -number, number / 2];
    this.memo = { text: `entry ${number}`, approved: null };
  }
}

class Ledger {
  constructor() {
    this.waiting = [];
    this.written = 0;
  }

  acquire() {
    return new Promise(resolve => this.waiting.push(resolve));
  }

  release() {
    const resolve = this.waiting.shift();
    if (resolve) resolve();
  }
}

global.ledger = new Ledger();

async function write(entry) {
  await global.ledger.acquire();
  global.ledger.written += entry.amounts.length;
}

drive({
  async request(i, leak) {
    const done = write(new Entry(i));
    if (leak) return;
    global.ledger.release();
    await done;
  },
});
