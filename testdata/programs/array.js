'use strict';
// Leaks: an array in a module's scope that is only ever added to. Each request pushes one Sample to `samples`;
// no global leads there, only the module's own closures.
const drive = require('./driver');

class Sample {
  constructor(route, milliseconds) {
    this.route = route;
    this.timings = { parse: milliseconds / 3, render: milliseconds / 2, total: milliseconds };
    this.labels = [`status=${milliseconds % 5}`, `host=web-${milliseconds % 3}`];
  }
}

const KEPT = 64; // samples kept when the leak is mended
const samples = [];

exports.record = function record(sample, leak) {
  samples.push(sample);
  if (!leak && samples.length > KEPT) samples.splice(0, samples.length - KEPT);
};

exports.average = () => samples.reduce((sum, s) => sum + s.timings.total, 0) / samples.length;

drive({
  request(i, leak) {
    exports.record(new Sample(`/orders/${i % 11}`, i % 97), leak);
    if (i % 100 === 0) exports.average();
  },
});
