// weaken copies a Linux program and marks its needs for newer versions of the
// C library as weak, so that it starts on an older one:
//
//   node weaken.js PROGRAM COPY GLIBC_2.39
//
// That is sound only if every symbol of that version is a weak one, as are the
// two that Rust's standard library looks for and does without; it is checked.
'use strict';
const fs = require('fs');
const [from, to, version] = process.argv.slice(2);
if (!version) { console.error('usage: node weaken.js PROGRAM COPY VERSION'); process.exit(2); }

const elf = fs.readFileSync(from);
if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) {
  console.error(`${from}: not a little-endian 64-bit ELF file`);
  process.exit(1);
}
const u64 = at => Number(elf.readBigUInt64LE(at));
const sections = [];
for (let i = 0, at = u64(0x28), size = elf.readUInt16LE(0x3a); i < elf.readUInt16LE(0x3c); i++, at += size) {
  sections.push({ type: elf.readUInt32LE(at + 4), offset: u64(at + 24), size: u64(at + 32), link: elf.readUInt32LE(at + 40) });
}
const ofType = type => sections.find(s => s.type === type);
const needs = ofType(0x6ffffffe), symbols = ofType(11), versions = ofType(0x6fffffff);
const name = (table, offset) => {
  const start = sections[table].offset + offset;
  return elf.toString('latin1', start, elf.indexOf(0, start));
};

// Elf64_Verneed{version, cnt u16, file, aux, next u32}, Elf64_Vernaux{hash u32, flags, other u16, name, next u32}
const marked = new Set();
for (let need = needs.offset; ;) {
  for (let aux = need + elf.readUInt32LE(need + 8); ;) {
    if (name(needs.link, elf.readUInt32LE(aux + 8)) === version) {
      elf.writeUInt16LE(elf.readUInt16LE(aux + 4) | 2, aux + 4); // VER_FLG_WEAK
      marked.add(elf.readUInt16LE(aux + 6));
    }
    const next = elf.readUInt32LE(aux + 12);
    if (!next) break;
    aux += next;
  }
  const next = elf.readUInt32LE(need + 12);
  if (!next) break;
  need += next;
}
for (let i = 0; i * 24 < symbols.size; i++) {
  const symbol = symbols.offset + i * 24;
  if (marked.has(elf.readUInt16LE(versions.offset + i * 2) & 0x7fff) && elf[symbol + 4] >> 4 !== 2) {
    console.error(`${from}: cannot do without ${name(symbols.link, elf.readUInt32LE(symbol))}@${version}`);
    process.exit(1);
  }
}
fs.writeFileSync(to, elf, { mode: 0o755 });
