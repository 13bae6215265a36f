'use strict';
// Leaks: connections to a real server that are never closed. Every fourth request opens a Socket, talks over it,
// and puts it into global.pool.idle, from where nobody ever takes one.
const net = require('net');
const drive = require('./driver');
const upstream = require('./upstream');

let server;
global.pool = { idle: [], opened: 0 };

function ask(question) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.line, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
    socket.write(question);
  });
}

const closed = socket => new Promise(resolve => {
  socket.once('close', resolve);
  socket.destroy();
});

drive({
  async start() {
    server = await upstream.start();
  },
  async request(i, leak) {
    if (i % 4 !== 0) return;
    const socket = await ask(`hello ${i}`);
    global.pool.opened++;
    if (leak) global.pool.idle.push(socket);
    else await closed(socket);
  },
  stop: () => server.stop(),
});
