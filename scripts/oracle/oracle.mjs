#!/usr/bin/env node
// Prints, as JSON on stdout, what Chrome DevTools' Memory panel would show for one heap snapshot or for two.
// None of DevTools' code is kept here: `setup` installs the npm package chrome-devtools-frontend into a scratch
// folder and bundles it there. stdout is a pure function of the inputs; timings and memory go to stderr.
// See README.md for the commands and the meaning of every field.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import zlib from 'node:zlib';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SELF = fileURLToPath(import.meta.url);
const FILTERS = ['duplicatedStrings', 'objectsRetainedByDetachedDomNodes', 'objectsRetainedByContexts',
  'objectsRetainedByConsole', 'objectsRetainedByEventHandlers'];

// DevTools needs Promise.withResolvers, which Node 20 lacks.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((a, b) => { resolve = a; reject = b; });
  return { promise, resolve, reject };
};

console.time = console.timeEnd = () => {}; // some DevTools releases time themselves on stdout

const bundlePath = scratch => path.join(scratch, 'devtools-heap.mjs');
const loadBundle = scratch => import(pathToFileURL(bundlePath(scratch)).href);

// ---------------------------------------------------------------- setup

function run(cmd, args, cwd) {
  const r = spawnSync(cmd, args, { cwd, stdio: ['ignore', 2, 2] });
  if (r.status !== 0) { console.error(`${cmd} ${args.join(' ')} failed`); process.exit(1); }
}

async function setup(scratch, opts) {
  fs.mkdirSync(scratch, { recursive: true });
  const pkg = JSON.parse(fs.readFileSync(path.join(HERE, 'package.json'), 'utf8'));
  if (opts.devtools) pkg.dependencies['chrome-devtools-frontend'] = opts.devtools;
  fs.writeFileSync(path.join(scratch, 'package.json'), JSON.stringify(pkg, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund'], scratch);
  const root = path.join(scratch, 'node_modules', 'chrome-devtools-frontend');
  const front = path.join(root, 'front_end');
  const worker = path.join(front, 'entrypoints', 'heap_snapshot_worker');
  // The snapshot model lives in another folder in older packages; only its own file is wanted, not its proxies.
  const model = ['models/heap_snapshot/HeapSnapshotModel.ts', 'models/heap_snapshot_model/HeapSnapshotModel.ts']
    .map(p => path.join(front, p)).find(p => fs.existsSync(p));
  const textUtils = ['core/text_utils/TextUtils.ts', 'models/text_utils/TextUtils.ts']
    .map(p => path.join(front, p)).find(p => fs.existsSync(p));
  const { build } = await import(pathToFileURL(path.join(scratch, 'node_modules/esbuild/lib/main.js')).href);
  const inert = { // modules that only serve the user interface
    i18n: 'const id = s => s; export const i18n = {serializeUIString: id, registerUIStrings: id, getLocalizedString: id, getLazilyComputedLocalizedString: id};',
    contentData: 'export const ContentData = class {}; export default {};',
    common: 'export default {};',
  };
  const plugin = {
    name: 'headless',
    setup(b) {
      b.onResolve({ filter: /core\/i18n\/i18n\.js$/ }, () => ({ path: 'i18n', namespace: 'inert' }));
      b.onResolve({ filter: /\/ContentData\.js$/ }, () => ({ path: 'contentData', namespace: 'inert' }));
      b.onResolve({ filter: /core\/common\/common\.js$/ }, () => ({ path: 'common', namespace: 'inert' }));
      b.onResolve({ filter: /models\/heap_snapshot(_model)?\/heap_snapshot(_model)?\.js$/ }, () => ({ path: 'model', namespace: 'facade' }));
      b.onResolve({ filter: /text_utils\/text_utils\.js$/ }, () => ({ path: 'text', namespace: 'facade' }));
      b.onLoad({ filter: /.*/, namespace: 'inert' }, a => ({ contents: inert[a.path], loader: 'js' }));
      b.onLoad({ filter: /.*/, namespace: 'facade' }, a => ({
        contents: a.path === 'model' ? `export * as HeapSnapshotModel from ${JSON.stringify(model)};`
          : `export * as TextUtils from ${JSON.stringify(textUtils)};`,
        loader: 'js', resolveDir: scratch,
      }));
    },
  };
  await build({
    stdin: {
      contents: `export * as HeapSnapshot from ${JSON.stringify(path.join(worker, 'HeapSnapshot.ts'))};
                 export * as HeapSnapshotLoader from ${JSON.stringify(path.join(worker, 'HeapSnapshotLoader.ts'))};`,
      resolveDir: scratch, loader: 'js',
    },
    bundle: true, format: 'esm', platform: 'node', target: 'node20', outfile: bundlePath(scratch),
    logLevel: 'error', logOverride: { 'import-is-undefined': 'silent' }, plugins: [plugin],
  });
  const version = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version;
  fs.writeFileSync(path.join(scratch, 'version.json'), JSON.stringify({ devtools: version }));
  console.error(`bundled chrome-devtools-frontend ${version} into ${bundlePath(scratch)}`);
}

// ---------------------------------------------------------------- loading

class Phases {
  constructor() { this.list = []; this.last = performance.now(); }
  mark(name) {
    const now = performance.now();
    this.list.push({ phase: name, ms: Math.round(now - this.last), rss_mb: Math.round(process.memoryUsage().rss / 1048576) });
    this.last = now;
  }
}

// As in DevTools: this thread parses the file and keeps the snapshot, a second one builds retainers and dominators.
async function load(scratch, file, phases, label) {
  const { HeapSnapshot, HeapSnapshotLoader } = await loadBundle(scratch);
  const problems = [];
  const warn = console.warn;
  console.warn = m => problems.push(String(m).split('\n')[0]);
  const raw = {};
  const proto = HeapSnapshot.JSHeapSnapshot.prototype;
  const original = proto.calculateShallowSizes;
  proto.calculateShallowSizes = function () { // remember the sizes the file has, before DevTools moves some of them
    const n = this.nodes.length / this.nodeFieldCount;
    raw.self = new Uint32Array(n);
    const get = this.nodes.getValue ? i => this.nodes.getValue(i) : i => this.nodes[i];
    for (let i = 0; i < n; i++) raw.self[i] = get(i * this.nodeFieldCount + this.nodeSelfSizeOffset);
    return original.call(this);
  };
  const statistics = proto.calculateStatistics;
  proto.calculateStatistics = function () { // allocation traces are not part of this oracle, so leave them out
    if (this.profile) this.profile.snapshot.trace_function_count = 0;
    return statistics.call(this);
  };
  const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
  for await (const chunk of fs.createReadStream(file, { encoding: 'utf8', highWaterMark: 10_000_000 })) {
    loader.write(chunk);
    await new Promise(setImmediate);
  }
  loader.close();
  await loader.parsingComplete;
  phases.mark(`${label}: parse`);
  const second = new Worker(SELF, { workerData: { scratch }, resourceLimits: { maxOldGenerationSizeMb: 16000 } });
  const channel = new MessageChannel();
  second.postMessage(channel.port2, [channel.port2]);
  const snapshot = await loader.buildSnapshot(channel.port1);
  channel.port1.close();
  await second.terminate();
  Object.assign(proto, { calculateShallowSizes: original, calculateStatistics: statistics });
  console.warn = warn;
  phases.mark(`${label}: build`);
  return { snapshot, problems, rawSelf: raw.self, header: readHeader(file) };
}

// The "snapshot" object at the start of the file, read without DevTools (which changes its own copy).
function readHeader(file) {
  const fd = fs.openSync(file, 'r'), bytes = Buffer.alloc(1 << 16);
  const text = bytes.toString('latin1', 0, fs.readSync(fd, bytes, 0, bytes.length, 0));
  fs.closeSync(fd);
  const from = text.indexOf('{', text.indexOf('"snapshot"'));
  for (let i = from, depth = 0, quoted = false; i < text.length; i++) {
    if (text[i] === '"' && text[i - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (text[i] === '{') depth++;
    if (text[i] === '}' && !--depth) return JSON.parse(text.slice(from, i + 1));
  }
  throw new Error(`no snapshot header in ${file}`);
}

if (!isMainThread) {
  parentPort.once('message', async port => {
    const { HeapSnapshot } = await loadBundle(workerData.scratch);
    if (HeapSnapshot.SecondaryInitManager) new HeapSnapshot.SecondaryInitManager(port); // absent before 2025
  });
}

// ---------------------------------------------------------------- one snapshot

const DOM = ['unknown', 'attached', 'detached'];

function nodeRow(s, rawSelf, ordinal, node = s.createNode(0)) {
  node.nodeIndex = ordinal * s.nodeFieldCount;
  return {
    id: node.id(), type: node.type(), name: clip(node.name()), class: node.className(),
    class_key: publicKey(s, node), self_size: node.selfSize(), raw_self_size: rawSelf ? rawSelf[ordinal] : node.selfSize(),
    retained_size: node.retainedSize(), distance: node.distance(),
    dominator_id: idAt(s, node.dominatorIndex()), detachedness: DOM[node.detachedness()],
    edge_count: node.edgesCount(), retainer_count: node.retainersCount(),
  };
}
const clip = t => (t.length > 200 ? t.slice(0, 200) + '…' : t);
const idAt = (s, index) => s.nodes.getValue(index + s.nodeIdOffset);
const publicKey = (s, node) => { const k = node.classKeyInternal(); return typeof k === 'number' ? ',' + s.strings[k] : k; };

function aggregateRows(aggregates) {
  return Object.entries(aggregates).map(([key, a]) => ({
    class_key: key, name: a.name, count: a.count, self_size: a.self, retained_size: a.maxRet, distance: a.distance,
  })).sort((a, b) => b.retained_size - a.retained_size || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
    (a.class_key < b.class_key ? -1 : 1));
}

function totals(rows) {
  return rows.reduce((t, r) => ({ classes: t.classes + 1, count: t.count + r.count, self_size: t.self_size + r.self_size }),
    { classes: 0, count: 0, self_size: 0 });
}

function describe({ snapshot: s, problems, rawSelf, header }, opts) {
  const n = s.nodeCount;
  const node = s.createNode(0);
  let rawTotal = 0, selfTotal = 0, nonzero = 0, moved = 0;
  const distances = new Map(), detached = { unknown: 0, attached: 0, detached: 0 }, byType = {};
  const digest = createHash('sha256');
  let buffer = [];
  for (let i = 0; i < n; i++) {
    node.nodeIndex = i * s.nodeFieldCount;
    const self = node.selfSize(), distance = node.distance();
    rawTotal += rawSelf ? rawSelf[i] : self;
    selfTotal += self;
    if (self) nonzero++;
    if (rawSelf && rawSelf[i] !== self) moved++;
    distances.set(distance, (distances.get(distance) ?? 0) + 1);
    detached[DOM[node.detachedness()]]++;
    const t = (byType[node.type()] ??= { count: 0, raw_self_size: 0, self_size: 0 });
    t.count++; t.raw_self_size += rawSelf ? rawSelf[i] : self; t.self_size += self;
    buffer.push(`${node.id()} ${self} ${node.retainedSize()} ${distance} ${idAt(s, node.dominatorIndex())}\n`);
    if (buffer.length === 10000) { digest.update(buffer.join('')); buffer = []; }
  }
  digest.update(buffer.join(''));
  const order = new Uint32Array(n).map((_, i) => i);
  const ret = s.retainedSizes;
  const top = Array.from(topOrdinals(order, ret, opts.top)).map(o => nodeRow(s, rawSelf, o, node));
  const rows = aggregateRows(s.aggregatesWithFilter({}));
  const t = totals(rows);
  const stats = s.getStatistics();
  const out = {
    snapshot: {
      meta: header.meta, node_count: n, edge_count: s.containmentEdges.length / s.edgeFieldsCount, extra_native_bytes: header.extra_native_bytes ?? null,
      root_id: s.rootNode().id(), raw_self_size: rawTotal, self_size: selfTotal, nodes_with_nonzero_self_size: nonzero,
      nodes_whose_self_size_devtools_moved: moved, total_size: s.totalSize, max_js_object_id: s.updateStaticData().maxJSObjectId,
    },
    problems,
    statistics: stats,
    statistics_pane: stats.v8heap && {
      Code: stats.v8heap.code, Strings: stats.v8heap.strings, 'JS arrays': stats.v8heap.jsArrays,
      'Typed arrays': stats.native.typedArrays, 'System objects': stats.v8heap.system,
      'Other JS objects': stats.v8heap.total - stats.v8heap.code - stats.v8heap.strings - stats.v8heap.jsArrays - stats.v8heap.system,
      'Other non-JS objects': stats.native.total - stats.native.typedArrays, Total: stats.total,
    },
    by_node_type: byType,
    detachedness: detached,
    distances: Object.fromEntries([...distances].sort((a, b) => a[0] - b[0])),
    node_digest: digest.digest('hex'),
    interface_definitions: JSON.parse(s.interfaceDefinitions?.() ?? '[]').map(d => ({ name: d.name, properties: d.properties, count: d.count })),
    aggregates_total: { ...t, nodes_lost_to_equal_class_keys: nonzero - t.count },
    aggregates: rows,
    top_retained: top,
  };
  if (opts.filters) {
    out.filters = {};
    for (const f of FILTERS) {
      try {
        const r = aggregateRows(s.aggregatesWithFilter({ filterName: f }));
        out.filters[f] = { ...totals(r), aggregates: r };
      } catch (e) { out.filters[f] = { error: String(e.message ?? e) }; }
    }
  }
  const asked = [...(opts.retainers ?? []), ...(opts.members ?? []).flatMap(name => membersOf(s, name))];
  if (asked.length) out.retainers = Object.fromEntries(asked.map(id => [id, retainers(s, rawSelf, id)]));
  return out;
}

// The n ordinals with the largest retained size, ties by ordinal.
function topOrdinals(order, ret, n) {
  if (n <= 0) return [];
  const sorted = Float64Array.from(ret).sort();
  const cut = sorted[Math.max(0, sorted.length - n)];
  return order.filter(o => ret[o] >= cut).sort((a, b) => ret[b] - ret[a] || a - b).slice(0, n);
}

// The ids of the first, the middle and the last object whose class has this name.
function membersOf(s, name) {
  const found = [];
  const node = s.createNode(0);
  for (let i = 0; i < s.nodeCount; i++) {
    node.nodeIndex = i * s.nodeFieldCount;
    if (node.className() === name) found.push(node.id());
  }
  return [...new Set([found[0], found[found.length >> 1], found.at(-1)])].filter(id => id !== undefined);
}

// What the Retainers pane lists for one object (default order), and the chain it opens by itself.
function retainers(s, rawSelf, id) {
  let index = -1;
  for (let i = 0; i < s.nodes.length; i += s.nodeFieldCount) if (idAt(s, i) === id) { index = i; break; }
  if (index < 0) return null;
  const list = at => {
    const p = s.createRetainingEdgesProvider(at);
    if (p.isEmpty()) return [];
    p.sortAndRewind({ fieldName1: '!edgeDistance', ascending1: true, fieldName2: 'name', ascending2: true });
    return p.serializeItemsRange(0, 1e9).items;
  };
  const row = e => ({ edge: clip(e.name), edge_type: e.type, id: e.node.id, name: clip(e.node.name), node_type: e.node.type, distance: e.node.distance, self_size: e.node.selfSize, retained_size: e.node.retainedSize });
  const chain = [];
  for (let at = index, level = 0; level < 20; level++) {
    const items = list(at);
    if (!items.length) break;
    chain.push(row(items[0]));
    if (!((items[0].node.distance || 0) > 1)) break;
    at = items[0].node.nodeIndex;
  }
  return { object: nodeRow(s, rawSelf, index / s.nodeFieldCount), retainers: list(index).slice(0, 100).map(row), first_chain: chain };
}

async function dumpNodes({ snapshot: s, rawSelf }, file) {
  const gz = zlib.createGzip();
  const out = fs.createWriteStream(file);
  gz.pipe(out);
  const put = async text => { if (!gz.write(text)) await new Promise(r => gz.once('drain', r)); };
  await put('id\ttype\tclass_key\tself_size\traw_self_size\tretained_size\tdistance\tdominator_id\tdetachedness\n');
  const node = s.createNode(0);
  let buffer = [];
  for (let i = 0; i < s.nodeCount; i++) {
    node.nodeIndex = i * s.nodeFieldCount;
    buffer.push([node.id(), node.type(), JSON.stringify(publicKey(s, node)), node.selfSize(), rawSelf[i], node.retainedSize(), node.distance(), idAt(s, node.dominatorIndex()), node.detachedness()].join('\t') + '\n');
    if (buffer.length === 20000) { await put(buffer.join('')); buffer = []; }
  }
  await put(buffer.join(''));
  gz.end();
  await new Promise(r => out.once('finish', r));
}

// ---------------------------------------------------------------- two snapshots

function compare(before, after, opts) {
  // The order of calls is DevTools' own: the later snapshot's interface names are used for both.
  const base = before.snapshot.aggregatesForDiff(after.snapshot.interfaceDefinitions?.());
  const diff = after.snapshot.calculateSnapshotDiff(1, base);
  const rows = Object.entries(diff).map(([key, d]) => ({
    class_key: key, name: d.name, added_count: d.addedCount, removed_count: d.removedCount, count_delta: d.countDelta,
    added_size: d.addedSize, removed_size: d.removedSize, size_delta: d.sizeDelta,
    ...(opts.ids ? { added_ids: ids(after.snapshot, d.addedIndexes, opts.ids), removed_ids: ids(before.snapshot, d.deletedIndexes, opts.ids) } : {}),
  })).sort((a, b) => b.size_delta - a.size_delta || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || (a.class_key < b.class_key ? -1 : 1));
  const sum = k => rows.reduce((t, r) => t + r[k], 0);
  return {
    before: { node_count: before.snapshot.nodeCount, total_size: before.snapshot.totalSize, problems: before.problems },
    after: { node_count: after.snapshot.nodeCount, total_size: after.snapshot.totalSize, problems: after.problems },
    total: {
      classes: rows.length, added_count: sum('added_count'), removed_count: sum('removed_count'), count_delta: sum('count_delta'),
      added_size: sum('added_size'), removed_size: sum('removed_size'), size_delta: sum('size_delta'),
    },
    classes: rows,
  };
}
const ids = (s, indexes, limit) => indexes.slice(0, limit).map(i => idAt(s, i));

// ---------------------------------------------------------------- command line

function usage() {
  console.error(`usage:
  node oracle.mjs setup SCRATCH [--devtools VERSION]
  node oracle.mjs one   SCRATCH SNAPSHOT [--top N] [--filters] [--retainers ID,ID] [--members CLASS] [--dump-nodes FILE.tsv.gz] [--load-only]
  node oracle.mjs diff  SCRATCH BEFORE AFTER [--ids N]
  node oracle.mjs pair  SCRATCH BEFORE AFTER [--ids N] [options of one]
options of one, diff and pair: --heap MB (V8 heap limit, default 12000)`);
  process.exit(2);
}

async function main() {
  const args = process.argv.slice(2), pos = [], opts = { top: 200, heap: 12000 };
  for (let i = 0; i < args.length; i++) {
    const a = args[i];
    if (a === '--filters') opts.filters = true;
    else if (a === '--load-only') opts.loadOnly = true;
    else if (a === '--child') opts.child = true;
    else if (['--top', '--ids', '--heap'].includes(a)) opts[a.slice(2)] = Number(args[++i]);
    else if (a === '--devtools') opts.devtools = args[++i];
    else if (a === '--dump-nodes') opts.dump = args[++i];
    else if (a === '--retainers') opts.retainers = args[++i].split(',').map(Number);
    else if (a === '--members') opts.members = [args[++i]];
    else if (a.startsWith('--')) usage();
    else pos.push(a);
  }
  const [command, scratchArg, ...files] = pos;
  if (!scratchArg || !(command === 'setup' || (command === 'one' && files.length === 1) || (['diff', 'pair'].includes(command) && files.length === 2))) usage();
  const scratch = path.resolve(scratchArg);
  if (command === 'setup') return setup(scratch, opts);
  if (!fs.existsSync(bundlePath(scratch))) { console.error(`nothing bundled in ${scratch}: run setup first`); process.exit(2); }
  if (!opts.child) { // a fresh process, so that the heap limit can be set
    const r = spawnSync(process.execPath, [`--max-old-space-size=${opts.heap}`, SELF, ...args, '--child'], { stdio: 'inherit' });
    process.exit(r.status ?? 1);
  }
  const phases = new Phases();
  let result;
  if (command === 'one') {
    const loaded = await load(scratch, files[0], phases, 'snapshot');
    result = opts.loadOnly ? { node_count: loaded.snapshot.nodeCount, total_size: loaded.snapshot.totalSize } : describe(loaded, opts);
    phases.mark('describe');
    if (opts.dump) { await dumpNodes(loaded, opts.dump); phases.mark('dump'); }
  } else {
    const after = await load(scratch, files[1], phases, 'after');
    const before = await load(scratch, files[0], phases, 'before');
    // Described first: comparing gives the objects of `before` the interface names of `after`.
    const described = command === 'pair' && { before: describe(before, opts), after: describe(after, opts) };
    const diff = compare(before, after, opts);
    result = described ? { ...described, diff } : diff;
    phases.mark('diff');
  }
  const version = JSON.parse(fs.readFileSync(path.join(scratch, 'version.json'), 'utf8')).devtools;
  await new Promise(r => process.stdout.write(JSON.stringify({ oracle: `chrome-devtools-frontend ${version}`, ...result }, null, 1) + '\n', r));
  console.error(JSON.stringify({ phases: phases.list, total_ms: Math.round(performance.now()), max_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) }));
}

if (isMainThread) await main();
