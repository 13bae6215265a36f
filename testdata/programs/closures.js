'use strict';
// Leaks: closures that hold more than they use. Each request adds a hook to global.shutdown.hooks; the hook needs
// only a number but shares its scope with another closure that uses the whole Upload.
const drive = require('./driver');

class Upload {
  constructor(number) {
    this.number = number;
    this.parts = Array.from({ length: 12 }, (_, part) => ({ part, offset: part * 4096 }));
  }
}

const KEPT = 16; // hooks kept when the leak is mended
global.shutdown = { hooks: [] };

function receive(i) {
  const upload = new Upload(i);
  const number = upload.number;
  const size = () => upload.parts.length; // makes the scope hold `upload`
  size();
  return () => number;
}

drive({
  request(i, leak) {
    const { hooks } = global.shutdown;
    hooks.push(receive(i));
    if (!leak && hooks.length > KEPT) hooks.shift();
  },
});
