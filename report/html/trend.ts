// Lines over the heaps of a series.

import { Num, lines } from "./data";
import { el, fit, fonts, mono, onResize, svg } from "./dom";
import { bytes, group } from "./format";
import { open } from "./state";

/** trend draws values as a line with a dot for each heap. */
export function trend(values: Num[], write: (n: Num) => string, label: string): SVGSVGElement {
  const list = values.map(Number);
  const most = Math.max(1, ...list);
  const w = 300, h = 64, pad = 6;
  const x = (i: number): number => pad + (i * (w - 2 * pad)) / (list.length - 1);
  const y = (v: number): number => h - pad - (v * (h - 2 * pad)) / most;
  return svg("svg", {
    class: "trend", viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": `${label}: ${values.map(write).join(", ")}`,
  },
  svg("line", { x1: pad, x2: w - pad, y1: h - pad, y2: h - pad, class: "axis" }),
  svg("polyline", { points: list.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ") }),
  ...list.map((v, i) => svg("circle", { cx: x(i), cy: y(v), r: 3.5 }, svg("title", {}, `heap ${i + 1}: ${write(values[i])}`))));
}

const mostTrends = 12;

/** trends draws the places that grew most, one small chart each. */
export function trends(host: HTMLElement): void {
  const grid = el("div", { class: "trends" });
  lines.slice(0, mostTrends).forEach((l, i) => {
    const values = l.trendSizes;
    const title = el("a", { href: "#leak=" + l.id, click: (e: Event) => { e.preventDefault(); open(i); } }, mono(l.path));
    onResize(grid, () => {
      title.firstElementChild!.textContent = fit(l.path, 2 * title.clientWidth - 40, fonts(title).plain) || l.path;
    });
    grid.append(el("figure", {},
      el("figcaption", {}, el("span", { class: "tier tier-" + l.tier.toLowerCase() }, l.tier), " ", title),
      trend(values, bytes, l.path),
      el("p", { class: "detail" }, `${bytes(values[0])} → ${bytes(values[values.length - 1])}, objects ${group(l.trendCounts[0])} → ${group(l.trendCounts[values.length - 1])}`)));
  });
  host.append(grid);
  if (lines.length > mostTrends) host.append(el("p", { class: "detail" }, `The ${mostTrends} largest of ${group(lines.length)}; the others' lines stand in their detail.`));
}
