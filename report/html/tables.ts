// The tables of the report's sections, and the one of the places that grew.

import { Cell, Column, Line, TableData, data, lines, name } from "./data";
import { amount, cell, deltaCount, exact, exactAmount, group, isNumber, rate } from "./format";
import { ColumnOf, VirtualTable } from "./table";
import { open, onChange, state } from "./state";

type Row = Cell[];

function column(c: Column, i: number): ColumnOf<Row> {
  const numeric = isNumber(c.kind);
  if (!numeric || c.kind === "share") {
    const text = (r: Row): string => (r[i] === null ? "" : name(Number(r[i])));
    return {
      title: c.title, low: c.low, numeric, text, name: c.kind === "name",
      value: numeric ? (r) => parseFloat(text(r).replace(/[<>,]/g, "")) || 0 : (r) => text(r).toLowerCase(),
    };
  }
  const signed = c.kind === "sizeDelta" || c.kind === "countDelta";
  return {
    title: c.title, low: c.low, numeric,
    text: (r) => cell(c.kind, r[i]),
    value: (r) => (r[i] === null ? null : Number(r[i])),
    hover: (r) => exact(c.kind, r[i]),
    look: (r) => (Number(r[i]) === 0 ? "zero" : signed ? (Number(r[i]) > 0 ? "up" : "down") : ""),
    sum: c.adds ? (rows) => cell(c.kind, rows.reduce((sum, r) => sum + Number(r[i] ?? 0), 0)) : undefined,
  };
}

/** texts writes a row of the end, whose first cell is words. */
function texts(t: TableData, row: Row): string[] {
  return row.map((v, i) => {
    const { kind } = t.columns[i];
    if (v === null) return "";
    return i === 0 || !isNumber(kind) || kind === "share" ? name(Number(v)) : cell(kind, v);
  });
}

export const tables: VirtualTable<never>[] = [];

export function sectionTables(): void {
  const hosts = document.querySelectorAll<HTMLElement>("[data-table]");
  for (const t of data.tables) {
    const host = Array.from(hosts).find((h) => h.dataset.table === t.section);
    if (!host) continue;
    const last = [t.rest, t.total].filter((r): r is Row => !!r).map((r) => texts(t, r));
    tables.push(new VirtualTable<Row>(host, {
      label: host.dataset.title!, columns: t.columns.map(column), rows: t.rows, last, filter: true,
    }) as unknown as VirtualTable<never>);
  }
}

/** linesTable lists the places that grew. */
export function linesTable(host: HTMLElement): void {
  const text = (title: string, f: (l: Line) => string, more: Partial<ColumnOf<Line>> = {}): ColumnOf<Line> =>
    ({ title, numeric: false, text: f, value: (l) => f(l).toLowerCase(), ...more });
  const size = (title: string, f: (l: Line) => number, more: Partial<ColumnOf<Line>> = {}): ColumnOf<Line> => ({
    title, numeric: true, text: (l) => amount(f(l)), value: f, hover: (l) => exactAmount(f(l)),
    sum: (rows) => amount(rows.reduce((sum, l) => sum + f(l), 0)), ...more,
  });
  const columns: ColumnOf<Line>[] = [
    size("share", (l) => Number(l.share), { look: () => "up" }),
    text("place", (l) => l.path, { name: true, swatch: (l) => l.color }),
  ];
  if (!data.profile || lines.some((l) => gained(l) !== 0)) {
    columns.push({ title: data.profile ? "objects" : "more", numeric: true, text: (l) => (l.inPlace ? "" : deltaCount(gained(l))), value: gained });
  }
  if (!data.profile) columns.push(size("frees alone", (l) => Number(l.alone), { low: 2, sum: undefined }));
  if (lines.some((l) => Number(l.error) > 0)) columns.push(size("±", (l) => Number(l.error), { sum: undefined }));
  if (lines.some((l) => l.rate)) {
    columns.push({
      title: "B an iteration", numeric: true, text: (l) => (l.rate ? rate(l.rate.size) : ""), value: (l) => l.rate?.size ?? null, low: 2,
    });
  }
  columns.push(text("kind", (l) => l.kind, { low: 2, narrow: true, wide: true }));
  if (new Set(lines.map((l) => l.tier)).size > 1) columns.push(text(data.profile ? "whose" : "tier", (l) => l.tier, { low: 2, narrow: true }));
  const table = new VirtualTable<Line>(host, {
    label: "Places that grew", columns, rows: lines,
    open: (l) => open(lines.indexOf(l)), isOpen: (l) => l === lines[state.selected],
  });
  onChange((what) => {
    if (what === "query") table.only((_, i) => !state.found || state.found.has(i));
    if (what === "selected" && state.selected >= 0) table.reveal(lines[state.selected]);
  });
}

const gained = (l: Line): number => Number(l.count[1]) - Number(l.count[0]);
export const counted = (l: Line): string => `${group(l.count[0])} → ${group(l.count[1])}`;
