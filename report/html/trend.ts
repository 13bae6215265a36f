// Lines over the heaps of a series.

import { Num, data, lines, name } from "./data";
import { el, fonts, mono, onResize, svg } from "./dom";
import { bytes, deltaBytes, exactBytes, group, rate } from "./format";
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

/** trends tells a series: the heap by kind, then the places that grew most. */
export function trends(host: HTMLElement): void {
  const all = (data.trends ?? []).map(([n, color, sizes]) => ({ name: name(n), color, sizes }));
  if (all.length > 1) {
    const chart = el("div", { class: "stack" });
    host.append(el("p", { class: "lead" }, "The heap by kind, in each of the ", group(all[0].sizes.length), " heaps; below it what each place held."),
      el("div", { class: "series" }, chart, kindsTable(all)));
    onResize(chart, () => chart.replaceChildren(stack(all.slice(1), all[0], chart)));
  }
  const shown = lines.slice(0, mostTrends);
  host.append(el("div", { class: "trends" }, ...shown.map((l, i) => {
    const values = l.trendSizes;
    const last = values.length - 1;
    return el("figure", {},
      el("figcaption", {}, el("span", { class: "tier tier-" + l.tier.toLowerCase() }, l.tier), " ",
        el("a", { href: "#leak=" + l.id, title: l.path, click: (e: Event) => { e.preventDefault(); open(i); } }, mono(l.path))),
      trend(values, bytes, l.path),
      el("p", { class: "detail" }, `${bytes(values[0])} → ${bytes(values[last])}` +
        (l.inPlace ? "" : ` · ${group(l.trendCounts[0])} → ${group(l.trendCounts[last])} objects`) +
        (l.rate ? ` · ${rate(l.rate.size)} B an iteration` : "")));
  })));
  if (lines.length > mostTrends) host.append(el("p", { class: "detail" }, `The ${mostTrends} largest of ${group(lines.length)}; the others' lines stand in their detail.`));
}

const mostTrends = 12;

interface Trend {
  name: string;
  color: number;
  sizes: Num[];
}

/** stack draws the kinds on top of each other, so that the upper edge is the heap. */
function stack(kinds: Trend[], heap: Trend, host: HTMLElement): SVGSVGElement {
  const { size } = fonts(host);
  const w = Math.floor(host.clientWidth), h = Math.round(Math.max(220, Math.min(420, w * 0.75)));
  const left = size * 5, bottom = size * 1.8, top = size * 0.8, right = size;
  const n = heap.sizes.length;
  const step = nice(Math.max(1, ...heap.sizes.map(Number)) / 4);
  const most = step * Math.ceil(Math.max(1, ...heap.sizes.map(Number)) / step);
  const x = (i: number): number => left + (i * (w - left - right)) / (n - 1);
  const y = (v: number): number => h - bottom - (v * (h - bottom - top)) / most;
  const at = (i: number, v: number): string => `${x(i).toFixed(1)},${y(v).toFixed(1)}`;
  const parts: SVGElement[] = [];
  for (let v = 0; v <= most * 1.001; v += step) {
    parts.push(svg("line", { class: "axis", x1: left, x2: w - right, y1: y(v), y2: y(v) }),
      svg("text", { x: left - 8, y: y(v) + size * 0.33, "text-anchor": "end" }, bytes(Math.round(v))));
  }
  let below = heap.sizes.map(() => 0);
  for (const k of kinds.slice().reverse()) {
    const above = below.map((v, i) => v + Number(k.sizes[i]));
    parts.push(svg("polygon", {
      class: "area k" + k.color, points: [...above.map((v, i) => at(i, v)), ...below.map((v, i) => at(i, v)).reverse()].join(" "),
    }, svg("title", {}, `${k.name}: ${k.sizes.map(bytes).join(" → ")}`)));
    below = above;
  }
  parts.push(svg("polyline", { class: "total", points: heap.sizes.map((v, i) => at(i, Number(v))).join(" ") }));
  const every = Math.ceil(n / Math.max(1, Math.floor((w - left) / (size * 4))));
  heap.sizes.forEach((v, i) => {
    parts.push(svg("circle", { class: "total", cx: x(i), cy: y(Number(v)), r: 3.5 }, svg("title", {}, `${file(i)}: ${bytes(v)}`)));
    if (i % every === 0) parts.push(svg("text", { x: x(i), y: h - size * 0.4, "text-anchor": i === 0 ? "start" : i === n - 1 ? "end" : "middle" }, String(i + 1)));
  });
  return svg("svg", { viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: "img", "aria-label": `heap by kind, ${heap.sizes.map(bytes).join(", ")}` }, ...parts);
}

/** nice is the next power of two, which reads well in KiB, MiB and so on. */
function nice(least: number): number {
  let unit = 1;
  while (unit < least) unit *= 2;
  return unit;
}

const file = (i: number): string => (data.heaps ? `${i + 1}, ${name(data.heaps[i])}` : String(i + 1));

const mostHeaps = 8; // that a table has columns for

/** kindsTable is the chart in numbers. */
function kindsTable(all: Trend[]): HTMLElement {
  const n = all[0].sizes.length;
  const heaps = n <= mostHeaps ? all[0].sizes.map((_, i) => i) : [0, Math.floor(n / 2), n - 1];
  const steps = n - 1;
  const row = (t: Trend): HTMLElement => {
    const change = Number(t.sizes[n - 1]) - Number(t.sizes[0]);
    const look = change > 0 ? " up" : change < 0 ? " down" : " zero";
    return el("tr", {}, el("th", { scope: "row" }, t.color >= 0 ? el("span", { class: "swatch k" + t.color }) : null, t.name),
      ...heaps.map((i) => el("td", { class: "num", title: exactBytes(t.sizes[i]) }, bytes(t.sizes[i]))),
      el("td", { class: "num" + look, title: exactBytes(change) }, change === 0 ? "0" : deltaBytes(change)),
      el("td", { class: "num" + look }, change === 0 ? "0" : deltaBytes(Math.round(change / steps))));
  };
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The heap by kind, heap by heap" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "kind"),
      ...heaps.map((i) => el("th", { scope: "col", class: "num", title: file(i) }, String(i + 1))),
      el("th", { scope: "col", class: "num" }, "change"), el("th", { scope: "col", class: "num" }, "a step"))),
    el("tbody", {}, ...all.map(row))));
}
