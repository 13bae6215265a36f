'use strict';
// Leaks: what memlab's guide on oversized objects describes: each view of the page adds a listener to window that is never
// removed, and its closure holds an array. Only the event target knows it, no variable.
function view(leak) {
  const bigArray = new Array(256).fill(0);
  const onClick = () => bigArray.length;
  window.addEventListener('custom-click', onClick);
  if (!leak) window.removeEventListener('custom-click', onClick);
}

serve((i, leak) => view(leak));
