'use strict';
// Leaks: the example of the paper on BLeak, in Chromium: see bleak-preview.page.js.
require('./chromium')('bleak-preview.html');
