'use strict';
// Leaks: an array that an ES module exports, as modules are written today. Nobody but the module and who imports it
// knows of it; it has no name on any global object. One Visit a request.
const drive = require('./driver');

let history;

drive({
  async start() {
    history = await import('./module-array.mjs');
  },
  request(i, leak) {
    history.visit(i, leak);
  },
});
