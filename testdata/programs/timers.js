'use strict';
// Leaks: intervals that are never cleared. Each request starts a Poller that asks again every ten days;
// Node's own list of timers keeps each Timeout, its callback and so the Poller. No variable of the program does.
const drive = require('./driver');

const TEN_DAYS = 10 * 24 * 3600 * 1000;

class Poller {
  constructor(number) {
    this.url = `https://status.example/job/${number}`;
    this.answers = [number, number * 2, number * 3];
    this.timer = setInterval(() => this.ask(), TEN_DAYS);
  }

  ask() {
    this.answers.push(this.answers.length);
  }

  stop() {
    clearInterval(this.timer);
  }
}

drive({
  request(i, leak) {
    const poller = new Poller(i);
    poller.ask();
    if (!leak) poller.stop();
  },
});
