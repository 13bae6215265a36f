'use strict';
// Leaks: a cache without bound. Every document that the indexer sees stays in global.indexerState.cache,
// a Map from its key to a CachedRecord: one a request.
const drive = require('./driver');

class CachedRecord {
  constructor(document, tags) {
    this.document = document;
    this.tags = tags;
    this.hits = 0;
  }
}

const BOUND = 64; // entries kept when the leak is mended
const WORDS = ['draft', 'public', 'archived', 'urgent', 'billing', 'legal', 'team'];

global.indexerState = { cache: new Map() };

drive({
  request(i, leak) {
    const { cache } = global.indexerState;
    const document = { number: i, owner: null, related: [] };
    cache.set(`document:${i.toString(36)}`, new CachedRecord(document, [WORDS[i % 7], WORDS[i % 5]]));
    if (!leak && cache.size > BOUND) cache.delete(cache.keys().next().value);
  },
});
