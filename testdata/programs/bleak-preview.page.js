'use strict';
// Leaks: the example that the paper on BLeak (PLDI 2018) opens with, a debugger whose preview listens to the shared editor
// and to its element each time a source is opened, and never stops. Both lists of listeners hold every Preview.
class Editor {
  constructor(element) {
    this.element = element;
    this.handlers = { scroll: [] };
  }

  on(type, handler) {
    this.handlers[type].push(handler);
  }

  off(type, handler) {
    this.handlers[type] = this.handlers[type].filter(other => other !== handler);
  }
}

class Preview {
  constructor(editor, number) {
    this.editor = editor;
    this.source = { url: `source-${number}.js`, lines: [number, number + 1, number + 2] };
    this.onScroll = () => this.source.lines.push(0);
    this.onMouseOver = () => this.source.url;
  }

  mount() {
    this.editor.on('scroll', this.onScroll);
    this.editor.element.addEventListener('mouseover', this.onMouseOver);
  }

  unmount() {
    this.editor.off('scroll', this.onScroll);
    this.editor.element.removeEventListener('mouseover', this.onMouseOver);
  }
}

window.editor = new Editor(document.getElementById('main'));

serve((i, leak) => {
  const preview = new Preview(window.editor, i);
  preview.mount();
  if (!leak) preview.unmount();
});
