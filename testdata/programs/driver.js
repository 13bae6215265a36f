'use strict';
// Runs one of the programs beside this file and takes its heap snapshots.
//
//   node --expose-gc PROGRAM.js T0 [T1 ...]
//
// WARMUP requests (default 200) run first, then snapshot T0 is written, then REQUESTS more (default 400)
// before each further one. A name of '-' runs the requests and writes nothing.
//
//   LEAK=0        the same program with its leak mended
//   WARM=clean    leak only after the warm-up, so that T0 holds nothing of the leak
const v8 = require('v8');
const work = require('./work');

const WARMUP = Number(process.env.WARMUP || 200);
const REQUESTS = Number(process.env.REQUESTS || 400);
const LEAK = process.env.LEAK !== '0';
const WARM_LEAK = process.env.WARM !== 'clean';

const tick = () => new Promise(resolve => setImmediate(resolve));

// Several rounds, since what a finalizer lets go is only freed by the next one.
async function collectGarbage() {
  for (let round = 0; round < 4; round++) {
    await tick();
    global.gc();
  }
  await tick();
}

// program: { request(i, leak), and if it needs them start() and stop() }.
module.exports = async function drive(program) {
  const files = process.argv.slice(2);
  let served = 0;
  if (program.start) await program.start();
  for (let step = 0; step < files.length; step++) {
    const leak = LEAK && (step > 0 || WARM_LEAK);
    for (const end = served + (step === 0 ? WARMUP : REQUESTS); served < end; served++) {
      work.handle(served);
      await program.request(served, leak);
    }
    work.feature(step);
    await collectGarbage();
    if (files[step] !== '-') v8.writeHeapSnapshot(files[step]);
  }
  if (program.stop) await program.stop();
  process.exit(0);
};
