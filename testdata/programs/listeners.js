'use strict';
// Leaks: event listeners that are never removed. Each request lets a new Widget listen to 'theme' on
// global.bus, so that global.bus._events.theme, an array of closures, keeps every Widget.
const EventEmitter = require('events');
const drive = require('./driver');

class Widget {
  constructor(number) {
    this.number = number;
    this.style = { colour: 'none', border: [number, number + 1] };
    this.title = `widget number ${number}`;
  }

  repaint(colour) {
    this.style.colour = colour;
  }
}

global.bus = new EventEmitter();
global.bus.setMaxListeners(0);
for (let i = 0; i < 3; i++) global.bus.on('theme', () => i);

drive({
  request(i, leak) {
    const widget = new Widget(i);
    const onTheme = colour => widget.repaint(colour);
    global.bus.on('theme', onTheme);
    if (i % 100 === 0) global.bus.emit('theme', 'dark');
    if (!leak) global.bus.removeListener('theme', onTheme);
  },
});
