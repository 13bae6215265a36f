// The growth map: area is bytes, colour is kind, stripes mean that others hold it too.

import { Node, lines } from "./data";
import { Chart, ChartCell } from "./chart";
import { amount, exactAmount, group as grouped, percent } from "./format";
import { onResize, svg } from "./dom";
import { Box, squarify } from "./squarify";
import { Zoom, onChange, open, state } from "./state";

const mostCells = 400; // more cannot be told apart, and take time
const header = 1.6; // of the font's size
const gap = 1;

interface Leaf {
  line: number; // -1 for what is no place
  size: number;
  title: string;
  also: string;
}

export function treemap(host: HTMLElement, zoom: Zoom): void {
  const chart = new Chart(host, "Growth map: area is how much came. Arrows move, Enter opens, Escape zooms out.", () => zoom.out());
  const draw = (): void => paint(chart, zoom);
  onResize(host, draw);
  zoom.changed.push(draw);
  onChange((what) => (what === "selected" ? mark(chart) : chart.dim()));
}

/** leaves are the places below a node, largest first; what is too small is one. */
function leaves(n: Node, most: number): Leaf[] {
  const out: Leaf[] = [];
  const visit = (at: Node): void => {
    if (at.children.length === 0 && at.up > 0) {
      const l = lines[at.line];
      out.push(l
        ? { line: at.line, size: at.up, title: l.owner || l.path, also: l.inPlace ? "grew in place" : l.class === "()" ? "closures" : l.class }
        : { line: -1, size: at.up, title: at.name, also: "" });
    }
    at.children.forEach(visit);
  };
  visit(n);
  out.sort((a, b) => b.size - a.size || a.line - b.line);
  if (out.length > most) {
    const rest = out.splice(most - 1);
    out.push({ line: -1, size: rest.reduce((sum, l) => sum + l.size, 0), title: grouped(rest.length) + " smaller", also: "" });
  }
  return out;
}

function paint(chart: Chart, zoom: Zoom): void {
  let top = zoom.at;
  while (top.children.length === 1 && top.children[0].children.length > 0) top = top.children[0];
  const width = chart.width;
  const few = Math.min(1, (1 + lines.length) / 6); // one place needs no wall
  const height = Math.round(few * Math.max(300, Math.min(460, width * 0.5)));
  const size = parseFloat(getComputedStyle(chart.root).fontSize);
  const groups = (top.children.length > 0 ? top.children : [top]).filter((n) => n.up > 0);
  const cells: ChartCell[] = [];
  const parts: SVGElement[] = [patterns("hatch")];
  chart.clear();
  const share = Math.max(8, Math.floor(mostCells / Math.max(1, groups.length)));
  const shown = groups.slice(0, mostCells);
  squarify(shown.map((g) => g.up), { x: 0, y: 0, w: width, h: height }).forEach((box, i) => {
    const g = shown[i];
    const head = Math.round(size * header);
    if (g.children.length === 0 || box.w < 40 || box.h < head + 16) {
      const [first, ...more] = leaves(g, 2);
      if (first && more.length === 0) leaf(chart, zoom, first, box, cells, parts);
      else if (first) group(chart, zoom, g, box, box.h, cells, parts);
      return;
    }
    const room = group(chart, zoom, g, box, head, cells, parts);
    const inside = leaves(g, share);
    squarify(inside.map((l) => l.size), room).forEach((b, k) => leaf(chart, zoom, inside[k], b, cells, parts));
  });
  chart.show(height, cells, parts);
  mark(chart);
}

/** group draws a step that leads to several places, and returns the room for them. */
function group(chart: Chart, zoom: Zoom, g: Node, box: Box, head: number, cells: ChartCell[], parts: SVGElement[]): Box {
  const b = inset(box);
  const c: ChartCell = { ...b, h: Math.min(head, b.h), label: `${g.name}: ${amount(g.up)}, zoom in`, act: () => zoom.to(g) };
  cells.push(c);
  parts.push(chart.group(c, { class: "group" },
    svg("rect", { x: b.x, y: b.y, width: b.w, height: c.h })));
  chart.write(c, [`${g.name}  ${amount(g.up)}`], { bold: true, center: c.h < 2 * head });
  return { x: b.x, y: b.y + c.h, w: b.w, h: Math.max(0, b.h - c.h) };
}

function leaf(chart: Chart, zoom: Zoom, l: Leaf, box: Box, cells: ChartCell[], parts: SVGElement[]): void {
  const b = inset(box);
  if (b.w < 1.5 || b.h < 1.5) return;
  const total = zoom.at.up;
  const line = lines[l.line];
  const c: ChartCell = {
    ...b, label: `${l.title}${l.also ? ", " + l.also : ""}: ${exactAmount(l.size)}, ${percent(l.size, total)}${line ? ", " + line.kind : ""}`,
    act: line && (() => open(l.line)), found: () => !state.found || state.found.has(l.line),
  };
  cells.push(c);
  parts.push(chart.group(c, { class: `cell ${line ? "k" + line.color : "rest"}`, "data-line": String(l.line) },
    svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h }),
    line?.coOwners.length ? svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h, class: "hatch", fill: "url(#hatch)" }) : null));
  chart.write(c, [l.title, amount(l.size), l.also], { bold: true });
}

const inset = (b: Box): Box => ({ x: b.x + gap / 2, y: b.y + gap / 2, w: Math.max(0, b.w - gap), h: Math.max(0, b.h - gap) });

function mark(chart: Chart): void {
  chart.root.querySelectorAll(".cell").forEach((e) => {
    const on = e.getAttribute("data-line") === String(state.selected) && state.selected >= 0;
    e.classList.toggle("on", on);
    if (e.hasAttribute("role")) e.setAttribute("aria-pressed", String(on));
  });
}

/** patterns are the stripes of what others hold too. */
export function patterns(id: string): SVGElement {
  return svg("defs", {}, svg("pattern", {
    id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  }, svg("rect", { class: "stripe", width: 1.5, height: 6 })));
}
