'use strict';
// Leaks: listeners on a server that a variable of this module holds. Each request lets a new Job listen to
// 'tick'. Node's timers lead to the server, too, and are met first: the way through them is not its name.
const http = require('http');
const drive = require('./driver');

class Job {
  constructor(number) {
    this.number = number;
    this.ticks = 0;
    this.name = `job number ${number}`;
  }
}

const server = http.createServer((request, response) => response.end(String(server.listenerCount('tick'))));
server.setMaxListeners(0);
server.listen(0, '127.0.0.1').unref();
for (let i = 0; i < 3; i++) server.on('tick', () => i);

drive({
  request(i, leak) {
    const job = new Job(i);
    const onTick = () => job.ticks++;
    server.on('tick', onTick);
    if (i % 100 === 0) server.emit('tick');
    if (!leak) server.removeListener('tick', onTick);
  },
});
