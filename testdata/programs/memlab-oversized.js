'use strict';
// Leaks: the second example of memlab's documentation, in Chromium: see memlab-oversized.page.js.
require('./chromium')('memlab-oversized.html');
