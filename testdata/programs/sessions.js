'use strict';
// Leaks: sessions with two owners. Each request starts a Session that stays in the Map global.sessions.byToken
// and in the array global.listeners: mending only one of the two frees almost nothing.
const drive = require('./driver');

class Session {
  constructor(number) {
    this.user = { name: `user-${number}`, roles: ['reader', 'writer'] };
    this.cart = [];
    this.visited = new Set();
  }

  notify(event) {
    this.visited.add(event);
  }
}

global.sessions = { byToken: new Map() };
global.listeners = [];

drive({
  request(i, leak) {
    const session = new Session(i);
    const token = `token-${(i * 2654435761 % 4294967296).toString(16)}`;
    global.sessions.byToken.set(token, session);
    global.listeners.push(session);
    if (leak) return;
    global.sessions.byToken.delete(token);
    global.listeners.pop();
  },
});
