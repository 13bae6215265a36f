'use strict';
// Leaks: the first example of memlab's documentation, in Chromium: see memlab-detached-dom.page.js.
require('./chromium')('memlab-detached-dom.html');
