'use strict';
// Leaks: what memlab's guide "Detect Leaks in a Demo App" describes: elements that were never in the document, kept by
// an array that is a property of window.
window.leakedObjects = [];

serve((i, leak) => {
  for (let count = 0; count < 4; count++) {
    const element = document.createElement('div');
    if (leak) window.leakedObjects.push(element);
  }
});
