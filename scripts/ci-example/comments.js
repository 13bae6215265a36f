'use strict';
// The comments of a pull request, as GitHub keeps them: those there are go to standard output, one a line, whenever they change.
const http = require('http');
const comments = [{ id: 1, body: 'looks good to me' }];

http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  let text = '';
  for await (const chunk of request) text += chunk;
  let answer = comments.find(c => pathname.endsWith(`/issues/comments/${c.id}`));
  if (request.method === 'PATCH' && answer) answer.body = JSON.parse(text).body;
  else if (request.method === 'POST') comments.push(answer = { id: comments.length + 1, body: JSON.parse(text).body });
  else answer = comments;
  if (request.method !== 'GET') console.log(comments.map(c => JSON.stringify(c.body)).join(' '));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
}).listen(process.env.PORT, '127.0.0.1');
