// A table of any length: sorted by a click on a head, filtered as one types, and
// of its rows only those in the document that can be seen.

import { el, onResize, say } from "./dom";
import { group } from "./format";

export interface ColumnOf<R> {
  title: string;
  numeric: boolean;
  name?: boolean; // text out of the heap
  low?: number; // 2 goes first where there is little room, 1 where there is very little
  narrow?: boolean; // words of which it is known that they are few
  wide?: boolean; // only where there is much room
  swatch?(row: R): number; // the colour of a kind before the text
  text(row: R): string;
  value(row: R): number | string | null; // to sort by
  hover?(row: R): string;
  look?(row: R): string; // a class
  sum?(rows: R[]): string; // of what is shown, in the last line
}

export interface TableOptions<R> {
  label: string;
  columns: ColumnOf<R>[];
  rows: R[];
  last?: string[][]; // rows below all others, while nothing is filtered
  things?: string;
  open?(row: R): void;
  isOpen?(row: R): boolean;
  filter?: boolean; // has a field of its own to filter by
}

const overscan = 8;
const shortTable = 60; // rows that are all in the document, and may have more than one line
const narrowest = 4; // what needs no filter
const shortName = 14; // characters: ids, and words for a state

export class VirtualTable<R> {
  readonly field?: HTMLInputElement;
  private readonly o: TableOptions<R>;
  private readonly short: boolean;
  private readonly scroll = el("div", { class: "scroll virtual", tabindex: 0, role: "region" });
  private readonly table = el("table");
  private readonly body = el("tbody");
  private readonly foot = el("tfoot");
  private readonly count = el("span", { class: "count" });
  private readonly heads: HTMLTableCellElement[] = [];
  private readonly texts: string[];
  private shown: R[];
  private by = -1;
  private down = true;
  private active = 0;
  private height = 0; // of a row
  private readonly widths: number[] = []; // of columns, in characters; 0 is what is left
  private drawn = "";

  constructor(host: HTMLElement, o: TableOptions<R>) {
    this.o = o;
    this.short = o.rows.length <= shortTable;
    if (this.short) this.scroll.classList.add("short");
    this.shown = o.rows;
    this.texts = o.rows.map((r) => o.columns.filter((c) => !c.numeric).map((c) => c.text(r)).join("\n").toLowerCase());
    this.scroll.setAttribute("aria-label", o.label);
    if (o.open) this.table.setAttribute("role", "grid"); // whose rows are chosen
    this.table.setAttribute("aria-label", o.label);
    const bar = el("div", { class: "tools" });
    if (o.filter && o.rows.length > narrowest) {
      this.field = el("input", {
        type: "search", placeholder: "Filter", "aria-label": `Filter ${o.label}`, autocomplete: "off", spellcheck: "false",
        input: () => this.filter(this.field!.value),
        keydown: (e: KeyboardEvent) => {
          if (e.key !== "Escape") return;
          this.field!.value = "";
          this.filter("");
          e.stopPropagation();
        },
      });
      bar.append(this.field, this.count);
      host.append(bar);
    }
    this.table.append(this.columns(), this.head(), this.body, this.foot);
    this.scroll.append(this.table);
    host.append(this.scroll);
    this.scroll.addEventListener("scroll", () => this.draw(), { passive: true });
    if (o.open) this.body.addEventListener("keydown", (e) => this.key(e));
    onResize(this.scroll, () => {
      this.height = 0;
      this.narrow();
      this.redraw();
    });
    this.footer();
    this.redraw();
  }

  /** only shows the rows for which keep is true, in the order chosen. */
  only(keep: (row: R, i: number) => boolean): void {
    this.shown = this.o.rows.filter(keep);
    this.order();
    this.scroll.scrollTop = 0;
    this.active = 0;
    this.footer();
    this.redraw();
  }

  filter(query: string): void {
    const words = query.trim().toLowerCase().split(/\s+/);
    this.only((_, i) => words.every((w) => this.texts[i].includes(w)));
    this.count.textContent = words[0] ? `${group(this.shown.length)} of ${group(this.o.rows.length)}` : "";
    say(`${this.shown.length} rows`);
  }

  redraw(): void {
    this.drawn = "";
    this.draw();
  }

  /** reveal scrolls to a row. */
  reveal(row: R): void {
    const i = this.shown.indexOf(row);
    if (i < 0) return;
    this.active = i;
    if (this.short) this.redraw();
    const tr = this.short ? this.body.querySelector<HTMLElement>(`[aria-rowindex="${i + 2}"]`) : null;
    const top = tr ? tr.offsetTop - this.height : i * this.height;
    const room = this.scroll.clientHeight - this.height * 2;
    if (this.height > 0 && (top < this.scroll.scrollTop || top > this.scroll.scrollTop + room)) this.scroll.scrollTop = Math.max(0, top - room / 2);
    if (!this.short) this.redraw();
  }

  /** narrow makes the table as wide as the columns need that have room. */
  private narrow(): void {
    const [roomless, tight, tighter] = ["100rem", "54rem", "36rem"].map((w) => matchMedia(`(max-width: ${w})`).matches); // as in page.css
    const least = this.o.columns.reduce((sum, c, i) => {
      if (c.wide && roomless || c.low === 2 && tight || c.low === 1 && tighter) return sum;
      return sum + (this.widths[i] || (tight ? 15 : c.name ? 26 : 20));
    }, 0);
    this.table.style.minWidth = least + "ch";
  }

  private columns(): HTMLElement {
    const cols = this.o.columns.map((c, i) => {
      // Wide enough for the longest number; names share what is left.
      const few = c.narrow || (i > 0 && sample(this.o.rows).every((r) => c.text(r).length <= shortName));
      const longest = c.numeric || few ? Math.max(...c.title.split(" ").map((w) => w.length + 2), ...sample(this.o.rows).map((r) => c.text(r).length),
        ...(this.o.last ?? []).map((r) => 1.1 * r[i].length)) + (few ? 4 : 2.5) : 0; // the last are bold
      this.widths.push(longest);
      const col = el("col", { class: look("", c) });
      if (longest) col.style.width = longest + "ch";
      return col;
    });
    return el("colgroup", {}, ...cols);
  }

  private head(): HTMLElement {
    const row = el("tr");
    this.o.columns.forEach((c, i) => {
      const th = el("th", { scope: "col", class: look(c.numeric ? "num" : "", c), "aria-sort": "none" },
        el("button", { type: "button", click: () => this.sort(i) }, c.title));
      if (i === 0 && c.name) th.classList.add("stick");
      this.heads.push(th);
      row.append(th);
    });
    row.setAttribute("aria-rowindex", "1");
    return el("thead", {}, row);
  }

  private sort(i: number): void {
    this.down = this.by === i ? !this.down : this.o.columns[i].numeric;
    this.by = i;
    this.heads.forEach((th, k) => th.setAttribute("aria-sort", k !== i ? "none" : this.down ? "descending" : "ascending"));
    this.order();
    this.scroll.scrollTop = 0;
    this.active = 0;
    this.redraw();
    say(`sorted by ${this.o.columns[i].title}, ${this.down ? "largest" : "smallest"} first`);
  }

  private order(): void {
    if (this.by < 0) return;
    const { value } = this.o.columns[this.by];
    const keys = new Map(this.shown.map((r) => [r, value(r)]));
    const sign = this.down ? -1 : 1;
    this.shown = this.shown.slice().sort((a, b) => {
      const x = keys.get(a)!, y = keys.get(b)!;
      if (x === y) return 0;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * sign;
    });
  }

  private footer(): void {
    const all = this.shown.length === this.o.rows.length;
    const { columns } = this.o;
    if (all) {
      this.foot.replaceChildren(...(this.o.last ?? []).map((row) => this.lastRow(row)));
    } else if (columns.some((c) => c.sum) && this.shown.length > 0) {
      this.foot.replaceChildren(this.lastRow(columns.map((c, i) => (i === 0 ? `${group(this.shown.length)} shown` : c.sum?.(this.shown) ?? ""))));
    } else this.foot.replaceChildren();
  }

  private lastRow(texts: string[]): HTMLElement {
    const stick = this.o.columns[0].name ? "stick " : "";
    return el("tr", {}, ...texts.map((t, i) => el("td", { class: (i === 0 ? stick : "") + look(this.o.columns[i].numeric ? "num" : "", this.o.columns[i]) }, t)));
  }

  private draw(): void {
    const n = this.shown.length;
    if (n === 0) {
      this.body.replaceChildren(el("tr", {}, el("td", { colspan: this.o.columns.length, class: "none" }, "Nothing matches.")));
      return;
    }
    if (this.height === 0) this.measure();
    const h = this.height || 30;
    const first = this.short ? 0 : Math.max(0, Math.min(n - 1, Math.floor(this.scroll.scrollTop / h)) - overscan);
    const seen = Math.ceil((this.scroll.clientHeight || 480) / h);
    const last = this.short ? n : Math.min(n, first + seen + 2 * overscan);
    const key = `${first} ${last}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const focused = this.body.contains(document.activeElement);
    const rows: HTMLElement[] = [spacer(first * h)];
    for (let i = first; i < last; i++) rows.push(this.row(this.shown[i], i));
    rows.push(spacer((n - last) * h));
    this.body.replaceChildren(...rows);
    this.table.setAttribute("aria-rowcount", String(n + 1));
    if (focused) this.focusRow(false);
  }

  private measure(): void {
    this.body.replaceChildren(this.row(this.shown[0], 0));
    this.height = this.body.firstElementChild!.getBoundingClientRect().height;
  }

  private row(r: R, i: number): HTMLElement {
    const { open } = this.o;
    const tr = el("tr", { "aria-rowindex": i + 2, class: i % 2 ? "odd" : "" });
    if (open) {
      tr.setAttribute("tabindex", i === this.active ? "0" : "-1");
      tr.setAttribute("data-row", String(i));
      tr.setAttribute("aria-selected", String(this.o.isOpen?.(r) ?? false));
      tr.addEventListener("click", () => {
        this.active = i;
        open(r);
      });
    }
    for (const c of this.o.columns) {
      const text = c.text(r);
      const hover = c.hover?.(r) || (c.numeric ? "" : text);
      tr.append(el("td", { class: look(`${c.numeric ? "num" : ""} ${c.look?.(r) ?? ""}`, c), title: hover || undefined },
        c.swatch ? el("span", { class: "swatch k" + c.swatch(r) }) : null, c.name ? (this.short ? el("bdi", { class: "name" }, text) : ends(text)) : text));
    }
    if (this.o.columns[0].name) tr.firstElementChild!.classList.add("stick");
    return tr;
  }

  private key(e: KeyboardEvent): void {
    const step: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    if (e.key === "Enter" || e.key === " ") this.o.open!(this.shown[this.active]);
    else if (e.key in step) {
      this.active = Math.max(0, Math.min(this.shown.length - 1, this.active + step[e.key]));
      this.focusRow(true);
    } else return;
    e.preventDefault();
  }

  private focusRow(scroll: boolean): void {
    if (scroll) this.reveal(this.shown[this.active]);
    this.body.querySelector<HTMLElement>(`[data-row="${this.active}"]`)?.focus({ preventScroll: true });
  }
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufefc]/; // text whose ends cannot be set apart

/** ends writes a name whose middle goes when there is no room: both ends say something. */
function ends(text: string): HTMLElement {
  const tail = Math.min(22, Math.floor(text.length / 2));
  if (tail < 12 || rightToLeft.test(text)) return el("bdi", { class: "name" }, text);
  const all = Array.from(text);
  return el("bdi", { class: "name" }, el("span", { class: "head" }, all.slice(0, -tail).join("")), el("span", { class: "tail" }, all.slice(-tail).join("")));
}

const look = (text: string, c: { low?: number; wide?: boolean }): string => `${text}${["", " lower", " low"][c.low ?? 0]}${c.wide ? " wide" : ""}`.trim();

function spacer(height: number): HTMLElement {
  const td = el("td");
  const tr = el("tr", { class: "spacer", "aria-hidden": "true" }, td);
  td.style.height = height + "px";
  if (height === 0) tr.hidden = true;
  return tr;
}

/** sample is enough rows to know how long texts are. */
function sample<R>(rows: R[]): R[] {
  if (rows.length <= 300) return rows;
  return rows.slice(0, 250).concat(rows.slice(-50));
}
