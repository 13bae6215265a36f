'use strict';
// A page for the test of docs/ci.md: a dialog that opens and closes. With LEAK=1 the page keeps those it closed.
const http = require('http');

const page = `<!doctype html>
<button id="open">open</button> <button id="close">close</button>
<script>
const closed = [];
let dialog;
document.getElementById('open').onclick = () => {
  dialog = document.createElement('section');
  for (let i = 0; i < 30; i++) dialog.append(Object.assign(document.createElement('p'), { textContent: 'row ' + i }));
  document.body.append(dialog);
};
document.getElementById('close').onclick = () => {
  dialog.remove();
  if (${process.env.LEAK === '1'}) closed.push(dialog);
  dialog = undefined;
};
</script>
`;

http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(page)).listen(process.env.PORT, '127.0.0.1');
