#!/usr/bin/env node
// Prints docs/oracle.md: node table.mjs FOLDER-OF-RESULTS version.json CHROMIUM-VERSION
import fs from 'node:fs';
import path from 'node:path';

const [folder, versionFile, chromium] = process.argv.slice(2);
const results = new Map(fs.readdirSync(folder).map(name => [name, JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))]));
const programs = [...new Set([...results.keys()].map(name => name.split('@')[0]))].sort();
const versions = [...new Set([...results.keys()].map(name => name.split('@')[1]))].sort((a, b) => parseInt(a) - parseInt(b));
versions.sort((a, b) => (a === 'chromium') - (b === 'chromium'));
const all = [...results.values()];
const sum = field => all.reduce((total, r) => total + r[field], 0).toLocaleString('en');

function cell(program, version) {
  const r = results.get(`${program}@${version}`);
  if (!r) return '';
  return r.differences ? `**${r.differences} differ**` : r.nodes.toLocaleString('en');
}

const title = version => (version === 'chromium' ? `Chromium ${chromium}` : `Node ${version}`);
console.log(`# heapdiff against Chrome DevTools

The last result of \`scripts/oracle.sh\`, which makes fresh pairs of snapshots with real programs (testdata/programs) and runs
DevTools' own code on them, without a browser: chrome-devtools-frontend ${JSON.parse(fs.readFileSync(versionFile, 'utf8')).devtools}.

Compared for each pair: self size, retained size, distance and dominator of every node of both snapshots (by a SHA-256 over
all of them, in file order); count, size and retained size of every class of both; and every row of the Comparison view (new, deleted, delta,
allocated, freed, size delta).

Pairs: ${all.length}, of which ${all.filter(r => !r.differences).length} are equal in every number. Nodes compared: ${sum('nodes')}. Classes of the later
snapshots: ${sum('classes')}. Rows of the Comparison view: ${sum('compared')}. A cell gives the nodes of its pair.

| program | ${versions.map(title).join(' | ')} |
|---|${versions.map(() => '---:|').join('')}
${programs.map(program => `| ${program} | ${versions.map(version => cell(program, version)).join(' | ')} |`).join('\n')}

Intended differences, which these programs do not show: heapdiff keeps self sizes of 4 GiB and more, which DevTools wraps, and
merges two classes of one name that DevTools would let overwrite each other.`);
