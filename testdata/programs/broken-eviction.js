'use strict';
// Leaks: a cache with a bound that does not hold, since entries are deleted under another key than they are set. Its
// values are mostly buffers, and what has to be mended is the cache all the same. One CachedPage a request.
const drive = require('./driver');

class CachedPage {
  constructor(number) {
    this.url = `/page/${number}`;
    this.body = Buffer.alloc(512, number % 256);
  }
}

class BoundedCache {
  #order = [];
  #pages = {};

  constructor(bound) {
    this.bound = bound;
  }

  set(number, page, leak) {
    this.#pages[`page-${number}`] = page;
    this.#order.push(number);
    if (this.#order.length <= this.bound) return;
    const oldest = this.#order.shift();
    delete this.#pages[leak ? oldest : `page-${oldest}`];
  }
}

const pages = new BoundedCache(64);

drive({
  request(i, leak) {
    pages.set(i, new CachedPage(i), leak);
  },
});
