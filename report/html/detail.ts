// All that is known of one place.

import { Advice, Line, Num, Step, data, lineOf, lines, name } from "./data";
import { copyButton } from "./copy";
import { el, mono } from "./dom";
import { amount, bytes, exactAmount, exactBytes, group, rate } from "./format";
import { onChange, open, state } from "./state";
import { counted } from "./tables";
import { trend } from "./trend";

type Part = HTMLElement | SVGElement;

export function detail(host: HTMLElement): void {
  const draw = (): void => {
    const l = lines[state.selected];
    host.replaceChildren(...(l ? about(l) : [el("p", { class: "empty" }, "This report has no place of that name. It may have been mended, or be too small to be listed.")]));
    host.scrollTop = 0;
  };
  onChange((what) => what === "selected" && draw());
  draw();
}

function about(l: Line): Part[] {
  return [
    el("h3", { tabindex: -1, id: "detail-title" }, mono(l.path)),
    el("p", { class: "chips" },
      el("span", { class: "tier tier-" + l.tier.toLowerCase().replace(/\W+/g, "-") }, l.tier), " ",
      el("span", { class: "chip" }, el("span", { class: "swatch k" + l.color }), l.kind), " ",
      el("a", { href: "#leak=" + l.id, class: "chip", title: "a link to this place" }, "#" + l.id)),
    facts(l),
    ...block("How it went", l.trendSizes.length > 2 && [
      trend(l.trendSizes, bytes, "bytes in each heap"),
      el("p", { class: "detail" }, l.trendSizes.map(bytes).join(" → ")),
      ...(l.inPlace ? [] : [el("p", { class: "detail" }, l.trendCounts.map(group).join(" → ") + " objects")]),
    ]),
    ...block("What to do", l.advice && advised(l.advice)),
    ...(data.profile ? profiled(l) : held(l)),
  ];
}

/** held is who holds what grew in a heap. */
function held(l: Line): Part[] {
  return [
    ...block("The way there, and what each step retains", l.steps.length > 0 && [way(l.steps)]),
    ...block("What calls made it", l.allocated.flatMap(({ stack, count, size }) => [
      el("p", { class: "made" }, el("span", { class: "amount", title: exactBytes(size) }, bytes(size)), `${group(count)} ${Number(count) === 1 ? "object" : "objects"}, by`),
      way(stack.slice().reverse()),
    ])),
    ...block("What accumulates", l.children.length > 0 && [children(l)]),
    ...block("Who else holds it", l.coOwners.length > 0 && [owners(l)]),
    ...block("What dominates a sample", l.dominators.length > 0 && [way(l.dominators)]),
    ...block("Look closer", [...(l.holder ? [["what holds", l.holder]] : []), ...l.samples.slice(0, 2).map((id) => ["a sample", id])].flatMap(([what, id]) => [
      el("p", { class: "detail" }, what), command(`heapdiff retainers ${quote(name(data.after))} @${id}`)])),
    ...block("Not to be told of it again", [command(`heapdiff ignore ${l.id} --reason "why it is meant to grow"`)]),
  ];
}

/** profiled is where what grew in a profile comes from. */
function profiled(l: Line): Part[] {
  const parts = l.contexts.map(([text, n]) => el("li", { title: exactAmount(n) }, el("span", { class: "amount" }, amount(n)), mono(name(text))));
  return [
    ...block("A stack that leads there", l.steps.length > 0 && [way(l.steps)]),
    ...block("By way of", parts.length > 0 && [el("ul", { class: "parts" }, ...parts)]),
    ...block("Allocated at", l.children.length > 0 && [children(l)]),
    ...block("Goroutines", l.notes.map((text) => el("p", {}, mono(text)))),
  ];
}

function block(title: string, parts: false | undefined | Part[]): HTMLElement[] {
  if (!parts || parts.length === 0) return [];
  return [el("section", {}, el("h4", {}, title), ...parts)];
}

function facts(l: Line): HTMLElement {
  const list = el("dl");
  const fact = (title: string, text: string, hover?: string): void =>
    list.append(el("div", {}, el("dt", {}, title), el("dd", { title: hover }, text)));
  const value = (title: string, n: Num): void => fact(title, amount(n), exactAmount(n));
  const change = (title: string, [before, after]: [Num, Num]): void =>
    fact(title, `${amount(before)} → ${amount(after)}`, `${exactAmount(before)} → ${exactAmount(after)}`);
  value("share of the growth", l.share);
  if (Number(l.error) > 0) fact("off by at most", "± " + amount(l.error), "three standard deviations of sampling: " + exactAmount(l.error));
  if (!data.profile) value("freed by mending it alone", l.alone);
  if (!l.inPlace && (!data.profile || Number(l.count[1]) > 0)) fact("objects", counted(l));
  change(data.profile ? "in all" : "bytes of them", l.size);
  if (Number(l.own) > 0) value("the container itself grew by", l.own);
  if (l.rate) fact("per iteration", `${rate(l.rate.size)} B, ${rate(l.rate.count)} objects`);
  if (l.holder) fact(Number(l.holders) > 1 ? `the largest of ${group(l.holders)} holders` : "the object that holds", "@" + l.holder);
  if (l.where) list.append(el("div", { class: "long" }, el("dt", {}, data.profile ? "at" : definedAt(l.located || l.class)), el("dd", {}, mono(l.where))));
  return list;
}

const definedAt = (what: string): string => (what === "()" ? "closures are defined at" : `${what || "it"} is defined at`);

/** advised is what a finding means, and what mends it. */
function advised(a: Advice): Part[] {
  const out: Part[] = [
    el("p", { class: "advice-title" }, a.title[0].toUpperCase() + a.title.slice(1) + "."),
    el("p", {}, a.cause),
    el("p", {}, el("strong", {}, "Fix: "), a.fix),
  ];
  if (a.code) out.push(el("div", { class: "code" }, el("div", { class: "code-head" }, el("span", { class: "quiet" }, "In code"), copyButton("Copy", () => a.code!)), el("pre", { tabindex: 0, "aria-label": "the fix in code" }, el("code", {}, a.code))));
  if (a.look?.length) {
    out.push(el("details", {}, el("summary", {}, "Where the cause is usually found"), el("ul", { class: "look" }, ...a.look.map((text) => el("li", {}, text)))));
  }
  return out;
}

/** way lists steps, each with the name that leads to it, what is there, how many there are, and what one retains. */
function way(steps: Step[]): HTMLElement {
  return el("ol", { class: "way-list" }, ...steps.map(([edge, cls, where, , count, retained]) =>
    el("li", {},
      Number(retained) > 0 ? el("span", { class: "amount", title: `retains ${exactBytes(retained)}` }, bytes(retained)) : null,
      edge ? mono(name(edge)) : null, edge && cls ? " " : null, cls ? el("span", { class: "quiet" }, mono(name(cls))) : null,
      Number(count) > 1 ? el("span", { class: "quiet" }, ` ×${group(count)}`) : null,
      where ? el("span", { class: "where" }, mono(name(where))) : null)));
}

function children(l: Line): HTMLElement {
  const most = Math.max(1, ...l.children.map((c) => Number(c[3])));
  const list = el("ul", { class: "children" }, ...l.children.map(([path, , count, size]) => {
    const bar = el("span", { class: "meter", "aria-hidden": "true" });
    bar.style.width = Math.max(1, (100 * Number(size)) / most) + "%";
    return el("li", { title: exactAmount(size) }, el("span", { class: "amount" }, amount(size)), mono(name(path)),
      Number(count) > 0 ? el("span", { class: "quiet" }, ` ×${group(count)}`) : null, bar);
  }));
  if (l.moreChildren) list.append(el("li", { class: "quiet" }, `${group(l.moreChildren)} more`));
  return list;
}

/** owners are those who hold some of the same, each with what it alone would free. */
function owners(l: Line): HTMLElement {
  const list = el("ul", { class: "parts" }, ...l.coOwners.map(([id, owner, size]) => {
    const at = lineOf.get(id);
    const text = name(owner) ? mono(name(owner)) : el("span", {}, "the runtime itself");
    return el("li", { title: exactBytes(size) }, el("span", { class: "amount" }, bytes(size)),
      at === undefined ? text : el("a", { href: "#leak=" + id, click: (e: Event) => { e.preventDefault(); open(at); } }, text),
      el("span", { class: "quiet" }, at === undefined ? "" : ` · alone frees ${bytes(lines[at].alone)}`));
  }));
  if (l.moreOwners) list.append(el("li", { class: "quiet" }, `${group(l.moreOwners)} more`));
  return list;
}

/** quote makes a file's name one word for a shell. */
const quote = (s: string): string => (/^[\w./@:+-]+$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'");

function command(text: string): HTMLElement {
  return el("div", { class: "command" }, el("code", {}, text), copyButton("Copy", () => text));
}
