'use strict';
// Leaks: detached DOM. Each request shows an order as a row of the list and takes the row away again, but
// window.app.rows, a Map from order number to row, keeps every row that was removed from the document.
class OrderList {
  constructor(element) {
    this.element = element;
    this.rows = new Map();
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

serve((i, leak) => {
  window.app.show(i);
  window.app.remove(i, leak);
});
