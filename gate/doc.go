// Package gate judges a comparison: it says pass, warn or fail, by which rule,
// and what broke it.
//
// What comes in is plain data, [Facts], and rules that a person wrote; what goes
// out is a [Verdict], plain data as well:
//
//	--fail-on, --warn-on ──Parse──▶ Rule ─┐
//	.heapdiff.toml ─────ReadConfig──▶ Config ─┴─▶ Gate.Judge(Facts…) ──▶ Verdict
//
// A rule is an expression, [scope:]metric op value, and has one meaning: it is
// what fails. "growth > 5MiB" fails when growth is more than 5 MiB; every message
// repeats the comparison, so that nobody has to remember that.
//
//	growth > 5MiB                      bytes: KB, KiB, MB, MiB, GB, GiB
//	leak.max >= 2%                     percent, of the heap before
//	class:Session:count > 1,000        objects of one class; names may have * and ?
//	path:global.cache/**:growth > 1MiB everything that grew at a place or below it
//	kind:arraybuffer:growth > 10MB     everything of one kind
//	fingerprint:9f3a1c:growth > 0      one finding
//
// Metrics are changes between the two heaps, except external.ratio, which is a
// property of the later one. docs/ci.md has the table.
package gate
