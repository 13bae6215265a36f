// A program as it is shipped: several modules, bundled and minified. It leaks: every visitor's session stays in a
// Map, and a closure for each of them in a list.
import drive from '../../programs/driver.js';
import { remember } from './sessions.mjs';
import { watchSettings } from './settings.mjs';

drive({
  request(number, leak) {
    const session = remember(number, leak);
    if (leak) watchSettings(session);
  },
});
