// What the two charts have in common: cells that are chosen by mouse and keys.

import { Node, wayTo } from "./data";
import { el, fit, fonts, mono, svg, textWidth } from "./dom";
import { Zoom } from "./state";

export interface ChartCell {
  x: number;
  y: number;
  w: number;
  h: number;
  label: string; // for people who do not see it, and on hover
  act?: () => void;
  look?: () => void; // when it is pointed at or has the focus
  found?: () => boolean; // whether the search means it
  element?: SVGGElement;
  text?: SVGGElement;
}

/** Chart is an SVG whose cells are reached by arrows, one of them by Tab. */
export class Chart {
  readonly root: SVGSVGElement;
  private cells: ChartCell[] = []; // those that can be chosen
  private all: ChartCell[] = [];
  private readonly texts = svg("g", { "aria-hidden": "true" }); // the names of cells say all of it
  private focused = "";
  private font?: ReturnType<typeof fonts>;

  constructor(host: Element, label: string, private readonly back?: () => boolean) {
    this.root = svg("svg", { role: "group", "aria-label": label, class: "chart", keydown: (e: KeyboardEvent) => this.key(e) });
    host.append(this.root);
  }

  get width(): number {
    return Math.floor(this.root.parentElement!.getBoundingClientRect().width);
  }

  /** show replaces what is drawn. The focus stays on the cell of the same label. */
  show(height: number, cells: ChartCell[], parts: SVGElement[]): void {
    const had = this.root.contains(document.activeElement);
    this.root.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.root.setAttribute("width", String(this.width));
    this.root.setAttribute("height", String(height));
    this.root.replaceChildren(...parts, this.texts);
    this.all = cells;
    this.cells = cells.filter((c) => c.act);
    this.dim();
    const keep = this.cells.find((c) => c.label === this.focused) ?? this.cells[0];
    for (const c of this.cells) c.element!.setAttribute("tabindex", c === keep ? "0" : "-1");
    if (had) keep?.element!.focus({ preventScroll: true });
  }

  /** dim shows what the search means before the rest. */
  dim(): void {
    for (const c of this.all) {
      const dim = c.found?.() === false;
      c.element?.classList.toggle("dim", dim);
      c.text?.classList.toggle("dim", dim);
    }
  }

  /** clear takes all texts away, before new ones are written. */
  clear(): void {
    this.texts.replaceChildren();
    this.font = undefined;
  }

  /** group makes the element of a cell. */
  group(c: ChartCell, attributes: Record<string, string>, ...parts: (SVGElement | null)[]): SVGGElement {
    const g = svg("g", c.act ? {
      ...attributes, role: "button", "aria-label": c.label, click: () => this.choose(c), focus: () => { this.focused = c.label; c.look?.(); },
      mouseenter: () => c.look?.(),
    } : attributes, svg("title", {}, c.label), ...parts);
    return (c.element = g);
  }

  private choose(c: ChartCell): void {
    this.focused = c.label;
    c.act!();
  }

  private key(e: KeyboardEvent): void {
    const at = this.cells.find((c) => c.element === document.activeElement);
    if (!at) return;
    if (e.key === "Escape") {
      if (!this.back?.()) return;
      e.stopPropagation();
    } else if (e.key === "Enter" || e.key === " ") this.choose(at);
    else {
      const to = this.beside(at, e.key);
      if (to === undefined) return;
      if (to) {
        at.element!.setAttribute("tabindex", "-1");
        to.element!.setAttribute("tabindex", "0");
        to.element!.focus();
      }
    }
    e.preventDefault();
  }

  /** beside is the nearest cell in the direction of an arrow; undefined for other keys. */
  private beside(from: ChartCell, key: string): ChartCell | null | undefined {
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    };
    if (key === "Home") return this.cells[0];
    if (key === "End") return this.cells[this.cells.length - 1];
    const d = arrows[key];
    if (!d) return undefined;
    let best: ChartCell | null = null;
    let least = Infinity;
    for (const c of this.cells) {
      if (c === from) continue;
      // From the middle of one side to the nearest point of the other cell.
      const ahead = d[0] ? (d[0] > 0 ? c.x - from.x - from.w : from.x - c.x - c.w) : d[1] > 0 ? c.y - from.y - from.h : from.y - c.y - c.h;
      if (ahead < -1) continue;
      const aside = d[0]
        ? Math.max(0, c.y - (from.y + from.h / 2), from.y + from.h / 2 - c.y - c.h)
        : Math.max(0, c.x - (from.x + from.w / 2), from.x + from.w / 2 - c.x - c.w);
      const far = Math.max(0, ahead) + 3 * aside;
      if (far < least) {
        least = far;
        best = c;
      }
    }
    return best;
  }

  /** fits says whether a text has room in a cell. */
  fits(c: ChartCell, text: string): boolean {
    return textWidth(text, (this.font ??= fonts(this.root)).plain) <= c.w - 10;
  }

  /** write writes lines of text into a cell, as many and as much of them as fit. */
  write(c: ChartCell, list: string[], look: { bold?: boolean; center?: boolean } = {}): void {
    const { plain, bold, size } = (this.font ??= fonts(this.root));
    const pad = 5;
    const g = (c.text = svg("g"));
    list.forEach((text, i) => {
      const y = look.center ? c.y + c.h / 2 + size * 0.35 : c.y + pad + size * (0.85 + i * 1.3);
      if (y > c.y + c.h - size * 0.15) return;
      const strong = look.bold && i === 0;
      const fitting = fit(text, c.w - 2 * pad, strong ? bold : plain);
      if (fitting) g.append(svg("text", { x: c.x + pad, y, class: strong ? "bold" : "" }, fitting));
    });
    if (g.childElementCount > 0) this.texts.append(g);
    g.setAttribute("data-box", `${c.x} ${c.y} ${c.w} ${c.h}`);
  }
}

/** crumbs show how far a chart is zoomed, and lead back. */
export function crumbs(zoom: Zoom, label: string, write?: (n: Node) => string): HTMLElement {
  const nav = el("nav", { class: "crumbs", "aria-label": label });
  const draw = (): void => nav.replaceChildren(...wayTo(zoom.at).flatMap((n, i, way) => [
    ...(i > 0 ? [el("span", { class: "quiet", "aria-hidden": "true" }, "›")] : []),
    i === way.length - 1
      ? el("span", { "aria-current": "location" }, mono(n.name), write ? el("span", { class: "quiet" }, " " + write(n)) : null)
      : el("button", { type: "button", click: () => zoom.to(n) }, mono(n.name)),
  ]));
  zoom.changed.push(draw);
  draw();
  return nav;
}
