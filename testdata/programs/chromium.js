'use strict';
// Runs one of the pages beside this file in Chromium, headless, and takes its heap snapshots over the DevTools protocol.
// Arguments and environment are those of driver.js; CHROMIUM names another binary. The page has a function
// requests(from, count, leak, step).
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pathToFileURL } = require('url');

const WARMUP = Number(process.env.WARMUP || 200);
const REQUESTS = Number(process.env.REQUESTS || 400);
const LEAK = process.env.LEAK !== '0';
const WARM_LEAK = process.env.WARM !== 'clean';

class Chromium {
  constructor(profile) {
    this.browser = spawn(process.env.CHROMIUM || 'chromium', [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-extensions',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps',
      '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.gone = new Promise(resolve => this.browser.once('exit', resolve));
    this.answers = new Map(); // number of the command -> [resolve, reject]
    this.onEvent = () => {};
    this.commands = 0;
    let unread = [];
    this.browser.stdio[4].on('data', bytes => { // messages end in a NUL
      for (let end; (end = bytes.indexOf(0)) >= 0; bytes = bytes.subarray(end + 1)) {
        unread.push(bytes.subarray(0, end));
        this.receive(JSON.parse(Buffer.concat(unread).toString()));
        unread = [];
      }
      unread.push(bytes);
    });
  }

  receive(message) {
    if (!message.id) return this.onEvent(message);
    const [resolve, reject] = this.answers.get(message.id);
    this.answers.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  }

  send(method, params = {}) {
    const id = ++this.commands;
    this.browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.session }) + '\0');
    return new Promise((resolve, reject) => this.answers.set(id, [resolve, reject]));
  }

  event(name) {
    return new Promise(resolve => {
      this.onEvent = message => message.method === name && resolve(message.params);
    });
  }

  async open(url) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await this.send('Page.enable');
    await this.send('HeapProfiler.enable'); // once: disabling it forgets the objects' ids
    const loaded = this.event('Page.loadEventFired');
    await this.send('Page.navigate', { url });
    await loaded;
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  async snapshot(file) {
    for (let round = 0; round < 3; round++) await this.send('HeapProfiler.collectGarbage');
    const out = fs.openSync(file, 'w');
    this.onEvent = ({ method, params }) => {
      if (method === 'HeapProfiler.addHeapSnapshotChunk') fs.writeSync(out, params.chunk);
    };
    await this.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    fs.closeSync(out);
  }

  async close() {
    this.session = undefined;
    await this.send('Browser.close');
    await this.gone;
  }
}

async function drive(page, files) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-profile-'));
  const chromium = new Chromium(profile);
  let served = 0;
  try {
    await chromium.open(pathToFileURL(path.join(__dirname, page)).href);
    for (let step = 0; step < files.length; step++) {
      const leak = LEAK && (step > 0 || WARM_LEAK);
      const count = step === 0 ? WARMUP : REQUESTS;
      await chromium.evaluate(`requests(${served}, ${count}, ${leak}, ${step})`);
      served += count;
      if (files[step] !== '-') await chromium.snapshot(files[step]);
    }
  } finally {
    await chromium.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

module.exports = page => drive(page, process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
