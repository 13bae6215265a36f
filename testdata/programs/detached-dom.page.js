'use strict';
// Leaks: detached DOM. Each request shows an order as a row of the list and takes the row away again, but
// window.app.rows, a Map from order number to row, keeps every row that was removed from the document.
class OrderList {
  constructor(element) {
    this.element = element;
    this.rows = new Map();
    this.templates = new Map();
  }

  show(number) {
    const row = document.createElement('li');
    row.className = 'order';
    const title = row.appendChild(document.createElement('span'));
    title.textContent = `Order ${number}`;
    const button = row.appendChild(document.createElement('button'));
    button.textContent = 'Cancel';
    button.addEventListener('click', () => this.remove(number, false));
    this.element.appendChild(row);
    this.rows.set(number, row);
  }

  remove(number, leak) {
    this.rows.get(number).remove();
    if (!leak) this.rows.delete(number);
  }
}

window.app = new OrderList(document.getElementById('orders'));

// Beside the leak: temporary objects, a cache that is full after the warm-up, code that is compiled late.
function churn(i) {
  const { templates } = window.app;
  const kind = `kind-${i % 50}`;
  if (!templates.has(kind)) templates.set(kind, { kind, fields: [kind, kind.length] });
  const lines = JSON.parse(`[{"sku": "a-${i % 7}"}, {"sku": "b"}]`).map(line => ({ ...line, i }));
  return new Set(lines.map(line => line.sku)).size;
}

const features = [
  () => 0,
  () => new Intl.NumberFormat('en').format(1234.5).length,
  () => [...window.app.templates.keys()].sort().join().length,
];

window.requests = function requests(from, count, leak, step) {
  for (let i = from; i < from + count; i++) {
    churn(i);
    window.app.show(i);
    window.app.remove(i, leak);
  }
  return (features[step] || features[0])();
};
