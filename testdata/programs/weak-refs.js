'use strict';
// Leaks: a WeakRef misused as a cache. The thumbnails themselves are collected, but global.thumbnails, a Map from
// URL to WeakRef, keeps every key and every empty WeakRef: four a request.
const drive = require('./driver');

class Thumbnail {
  constructor(url) {
    this.url = url;
    this.pixels = new Array(16).fill(0);
  }
}

global.thumbnails = new Map();

// What the program should have done: take the entry away when its thumbnail is gone.
const registry = new FinalizationRegistry(url => {
  const entry = global.thumbnails.get(url);
  if (entry && !entry.deref()) global.thumbnails.delete(url);
});

drive({
  request(i, leak) {
    for (let size = 0; size < 4; size++) {
      const url = `/images/${i}/preview-of-a-picture-${i}-at-size-${size}.png`;
      const thumbnail = new Thumbnail(url);
      global.thumbnails.set(url, new WeakRef(thumbnail));
      if (!leak) registry.register(thumbnail, url);
    }
  },
});
