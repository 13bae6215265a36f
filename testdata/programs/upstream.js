'use strict';
// A server on the loopback interface, in a process of its own, for the programs that talk to one.
// Speaks HTTP at port `http` and a line protocol at port `line`.
const { fork } = require('child_process');

if (require.main === module) {
  const http = require('http').createServer((request, response) => {
    const body = Buffer.alloc(8192, request.url);
    response.writeHead(200, { 'content-length': body.length });
    response.end(body);
  });
  const line = require('net').createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', data => socket.write(`ok ${data}`));
  });
  http.keepAliveTimeout = 0;
  http.listen(0, '127.0.0.1', () => line.listen(0, '127.0.0.1', () => {
    process.send({ http: http.address().port, line: line.address().port });
  }));
  process.on('disconnect', () => process.exit(0));
}

// Starts the server and resolves to { http, line, stop() }.
exports.start = () => new Promise((resolve, reject) => {
  const child = fork(__filename, [], { execArgv: [] });
  child.once('error', reject);
  child.once('message', ports => {
    resolve({ ...ports, stop: () => child.disconnect() });
  });
});
