'use strict';
// Leaks: response bodies. Each request fetches 8 KiB over HTTP from a real server and keeps the body, an
// ArrayBuffer outside V8's heap, in global.archive.responses.
const http = require('http');
const drive = require('./driver');
const upstream = require('./upstream');

const KEPT = 16; // responses kept when the leak is mended
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let server;
global.archive = { responses: [] };

class StoredResponse {
  constructor(url, body) {
    this.url = url;
    this.body = body;
  }
}

function fetchBody(path) {
  return new Promise((resolve, reject) => {
    http.get({ agent, host: '127.0.0.1', port: server.http, path }, response => {
      const body = new Uint8Array(Number(response.headers['content-length']));
      let length = 0;
      response.on('data', chunk => {
        body.set(chunk, length);
        length += chunk.length;
      });
      response.on('end', () => resolve(body.buffer));
    }).on('error', reject);
  });
}

drive({
  async start() {
    server = await upstream.start();
  },
  async request(i, leak) {
    const { responses } = global.archive;
    responses.push(new StoredResponse(`/reports/${i}`, await fetchBody(`/reports/${i}`)));
    if (!leak && responses.length > KEPT) responses.shift();
  },
  stop: () => server.stop(),
});
