// The ways to what grew, from the root down. As in pprof, a width is what came
// and what went together, and the solid part of it is what remained.

import { Node, lines } from "./data";
import { Chart, ChartCell } from "./chart";
import { bytes, deltaBytes, exactBytes } from "./format";
import { onResize, svg } from "./dom";
import { onChange, open, state, zoomTo } from "./state";

const mostRows = 24;
const mostCells = 1500;

export function icicle(host: HTMLElement): void {
  const chart = new Chart(host, "Ways to what grew: width is what came and went. Arrows move, Enter zooms or opens, Escape zooms out.");
  const draw = (): void => paint(chart);
  onResize(host, draw);
  onChange((what) => what !== "selected" && draw());
}

function paint(chart: Chart): void {
  const width = chart.width;
  const size = parseFloat(getComputedStyle(chart.root).fontSize);
  const row = Math.round(size * 1.9);
  const cells: ChartCell[] = [];
  const parts: SVGElement[] = [];
  const found = matching();
  chart.clear();
  let deepest = 0;
  const place = (n: Node, x: number, w: number, depth: number): void => {
    if (cells.length >= mostCells || depth >= mostRows) return;
    deepest = Math.max(deepest, depth);
    draw(chart, n, { x, y: depth * row, w, h: row }, found, cells, parts);
    let at = x;
    for (const child of n.children) {
      const part = (w * (child.up + child.down)) / (n.up + n.down || 1);
      if (part < 1.5) {
        // The others are smaller still: one sliver stands for them all.
        const rest = x + w - at;
        if (rest > 1) parts.push(svg("rect", { class: "sliver", x: at, y: (depth + 1) * row, width: rest - 0.5, height: row - 1 }));
        deepest = Math.max(deepest, depth + 1);
        break;
      }
      place(child, at, part, depth + 1);
      at += part;
    }
  };
  place(state.zoom, 0, width, 0);
  chart.show((deepest + 1) * row, cells, parts);
}

/** matching is what the search finds, with all that leads there; null without one. */
function matching(): Set<Node> | null {
  if (!state.found) return null;
  const out = new Set<Node>();
  const visit = (n: Node): boolean => {
    let hit = state.found!.has(n.line);
    for (const c of n.children) hit = visit(c) || hit;
    if (hit) out.add(n);
    return hit;
  };
  visit(state.zoom);
  return out;
}

function draw(
  chart: Chart, n: Node, box: { x: number; y: number; w: number; h: number }, found: Set<Node> | null, cells: ChartCell[], parts: SVGElement[],
): void {
  const net = n.up - n.down;
  const b = { x: box.x, y: box.y, w: Math.max(0.5, box.w - 1), h: box.h - 1 };
  const line = lines[n.line];
  const open_ = line ? () => open(n.line) : n.children.length > 0 && n !== state.zoom ? () => zoomTo(n) : undefined;
  const c: ChartCell = {
    ...b, act: open_,
    label: `${n.name}: ${deltaBytes(net)}, came ${exactBytes(n.up)}, went ${exactBytes(n.down)}${line ? ", open" : open_ ? ", zoom in" : ""}`,
  };
  cells.push(c);
  const part = n.up + n.down > 0 ? (b.w * Math.abs(net)) / (n.up + n.down) : 0;
  parts.push(chart.group(c, { class: `way ${net < 0 ? "went" : "came"}${line ? " place" : ""}${found && !found.has(n) ? " dim" : ""}` },
    svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h, class: "both" }),
    part < b.w - 0.5 ? svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h, class: "hatch", fill: "url(#hatch)" }) : null,
    part > 0 ? svg("rect", { x: b.x, y: b.y, width: part, height: b.h, class: "net" }) : null));
  if (b.w > 30) chart.write(c, [`${n.name}  ${n.down === 0 ? bytes(net) : deltaBytes(net)}`], { center: true, dim: !!found && !found.has(n) });
}
