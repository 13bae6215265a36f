'use strict';
// Leaks: the collections that the tests of LeakCanary's ObjectGrowthDetector let grow, all in one program: a list of objects,
// a list of strings, a hash map and a linked list of its own, each by one at a request.
const drive = require('./driver');

class Leaky {
  constructor(number) {
    this.first = { number };
    this.second = [number];
  }
}

class CustomLinkedList {
  constructor(next) {
    this.next = next;
    this.payload = { text: `node ${Math.random()}` };
  }
}

global.test = { leakies: [], stringLeaks: [], leakyHashMap: new Map(), customLeakyLinkedList: null };

drive({
  request(i, leak) {
    if (!leak) return new Leaky(i);
    global.test.leakies.push(new Leaky(i));
    global.test.stringLeaks.push(['string', i, 'that', 'is', 'kept', 'for', 'ever', i * 7919].join(' '));
    global.test.leakyHashMap.set(`key ${i}`, new Leaky(-i));
    global.test.customLeakyLinkedList = new CustomLinkedList(global.test.customLeakyLinkedList);
  },
});
