// What heapdiff does, done with heap-snapshot-toolkit (Chrome DevTools' engine):
// load, dominators and retained sizes, class aggregates; for two files the diff.
//
//   node toolkit.mjs AFTER            one file
//   node toolkit.mjs BEFORE AFTER     two files
//
// The working directory must hold node_modules/heap-snapshot-toolkit.
import { createReadStream } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { parse, diffFromStreams } = await import(
  pathToFileURL(process.cwd() + '/node_modules/heap-snapshot-toolkit/index.js').href)

const open = path => createReadStream(path, { encoding: 'utf-8', highWaterMark: 1 << 20 })
const top = (rows, size) => rows.sort((a, b) => size(b) - size(a)).slice(0, 20)

const files = process.argv.slice(2)
if (files.length === 1) {
  const snapshot = await parse(open(files[0]))
  const classes = Object.values(snapshot.aggregatesWithFilter({}))
  console.log(snapshot.getStatistics())
  for (const c of top(classes, c => c.maxRet)) console.log(c.name, c.count, c.self, c.maxRet)
} else if (files.length === 2) {
  let after, diff
  for await (const { type, result } of diffFromStreams(open(files[0]), open(files[1]))) {
    if (type === 'end') after = result
    if (type === 'diff') diff = result
  }
  const retained = after.aggregatesWithFilter({})
  for (const [key, d] of top(Object.entries(diff), ([, d]) => d.sizeDelta)) {
    console.log(d.name, d.addedCount, d.removedCount, d.sizeDelta, retained[key]?.maxRet)
  }
} else {
  console.error('usage: node toolkit.mjs [BEFORE] AFTER')
  process.exit(2)
}
