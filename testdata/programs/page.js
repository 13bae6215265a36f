'use strict';
// What the pages do beside their leak: temporary objects at each request, a cache that is full after the warm-up, and
// functions that are compiled only when a later step first needs them.
const templates = new Map();

window.churn = function churn(i) {
  const kind = `kind-${i % 50}`;
  if (!templates.has(kind)) templates.set(kind, { kind, fields: [kind, kind.length] });
  const lines = JSON.parse(`[{"sku": "a-${i % 7}"}, {"sku": "b"}]`).map(line => ({ ...line, i }));
  return new Set(lines.map(line => line.sku)).size;
};

const features = [
  () => 0,
  () => new Intl.NumberFormat('en').format(1234.5).length,
  () => [...templates.keys()].sort().join().length,
];

// serve(handle): the page's requests(), which calls handle(i, leak) for each.
window.serve = function serve(handle) {
  window.requests = (from, count, leak, step) => {
    for (let i = from; i < from + count; i++) {
      churn(i);
      handle(i, leak);
    }
    return (features[step] || features[0])();
  };
};
