// The page works without this: it adds what can be drawn, sorted and searched.

import { data, flow, lines, root } from "./data";
import { detail } from "./detail";
import { wire } from "./copy";
import { crumbs } from "./chart";
import { el } from "./dom";
import { amount, group } from "./format";
import { icicle } from "./icicle";
import { clearSearch, searchField } from "./search";
import { Zoom, linked, onChange, select, state } from "./state";
import { linesTable, sectionTables, tables } from "./tables";
import { treemap } from "./treemap";
import { trends } from "./trend";

let field: HTMLInputElement | undefined;
let map: Zoom | undefined;

function explorer(host: HTMLElement): void {
  const count = el("span", { class: "count" });
  field = searchField("Search places", "search");
  const zoom = (map = new Zoom(root));
  const mapHost = el("div", { class: "map" });
  const list = el("div", { class: "lines" });
  const pane = el("aside", { class: "pane", id: "detail", "aria-label": "Detail of the place chosen", tabindex: 0 });
  host.append(
    el("div", { class: "tools" }, field, count, legend()),
    el("div", { class: "explorer" }, el("div", { class: "left" }, crumbs(zoom, "Zoom of the map", (n) => amount(n.up)), mapHost, list), pane),
  );
  treemap(mapHost, zoom);
  linesTable(list);
  detail(pane);
  onChange((what) => {
    if (what === "query") count.textContent = state.found ? `${group(state.found.size)} of ${group(lines.length)}` : "";
  });
}

/** legend says what the colours of the map mean. */
function legend(): HTMLElement {
  const kinds = new Map<number, Set<string>>();
  for (const l of lines) kinds.set(l.color, (kinds.get(l.color) ?? new Set()).add(l.kind));
  const list = el("ul", { class: "legend" });
  for (const [color, names] of kinds) list.append(el("li", {}, el("span", { class: "swatch k" + color }), [...names].join(", ")));
  if (lines.some((l) => l.coOwners.length > 0)) list.append(el("li", {}, el("span", { class: "swatch striped" }), "held by others too"));
  return list;
}

/** follow shows the place that the address names. */
function follow(): void {
  const line = linked();
  if (line === null) return;
  select(line);
  const pane = document.getElementById("detail")!;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Beside the map it is enough to see both; below it the detail itself is looked for.
  const beside = pane.getBoundingClientRect().left > 100;
  (beside ? document.getElementById("growth")! : pane).scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  (document.getElementById("detail-title") ?? pane).focus({ preventScroll: true });
}

function keys(e: KeyboardEvent): void {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
  if (e.key === "/" && !typing) {
    const to = field ?? tables.find((t) => t.field)?.field;
    if (!to) return;
    to.focus();
    to.select();
    e.preventDefault();
  } else if (e.key === "Escape" && !clearSearch()) {
    if (typing) (e.target as HTMLElement).blur();
    else map?.out();
  }
}

function start(): void {
  sectionTables();
  document.querySelectorAll<HTMLElement>(".copy").forEach((b) => wire(b, () => data.markdown));
  document.addEventListener("keydown", keys);
  const series = document.getElementById("trends");
  if (series) trends(series);
  const ways = document.getElementById("icicle");
  if (ways && flow.children.length > 0) icicle(ways);
  if (lines.length === 0) return;
  explorer(document.getElementById("explorer")!);
  addEventListener("hashchange", follow);
  if (linked() !== null) follow();
}

// The first screen needs none of this: it is painted first.
document.documentElement.classList.add("js");
requestAnimationFrame(() => setTimeout(start));
