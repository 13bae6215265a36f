'use strict';
// A small server for the example of docs/ci.md. Sessions are kept for the
// requests that follow; with LEAK=1 they are kept for ever.
const http = require('http');

class Session {
  constructor(id) {
    this.id = id;
    this.history = Array.from({ length: 20 }, (_, i) => ({ at: id * 100 + i, page: `/page/${id}/${i}` }));
  }
}

const mostSessions = process.env.LEAK === '1' ? Infinity : 100;
global.app = { sessions: new Map() };

const server = http.createServer((request, response) => {
  const { sessions } = global.app;
  const id = Number(request.url.split('/').pop()) || 0;
  sessions.set(sessions.size + id * 1e6, new Session(id));
  if (sessions.size > mostSessions) sessions.delete(sessions.keys().next().value);
  response.end(`${sessions.size}\n`);
});

server.listen(Number(process.env.PORT || 0), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
