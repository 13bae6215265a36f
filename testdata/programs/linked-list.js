'use strict';
// Leaks: a linked list. Each request puts a Visit before the head of global.visitors.latest; each Visit keeps the
// one before it, so that the list has as many levels as there were requests.
const drive = require('./driver');

const KEPT = 32; // visits kept when the leak is mended

class Visit {
  constructor(number, previous) {
    this.page = { path: `/articles/${number}`, referrer: null };
    this.marks = [number % 3, number % 5];
    this.previous = previous;
  }
}

global.visitors = { latest: null };

function forgetAllBut(count, visit) {
  for (let i = 1; visit && i < count; i++) visit = visit.previous;
  if (visit) visit.previous = null;
}

drive({
  request(i, leak) {
    global.visitors.latest = new Visit(i, global.visitors.latest);
    if (!leak) forgetAllBut(KEPT, global.visitors.latest);
  },
});
