// Where bytes came and went, from the root down. As in pprof, a width is what
// came and what went together, and the solid part of it is what remained.

import { Node, flow, lines, wayTo } from "./data";
import { Chart, ChartCell, crumbs } from "./chart";
import { amount, deltaAmount, exactAmount, group } from "./format";
import { el, mono, onResize, svg } from "./dom";
import { Zoom, onChange, open, state } from "./state";
import { searchField } from "./search";
import { ColumnOf, VirtualTable } from "./table";
import { patterns } from "./treemap";

const mostRows = 24;
const mostCells = 1500;
const dull = new Set(["", "Object", "()"]); // classes that say nothing

export function icicle(host: HTMLElement): void {
  const zoom = new Zoom(flow);
  const info = el("p", { class: "info" });
  const chartHost = el("div");
  const hits = el("span", { class: "count" });
  host.append(
    el("p", { class: "lead" }, "Each row is a step from the root. Width is what came and what went together; the solid part is what remained of it, ",
      el("span", { class: "up" }, "growth"), " or ", el("span", { class: "down" }, "loss"), "; striped is what came and went again. Choose a step to zoom in."),
    el("div", { class: "tools" }, searchField("Search the ways"), hits), el("div", { class: "status-line" }, crumbs(zoom, "Zoom of the ways"), info), chartHost);
  const chart = new Chart(chartHost, "Where bytes came and went: width is both together. Arrows move, Enter zooms in, Escape zooms out.", () => zoom.out());
  const look = (n: Node): void => {
    const l = lines[n.line];
    info.replaceChildren(
      n.parent ? el("span", { class: "path" }, mono(wayTo(n).slice(1).map((s) => s.name).join(" ")), dull.has(n.also) ? null : el("span", { class: "quiet" }, " ", mono(n.also))) : "",
      el("span", {}, `came ${amount(n.up)}, went ${amount(n.down)}: `, el("strong", { title: exactAmount(n.up - n.down) }, deltaAmount(n.up - n.down))),
      l ? el("a", { href: "#leak=" + l.id, click: (e: Event) => { e.preventDefault(); open(n.line); } }, "what is known of this place") : "");
  };
  let found = matching();
  const draw = (): void => paint(chart, zoom, (n) => !found || found.has(n), look);
  onResize(chartHost, draw);
  zoom.changed.push(() => { draw(); look(zoom.at); });
  onChange((what) => {
    if (what !== "query") return;
    found = matching();
    hits.textContent = found ? `${group(found.hits)} ${found.hits === 1 ? "step" : "steps"} found` : "";
    chart.dim();
  });
  look(zoom.at);
  host.append(inTable());
}

/** inTable is the diagram as a table, made when it is asked for. */
function inTable(): HTMLElement {
  const host = el("div");
  const details = el("details", { class: "in-table", toggle: () => {
    if (host.firstChild) return;
    const rows: { way: string; n: Node }[] = [];
    const visit = (n: Node, before: string): void => {
      const way = (before + " " + n.name).trim();
      rows.push({ way, n });
      n.children.forEach((c) => visit(c, n === flow ? "" : way));
    };
    visit(flow, "");
    const size = (title: string, value: (n: Node) => number, write = amount): ColumnOf<{ way: string; n: Node }> => ({
      title, numeric: true, value: (r) => value(r.n), text: (r) => write(value(r.n)), hover: (r) => exactAmount(value(r.n)),
    });
    new VirtualTable(host, {
      label: "Where bytes came and went", rows, filter: true,
      columns: [
        { title: "way", numeric: false, name: true, text: (r) => r.way, value: (r) => r.way.toLowerCase() },
        size("came", (n) => n.up), size("went", (n) => n.down), size("remained", (n) => n.up - n.down, deltaAmount),
      ],
    });
  } }, el("summary", {}, "The same as a table"), host);
  return details;
}

type Box = { x: number; y: number; w: number; h: number };

function paint(chart: Chart, zoom: Zoom, found: (n: Node) => boolean, look: (n: Node) => void): void {
  const width = chart.width;
  const size = parseFloat(getComputedStyle(chart.root).fontSize);
  const row = Math.round(size * 1.9);
  const cells: ChartCell[] = [];
  const parts: SVGElement[] = [];
  chart.clear();
  let deepest = 0;
  const place = (n: Node, x: number, w: number, depth: number): void => {
    if (cells.length >= mostCells || depth >= mostRows) return;
    deepest = Math.max(deepest, depth);
    draw(n, { x, y: depth * row, w, h: row });
    let at = x;
    for (const child of n.children) {
      const part = (w * (child.up + child.down)) / (n.up + n.down || 1);
      if (part < 1.5) {
        // The others are smaller still: one sliver stands for them all.
        const rest = n.children.slice(n.children.indexOf(child)).reduce((sum, c) => sum + (w * (c.up + c.down)) / (n.up + n.down || 1), 0);
        if (rest > 1) parts.push(svg("rect", { class: "sliver", x: at, y: (depth + 1) * row, width: rest - 0.5, height: row - 1 }));
        if (rest > 1) deepest = Math.max(deepest, depth + 1);
        break;
      }
      place(child, at, part, depth + 1);
      at += part;
    }
  };
  const draw = (n: Node, box: Box): void => {
    const net = n.up - n.down;
    const b = { x: box.x, y: box.y, w: Math.max(0.5, box.w - 1), h: box.h - 1 };
    const to = n !== zoom.at && n.children.length > 0 ? n : n === zoom.at ? n.parent : null;
    const line = lines[n.line];
    const act = to ? (): void => zoom.to(to) : line ? (): void => open(n.line) : (): void => look(n);
    const c: ChartCell = {
      ...b, act, look: () => look(n), found: () => found(n),
      label: `${n.name}${dull.has(n.also) ? "" : " " + n.also}: ${deltaAmount(net)}, came ${exactAmount(n.up)}, went ${exactAmount(n.down)}` +
        (to === n ? ", zoom in" : to ? ", zoom out" : line ? ", open" : ""),
    };
    cells.push(c);
    const part = n.up + n.down > 0 ? (b.w * Math.abs(net)) / (n.up + n.down) : 0;
    parts.push(chart.group(c, { class: `way ${net < 0 ? "went" : "came"}${line ? " place" : ""}` },
      svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h, class: "both" }),
      part < b.w - 0.5 ? svg("rect", { x: b.x, y: b.y, width: b.w, height: b.h, class: "hatch", fill: "url(#hatch-ways)" }) : null,
      part > 0 ? svg("rect", { x: b.x, y: b.y, width: part, height: b.h, class: "net" }) : null));
    if (b.w > 30) chart.write(c, [label(chart, c, n)], { center: true, bold: !!line });
  };
  place(zoom.at, 0, width, 0);
  chart.show((deepest + 1) * row, cells, [patterns("hatch-ways"), ...parts]);
}

/** label is as much of what a step is as fits. */
function label(chart: Chart, c: ChartCell, n: Node): string {
  const value = n.down === 0 ? amount(n.up) : deltaAmount(n.up - n.down);
  const texts = [`${n.name}  ${value}`, n.name];
  if (!dull.has(n.also)) texts.unshift(`${n.name} (${n.also})  ${value}`);
  return texts.find((t) => chart.fits(c, t)) ?? n.name;
}

/** matching is what the search finds, with all that leads there; null without one. */
function matching(): (Set<Node> & { hits: number }) | null {
  if (!state.found) return null;
  const shown = Object.assign(new Set<Node>(), { hits: 0 });
  const visit = (n: Node): boolean => {
    const text = (n.name + "\n" + n.also).toLowerCase();
    let hit = state.found!.has(n.line) || state.words.every((w) => text.includes(w));
    if (hit) shown.hits++;
    for (const c of n.children) hit = visit(c) || hit;
    if (hit) shown.add(n);
    return hit;
  };
  visit(flow);
  return shown;
}
