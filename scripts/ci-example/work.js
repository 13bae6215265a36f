'use strict';
// What the unit test of docs/ci.md does again and again; with LEAK=1 it keeps the orders.
const orders = [];

module.exports = async function work(id) {
  const order = { id, lines: Array.from({ length: 100 }, (_, i) => ({ article: id * 100 + i, pieces: 1 })) };
  if (process.env.LEAK === '1') orders.push(order);
};
