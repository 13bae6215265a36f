// What is looked at: the place in the detail, the search, and how far each chart is zoomed.

import { Line, Node, lineOf, lines } from "./data";

export const state = {
  selected: lines.length > 0 ? 0 : -1,
  query: "",
  words: [] as string[], // of the query
  found: null as Set<number> | null, // lines that the search finds; null without one
};

export type Change = "selected" | "query";
const listeners: ((what: Change) => void)[] = [];
export const onChange = (f: (what: Change) => void): void => void listeners.push(f);
const changed = (what: Change): void => listeners.forEach((f) => f(what));

/** Zoom is what a chart shows of its tree. */
export class Zoom {
  readonly changed: (() => void)[] = [];

  constructor(public at: Node) {}

  to(n: Node): void {
    if (n === this.at) return;
    this.at = n;
    this.changed.forEach((f) => f());
  }

  /** out goes up to where there is more to see, and says whether there was. */
  out(): boolean {
    let up = this.at.parent;
    if (!up) return false;
    while (up.parent && up.children.length === 1) up = up.parent;
    this.to(up);
    return true;
  }
}

/** open shows a place, by its link, so that the way back works. */
export function open(line: number): void {
  const link = "#leak=" + lines[line].id;
  if (location.hash === link) select(line);
  else location.hash = link;
}

export function select(line: number): void {
  state.selected = line;
  changed("selected");
}

/** linked is the place in the address, -1 if it is not here, null if none is named. */
export function linked(): number | null {
  const m = /^#leak=([0-9A-Za-z]+)/.exec(location.hash);
  return m ? lineOf.get(m[1]) ?? -1 : null;
}

const text = (l: Line): string =>
  [l.id, l.tier, l.kind, l.path, l.owner, l.class, l.where].join("\n").toLowerCase();
let texts: string[] | undefined;

export function search(query: string): void {
  query = query.trim().toLowerCase();
  if (query === state.query) return;
  texts ??= lines.map(text);
  state.query = query;
  state.words = query ? query.split(/\s+/) : [];
  state.found = query ? new Set(lines.keys()) : null;
  for (const word of state.words) {
    state.found?.forEach((i) => texts![i].includes(word) || state.found!.delete(i));
  }
  changed("query");
}
