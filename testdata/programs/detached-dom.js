'use strict';
// Leaks: detached DOM, in Chromium: see detached-dom.page.js.
require('./chromium')('detached-dom.html');
