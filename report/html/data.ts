// What the page was given: html_data.go writes it, the names made harmless and cut.

export type Num = number | string; // text where a number would be rounded
export type Cell = Num | null;

export type ColumnKind = "name" | "words" | "count" | "countDelta" | "size" | "sizeDelta" | "share";

export interface Column {
  title: string;
  kind: ColumnKind;
  adds?: boolean;
  low?: number;
}

export interface TableData {
  section: string;
  columns: Column[];
  rows: Cell[][];
  rest?: Cell[];
  total?: Cell[];
}

export type Step = [edge: number, cls: number, where: number, before: number, count: Num, retained: Num];
export type Child = [path: number, cls: number, count: Num, size: Num];
export type CoOwner = [id: string, owner: number, size: Num];

/** A place that grew, as it is written: in the order of Line below. */
type PackedLine = [
  id: string, tier: number, kind: number, color: number,
  prefix: number, rest: number, owner: number, cls: number, where: number, located: number, inPlace: number,
  countBefore: Num, countAfter: Num, sizeBefore: Num, sizeAfter: Num, share: Num, alone: Num, own: Num,
  rateCount: number, rateSize: number, way: number, dominators: number,
  children: Num[], moreChildren: number, coOwners: Num[], moreOwners: number,
  samples: string[], advice: number, trendCounts: Num[], trendSizes: Num[],
  holder: string, holders: Num, allocated: Num[],
  error?: Num, contexts?: Num[], notes?: number[], // of profiles
];

/** A place that grew. Sizes are bytes. */
export interface Line {
  id: string; // its fingerprint
  tier: string;
  kind: string;
  color: number;
  path: string;
  owner: string;
  class: string;
  where: string; // where what accumulates is defined; may be empty
  located: string; // what stands there, if it is not the class but came with it
  inPlace: boolean;
  count: [Num, Num]; // before and after
  size: [Num, Num];
  share: Num; // of the growth
  alone: Num; // freed by mending this place alone
  own: Num; // that the container itself grew by
  rate: { count: number; size: number } | null; // for an iteration
  way: number; // the last of its steps, 0 without any
  steps: Step[];
  dominators: Step[];
  children: Child[];
  moreChildren: number;
  coOwners: CoOwner[];
  moreOwners: number;
  samples: string[];
  advice?: Advice;
  holder: string; // the object that holds most; empty if the runtime itself does
  holders: Num; // how many are like it
  allocated: { stack: Step[]; count: Num; size: Num }[]; // by what calls it was made
  error: Num; // what sampling may be off by
  contexts: [name: number, size: Num][]; // ways by which a profile's site is called
  notes: string[];
  trendCounts: Num[]; // in each heap of a series
  trendSizes: Num[];
}

export interface Advice {
  title: string;
  cause: string;
  look?: string[];
  fix: string;
  code?: string;
}

type PackedFlow = [edge: number, cls: number, above: number, up: Num, down: Num, line: number];

interface Data {
  names: string[];
  tables: TableData[];
  lines?: PackedLine[];
  ways?: Step[];
  rest?: [name: number, up: Num, down: Num][];
  tree?: PackedFlow[];
  trends?: [name: number, color: number, sizes: Num[]][];
  heaps?: number[];
  advice?: Advice[];
  unit?: string;
  profile?: boolean;
  after: number;
  exact?: boolean;
  markdown: string;
}

export const data = JSON.parse(document.getElementById("data")!.textContent!) as Data;

export const name = (i: number): string => data.names[i];

/** by cuts a list into pieces of n. */
function by<T>(n: number, list: unknown[]): T[] {
  const out: T[] = [];
  for (let i = 0; i < list.length; i += n) out.push(list.slice(i, i + n) as T);
  return out;
}

const ways = data.ways ?? [];

/** stepsTo are the steps of a way, the root's first. */
function stepsTo(way: number): Step[] {
  const out: Step[] = [];
  for (; way > 0; way = ways[way - 1][3]) out.unshift(ways[way - 1]);
  return out;
}

export const lines: Line[] = (data.lines ?? []).map(([
  id, tier, kind, color, prefix, rest, owner, cls, where, located, inPlace, countBefore, countAfter, sizeBefore, sizeAfter, share, alone, own,
  rateCount, rateSize, way, dominators, children, moreChildren, coOwners, moreOwners, samples, advice, trendCounts, trendSizes,
  holder, holders, allocated, error = 0, contexts = [], notes = [],
]) => ({
  id, tier: name(tier), kind: name(kind), color, path: name(prefix) + name(rest), owner: name(owner), class: name(cls), where: name(where), located: name(located),
  inPlace: inPlace === 1, count: [countBefore, countAfter], size: [sizeBefore, sizeAfter], share, alone, own,
  rate: rateCount || rateSize ? { count: rateCount, size: rateSize } : null,
  way, steps: stepsTo(way), dominators: stepsTo(dominators),
  children: data.profile ? by<[number, Num]>(2, children).map(([part, size]) => [part, 0, 0, size]) : by<Child>(4, children), moreChildren,
  coOwners: by<CoOwner>(3, coOwners), moreOwners, samples, advice: data.advice?.[advice], trendCounts, trendSizes,
  holder, holders, allocated: by<[number, Num, Num]>(3, allocated).map(([stack, count, size]) => ({ stack: stepsTo(stack), count, size })),
  error, contexts: by<[number, Num]>(2, contexts), notes: notes.map(name),
}));
export const lineOf = new Map(lines.map((l, i) => [l.id, i]));

/** A node of one of the two trees. */
export interface Node {
  name: string;
  also: string; // what is there, if the name says how it is reached
  up: number; // bytes that came, here and below
  down: number; // bytes that went
  line: number; // the place it is, or -1
  parent: Node | null;
  children: Node[]; // largest first
}

const newNode = (label: string, line = -1, also = ""): Node => ({ name: label, also, up: 0, down: 0, line, parent: null, children: [] });

/** The tree of the map: all, then each step to a place that grew once, with the places at their ends. */
export const root = newNode(data.profile ? "profile" : "heap");

/** The tree of the ways on which much came or went, of whatever it is. */
export const flow = newNode(root.name);

function plant(): void {
  const steps = ways.map(([edge, cls]) => newNode(name(edge).startsWith("[") ? `${name(edge)} ${name(cls)}` : name(edge) || name(cls)));
  const join = (to: Node, n: Node): void => {
    n.parent = to;
    to.children.push(n);
  };
  const reach = (way: number): Node => {
    if (way === 0) return root;
    const n = steps[way - 1];
    if (!n.parent) join(reach(ways[way - 1][3]), n);
    return n;
  };
  const add = (to: Node, n: Node, up: number, down: number): void => {
    join(to, n);
    for (let at: Node | null = n; at; at = at.parent) {
      at.up += up;
      at.down += down;
    }
  };
  lines.forEach((l, i) => {
    if (Number(l.share) > 0) add(reach(l.way), newNode(l.inPlace || data.profile ? l.class : "[*] " + l.class, i), Number(l.share), 0);
  });
  for (const [label, up, down] of data.rest ?? []) add(root, newNode(name(label)), Number(up), Number(down));
  const sort = (n: Node): void => {
    n.children.sort((a, b) => b.up + b.down - (a.up + a.down)); // is stable
    n.children.forEach(sort);
  };
  sort(root);
}
plant();

(data.tree ?? []).reduce((all: Node[], [edge, cls, above, up, down, line]) => {
  const n = above < 0 ? flow : newNode(name(edge) || name(cls), line, name(edge) && name(cls));
  n.up = Number(up);
  n.down = Number(down);
  if (above >= 0) {
    n.parent = all[above];
    all[above].children.push(n);
  }
  all.push(n);
  return all;
}, []).forEach((n) => n.children.sort((a, b) => b.up + b.down - (a.up + a.down)));

/** The nodes from the root down to n. */
export function wayTo(n: Node): Node[] {
  const way: Node[] = [];
  for (let at: Node | null = n; at; at = at.parent) way.unshift(at);
  return way;
}
