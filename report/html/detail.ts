// All that is known of one place.

import { Line, Num, Step, data, lineOf, lines, name } from "./data";
import { copyButton } from "./copy";
import { el, mono } from "./dom";
import { bytes, exactBytes, group, rate } from "./format";
import { onChange, open, state } from "./state";
import { counted } from "./tables";
import { trend } from "./trend";

export function detail(host: HTMLElement): void {
  const draw = (): void => {
    const l = lines[state.selected];
    host.replaceChildren(...(l ? about(l) : [el("p", { class: "empty" }, "This report has no place of that name. It may have been mended, or be too small to be listed.")]));
    host.scrollTop = 0;
  };
  onChange((what) => what === "selected" && draw());
  draw();
}

function about(l: Line): HTMLElement[] {
  return [
    el("h3", { tabindex: -1, id: "detail-title" }, mono(l.path)),
    el("p", { class: "chips" },
      el("span", { class: "tier tier-" + l.tier.toLowerCase() }, l.tier), " ",
      el("span", { class: "chip" }, l.kind), " ",
      el("a", { href: "#leak=" + l.id, class: "chip", title: "a link to this place" }, "#" + l.id)),
    facts(l),
    ...block("How it went", l.trendSizes.length > 2 && [
      trend(l.trendSizes, bytes, "bytes in each heap"),
      el("p", { class: "detail" }, l.trendSizes.map(bytes).join(" → ")),
    ]),
    ...block("What to do", l.advice.length > 0 && l.advice.map((text) => el("p", { class: "advice" }, text))),
    ...block("The way there", l.steps.length > 0 && [way(l.steps)]),
    ...block("What accumulates", l.children.length > 0 && [children(l)]),
    ...block("Who else holds it", l.coOwners.length > 0 && [owners(l)]),
    ...block("What dominates a sample", l.dominators.length > 0 && [way(l.dominators)]),
    ...block("Look closer", l.samples.map((id) => command(`heapdiff retainers ${quote(name(data.after))} @${id}`))),
    ...block("Not to be told of it again", [command(`heapdiff ignore ${l.id} --reason "why it is meant to grow"`)]),
  ];
}

function block(title: string, parts: false | undefined | HTMLElement[] | (HTMLElement | SVGElement)[]): HTMLElement[] {
  if (!parts || parts.length === 0) return [];
  return [el("section", {}, el("h4", {}, title), ...parts)];
}

function facts(l: Line): HTMLElement {
  const list = el("dl");
  const fact = (title: string, text: string, hover?: string): void =>
    list.append(el("div", {}, el("dt", {}, title), el("dd", { title: hover }, text)));
  const size = (title: string, n: Num): void => fact(title, bytes(n), exactBytes(n));
  size("share of the growth", l.share);
  size("freed by mending it alone", l.alone);
  if (!l.inPlace) fact("objects", counted(l));
  fact("bytes of them", `${bytes(l.size[0])} → ${bytes(l.size[1])}`, `${exactBytes(l.size[0])} → ${exactBytes(l.size[1])}`);
  if (Number(l.own) > 0) size("the container itself grew by", l.own);
  if (l.rate) fact("per iteration", `${rate(l.rate.size)} B, ${rate(l.rate.count)} objects`);
  if (l.where) list.append(el("div", {}, el("dt", {}, "defined at"), el("dd", {}, mono(l.where))));
  return list;
}

/** way lists steps, each with the name that leads to it and what is there. */
function way(steps: Step[]): HTMLElement {
  return el("ol", { class: "way-list" }, ...steps.map(([edge, cls, where]) =>
    el("li", {}, edge ? mono(name(edge)) : null, edge ? " " : null, el("span", { class: "quiet" }, mono(name(cls))),
      where ? el("span", { class: "where" }, mono(name(where))) : null)));
}

function children(l: Line): HTMLElement {
  const most = Math.max(1, ...l.children.map((c) => Number(c[3])));
  const list = el("ul", { class: "children" }, ...l.children.map(([path, , count, size]) => {
    const bar = el("span", { class: "meter", "aria-hidden": "true" });
    bar.style.width = Math.max(1, (100 * Number(size)) / most) + "%";
    return el("li", { title: exactBytes(size) }, mono(name(path)),
      el("span", { class: "quiet" }, ` ×${group(count)} `), el("span", { class: "amount" }, bytes(size)), bar);
  }));
  if (l.moreChildren) list.append(el("li", { class: "quiet" }, `${group(l.moreChildren)} more`));
  return list;
}

/** owners are those who hold some of the same, each with what it alone would free. */
function owners(l: Line): HTMLElement {
  const list = el("ul", {}, ...l.coOwners.map(([id, owner, size]) => {
    const at = lineOf.get(id);
    const text = mono(name(owner));
    return el("li", {},
      at === undefined ? text : el("a", { href: "#leak=" + id, click: (e: Event) => { e.preventDefault(); open(at); } }, text),
      el("span", { class: "quiet" }, ` holds ${bytes(size)} of it${at === undefined ? "" : `; mending it alone frees ${bytes(lines[at].alone)}`}`));
  }));
  if (l.moreOwners) list.append(el("li", { class: "quiet" }, `${group(l.moreOwners)} more`));
  return list;
}

/** quote makes a file's name one word for a shell. */
const quote = (s: string): string => (/^[\w./@:+-]+$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'");

function command(text: string): HTMLElement {
  return el("div", { class: "command" }, el("code", {}, text), copyButton("Copy", () => text));
}
