// Elements, made one way: attributes by name, text as text.

type Child = globalThis.Node | string | null | false;
type Attributes = Record<string, string | number | boolean | ((e: never) => void) | undefined>;

function fill<E extends Element>(e: E, attributes: Attributes, children: Child[]): E {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") e.addEventListener(key, value as EventListener);
    else if (value === true) e.setAttribute(key, "");
    else if (value !== undefined && value !== false) e.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child) e.append(child); // a string becomes a text node
  }
  return e;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** mono is a name out of the heap: kept from turning the text around it. */
export const mono = (text: string): HTMLElement => el("bdi", { class: "name" }, text);

const status = document.getElementById("said")!;

/** say tells people who do not see the page what happened. */
export function say(text: string): void {
  status.textContent = text;
}

// Text that is measured, so that it never leaves its box.

const pen = document.createElement("canvas").getContext("2d")!;
const widths = new Map<string, number>();

export function textWidth(text: string, font: string): number {
  const key = font + text;
  let w = widths.get(key);
  if (w === undefined) {
    if (widths.size > 20000) widths.clear();
    pen.font = font;
    w = pen.measureText(text).width;
    widths.set(key, w);
  }
  return w;
}

/** fit cuts text to a width: the middle goes, as both ends say something. */
export function fit(text: string, width: number, font: string): string {
  if (textWidth(text, font) <= width) return text;
  const all = Array.from(text);
  let most = 0;
  for (let low = 1, high = all.length - 1; low <= high; ) {
    const n = (low + high) >> 1;
    if (textWidth(cut(all, n), font) <= width) {
      most = n;
      low = n + 1;
    } else high = n - 1;
  }
  return most < 3 ? "" : cut(all, most);
}

function cut(all: string[], n: number): string {
  const tail = Math.floor(n * 0.5);
  return all.slice(0, n - tail).join("") + "…" + all.slice(all.length - tail).join("");
}

/** fonts are those that charts write in, as the style has them. */
export function fonts(host: Element): { plain: string; bold: string; size: number } {
  const style = getComputedStyle(host);
  const size = parseFloat(style.fontSize);
  return { plain: `${size}px ${style.fontFamily}`, bold: `600 ${size}px ${style.fontFamily}`, size };
}

/** onResize calls back when the width of an element changes. */
export function onResize(e: Element, draw: () => void): void {
  let last = -1;
  new ResizeObserver(() => {
    const w = Math.round(e.getBoundingClientRect().width);
    if (w === last || w === 0) return;
    last = w;
    draw();
  }).observe(e);
}
