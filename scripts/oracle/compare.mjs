#!/usr/bin/env node
// Compares what heapdiff says about a pair of snapshots with what DevTools says, and prints every difference.
//
//   node compare.mjs ORACLE.json BEFORE.digest AFTER.digest REPORT.json
//
// ORACLE.json is what `oracle.mjs pair` prints, REPORT.json what `heapdiff --json` writes; the digests are those of
// `heapdiff nodes`. Prints one line of JSON, { nodes, classes, compared, differences }; exit 1 if anything differs.
import fs from 'node:fs';

const [oracleFile, beforeDigest, afterDigest, reportFile] = process.argv.slice(2);
const read = file => fs.readFileSync(file, 'utf8').trim();
const oracle = JSON.parse(read(oracleFile));
const report = JSON.parse(read(reportFile));
const differences = [];

function same(what, want, got) {
  if (want !== got) differences.push(`${what}: DevTools ${want}, heapdiff ${got}`);
}

same('digest of before', oracle.before.node_digest, read(beforeDigest));
same('digest of after', oracle.after.node_digest, read(afterDigest));

const rows = new Map(report.classes.map(row => [row.key, row]));

// compareRows holds the classes of DevTools and of heapdiff against each other, in both directions.
function compareRows(title, classes, fields, shown, skip = () => false) {
  const seen = new Set();
  for (const c of classes) {
    seen.add(c.class_key);
    if (skip(c.name)) continue;
    const row = rows.get(c.class_key);
    if (!row) { differences.push(`${title}: no class ${c.class_key}`); continue; }
    for (const [theirs, ours] of fields) same(`${title}: ${c.class_key}: ${theirs}`, c[theirs], row[ours]);
  }
  for (const row of report.classes) {
    if (shown(row) && !seen.has(row.key) && !skip(row.class)) differences.push(`${title}: class ${row.key} is not in DevTools`);
  }
}

const moved = ['added_count', 'removed_count', 'count_delta', 'added_size', 'removed_size', 'size_delta'];
compareRows('comparison', oracle.diff.classes, moved.map(f => [f, f]), row => row.added_count || row.removed_count);
compareRows('after', oracle.after.aggregates,
  [['count', 'after_count'], ['self_size', 'after_size'], ['retained_size', 'after_retained']], row => row.after_count);
// heapdiff, as DevTools' Comparison, names the plain objects of both snapshots by the interfaces of the later one, so
// that those of `before` alone can only be compared if the two lists are the same.
const names = side => JSON.stringify(oracle[side].interface_definitions.map(d => d.name));
const plain = names('before') === names('after') ? () => false : name => name === 'Object' || name.startsWith('{');
compareRows('before', oracle.before.aggregates,
  [['count', 'before_count'], ['self_size', 'before_size'], ['retained_size', 'before_retained']], row => row.before_count, plain);

console.log(JSON.stringify({
  nodes: oracle.before.snapshot.node_count + oracle.after.snapshot.node_count,
  classes: oracle.after.aggregates.length,
  compared: oracle.diff.classes.length,
  differences: differences.length,
}));
for (const d of differences.slice(0, 20)) console.error(`  ${d}`);
if (differences.length > 20) console.error(`  … and ${differences.length - 20} more`);
process.exitCode = differences.length ? 1 : 0;
