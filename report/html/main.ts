// The page works without this: it adds what can be drawn, sorted and searched.

import { data, lines, wayTo } from "./data";
import { detail } from "./detail";
import { wire } from "./copy";
import { el, mono, say } from "./dom";
import { bytes, group } from "./format";
import { icicle } from "./icicle";
import { linked, onChange, search, select, state, zoomOut, zoomTo } from "./state";
import { linesTable, sectionTables, tables } from "./tables";
import { treemap } from "./treemap";
import { trends } from "./trend";

let field: HTMLInputElement | undefined;

function explorer(host: HTMLElement): void {
  const count = el("span", { class: "count" });
  field = el("input", {
    type: "search", id: "search", placeholder: "Search places  ( / )", "aria-label": "Search places that grew", autocomplete: "off", spellcheck: "false",
    input: () => search(field!.value),
  });
  const crumbs = el("nav", { class: "crumbs", "aria-label": "Zoom" });
  const map = el("div", { class: "map" });
  const list = el("div", { class: "lines" });
  const pane = el("aside", { class: "pane", id: "detail", "aria-label": "Detail of the place chosen", tabindex: 0 });
  host.append(
    el("div", { class: "tools" }, field, count, legend()),
    el("div", { class: "explorer" }, el("div", { class: "left" }, crumbs, map, list), pane),
  );
  const trail = (): void => {
    const way = wayTo(state.zoom);
    crumbs.replaceChildren(...way.flatMap((n, i) => [
      ...(i > 0 ? [el("span", { "aria-hidden": "true" }, " › ")] : []),
      i === way.length - 1
        ? el("span", { "aria-current": "location" }, mono(n.name), ` ${bytes(n.up)}`)
        : el("button", { type: "button", click: () => zoomTo(n) }, mono(n.name)),
    ]));
  };
  trail();
  treemap(map);
  linesTable(list);
  detail(pane);
  onChange((what) => {
    if (what === "zoom") trail();
    if (what !== "query") return;
    count.textContent = state.found ? `${group(state.found.size)} of ${group(lines.length)}` : "";
    say(state.found ? `${state.found.size} places found` : "all places");
  });
}

/** legend says what the colours of the map mean. */
function legend(): HTMLElement {
  const kinds = new Map(lines.map((l) => [l.color, l.kind]));
  const list = el("ul", { class: "legend" });
  for (const [color, kind] of kinds) list.append(el("li", {}, el("span", { class: "swatch k" + color }), kind));
  if (lines.some((l) => l.coOwners.length > 0)) list.append(el("li", {}, el("span", { class: "swatch striped" }), "held by others too"));
  return list;
}

/** follow shows the place that the address names. */
function follow(move: boolean): void {
  const line = linked();
  if (line === null) return;
  select(line);
  if (!move) return;
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
  } else if (e.key === "Escape") {
    if (field && (state.query || field.value)) {
      field.value = "";
      search("");
    } else if (typing) (e.target as HTMLElement).blur();
    else zoomOut();
  }
}

function start(): void {
  document.documentElement.classList.add("js");
  sectionTables();
  wire(document.getElementById("copy")!, () => data.markdown);
  document.addEventListener("keydown", keys);
  if (lines.length === 0) return;
  explorer(document.getElementById("explorer")!);
  icicle(document.getElementById("icicle")!);
  const series = document.getElementById("trends");
  if (series) trends(series);
  addEventListener("hashchange", () => follow(true));
  if (linked() !== null) follow(true);
}

start();
