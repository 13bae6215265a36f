'use strict';
// What every program does beside its leak, so that the leak is not the only thing that changes:
// temporary objects at each request, a bounded cache that is full after the warm-up, and code that is
// compiled only when it is first needed, at a later step.

const ROUTES = 120;
const templates = new Map(); // route -> Template, full after ROUTES requests

class Template {
  constructor(route) {
    this.route = route;
    this.parts = route.split('/').map(part => ({ part, upper: part.toUpperCase() }));
  }

  render(values) {
    return this.parts.map(p => p.upper).join('.') + JSON.stringify(values);
  }
}

exports.handle = function handle(i) {
  const body = JSON.parse(`{"order": ${i}, "lines": [{"sku": "a-${i % 7}", "count": ${i % 5}}, {"sku": "b", "count": 2}]}`);
  const route = `/orders/${i % ROUTES}`;
  if (!templates.has(route)) templates.set(route, new Template(route));
  const seen = new Map();
  for (const line of body.lines) seen.set(line.sku, { ...line, price: line.count * 1.5 });
  const sorted = [...seen.values()].sort((a, b) => a.price - b.price);
  return templates.get(route).render(sorted).length;
};

// One feature a step, the first two steps' worth of them; later steps call nothing new.
exports.feature = function feature(step) {
  if (step === 1) return monthlyReport();
  if (step === 2) return exportAsText();
  return 0;
};

function monthlyReport() {
  const querystring = require('querystring');
  const totals = Array.from({ length: 30 }, (_, day) => ({ day, total: day * day }));
  return querystring.stringify({ max: Math.max(...totals.map(t => t.total)) });
}

function exportAsText() {
  const { StringDecoder } = require('string_decoder');
  const decoder = new StringDecoder('utf8');
  return [...templates.keys()].map(route => decoder.write(Buffer.from(route))).join('\n');
}
