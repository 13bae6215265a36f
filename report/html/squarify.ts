// Squarified treemaps (Bruls, Huizing and van Wijk, 2000): rows are filled along
// the shorter side as long as that makes their cells squarer.

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** squarify divides a box among values, which are positive and fall. */
export function squarify(values: number[], box: Box): Box[] {
  const out: Box[] = [];
  let { x, y, w, h } = box;
  let rest = values.reduce((a, b) => a + b, 0);
  for (let i = 0; i < values.length && rest > 0; ) {
    const scale = (w * h) / rest;
    const side = Math.min(w, h);
    let sum = values[i];
    let end = i + 1;
    while (end < values.length && worst(values[i], values[end], sum + values[end], side, scale) <=
      worst(values[i], values[end - 1], sum, side, scale)) sum += values[end++];
    const thick = side > 0 ? (sum * scale) / side : 0;
    let at = 0;
    for (; i < end; i++) {
      const long = sum > 0 ? (values[i] / sum) * side : 0;
      out.push(w >= h ? { x, y: y + at, w: thick, h: long } : { x: x + at, y, w: long, h: thick });
      at += long;
    }
    if (w >= h) {
      x += thick;
      w = Math.max(0, w - thick);
    } else {
      y += thick;
      h = Math.max(0, h - thick);
    }
    rest -= sum;
  }
  while (out.length < values.length) out.push({ x, y, w: 0, h: 0 });
  return out;
}

/** worst is the aspect ratio of the least square cell of a row. */
function worst(largest: number, smallest: number, sum: number, side: number, scale: number): number {
  const s = (sum * scale) ** 2;
  const q = side ** 2;
  return Math.max((q * largest * scale) / s, s / (q * smallest * scale));
}
