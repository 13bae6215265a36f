'use strict';
// Leaks: a string that only grows. Each request appends a line to global.audit.log; V8 keeps it as an ever longer
// chain of concatenated strings.
const drive = require('./driver');

global.audit = { log: '', lines: 0 };

drive({
  request(i, leak) {
    const { audit } = global;
    audit.log += `${i} order ${i * 7919} changed by user ${i % 31}: ${'state '.repeat(20)}${i}\n`;
    audit.lines++;
    if (!leak && audit.lines % 50 === 0) audit.log = '';
  },
});
