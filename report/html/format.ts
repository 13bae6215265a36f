// Numbers as the rest of heapdiff writes them: package internal/human, in short.

import { ColumnKind, Num, data } from "./data";

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** group writes a whole number with a comma before every third digit. */
export function group(n: Num): string {
  const text = String(n);
  const digits = text.replace("-", "");
  return (text.startsWith("-") ? "-" : "") + digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function magnitude(n: number): string {
  if (n < 1024) return n + " B";
  for (let unit = 1, scale = 1024; ; unit++, scale *= 1024) {
    let whole = Math.floor(n / scale);
    const parts = Math.floor((n - whole * scale) / (scale / 1024)); // 1,024ths of the unit
    let tenths = Math.floor((parts * 10 + 512) / 1024);
    whole += Math.floor(tenths / 10);
    tenths %= 10;
    if (whole < 1024 || unit === units.length - 1) return whole + "." + tenths + " " + units[unit];
  }
}

/** bytes writes a size: "272 B", "11.2 MiB". */
export function bytes(n: Num): string {
  if (data.exact) return exactBytes(n);
  const x = Number(n);
  return (x < 0 ? "-" : "") + magnitude(Math.abs(x));
}

export const exactBytes = (n: Num): string => group(n) + " B";

/** amount writes a value in the unit of the report. */
export function amount(n: Num): string {
  if (!data.unit) return bytes(n);
  return data.unit === "ns" ? duration(Number(n)) : `${group(n)} ${data.unit}`;
}

export const exactAmount = (n: Num): string => (data.unit ? amount(n) : exactBytes(n));
export const deltaAmount = (n: Num): string => plus(n, amount(n));

/** duration writes nanoseconds to about three digits. */
function duration(ns: number): string {
  const [ms, s] = [ns / 1e6, ns / 1e9];
  if (ms < 1) return Math.floor(ns / 1e3) + " us";
  if (s < 1) return Math.floor(ms) + " ms";
  if (s < 59.95) return s.toFixed(1) + " s";
  const two = (n: number): string => String(n).padStart(2, "0");
  const seconds = Math.round(s);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.round(s / 60);
  return `${group(Math.floor(minutes / 60))}h${two(minutes % 60)}m`;
}

const plus = (n: Num, text: string): string => (Number(n) > 0 ? "+" + text : text);

/** deltaBytes writes a change of size with its sign. */
export const deltaBytes = (n: Num): string => plus(n, bytes(n));
export const deltaCount = (n: Num): string => plus(n, group(n));

/** percent writes a share of a whole. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "-";
  const p = (part / whole) * 100;
  if (p > 0 && p < 0.05) return "<0.1%";
  if (p < 100 && p >= 99.95) return ">99.9%";
  return p.toFixed(1) + "%";
}

/** rate writes how much there is more in each iteration. */
export function rate(x: number): string {
  return Math.abs(x) >= 1000 ? group(Math.round(x)) : x.toFixed(1).replace(/\.0$/, "");
}

export const isNumber = (kind: ColumnKind): boolean => kind !== "name" && kind !== "words";

/** cell writes a number of a table; nothing reads as nothing and zero as 0. */
export function cell(kind: ColumnKind, v: Num | null): string {
  if (v === null) return "";
  if (Number(v) === 0) return "0";
  switch (kind) {
    case "size": return bytes(v);
    case "sizeDelta": return deltaBytes(v);
    case "countDelta": return deltaCount(v);
    default: return group(v);
  }
}

/** exact is what a number is to the byte, if that says more. */
export function exact(kind: ColumnKind, v: Num | null): string {
  if (v === null || data.exact || Math.abs(Number(v)) < 1024) return "";
  if (kind === "size") return exactBytes(v);
  if (kind === "sizeDelta") return plus(v, exactBytes(v));
  return "";
}
