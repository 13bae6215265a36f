// Package input opens what the other packages read: a file or standard input,
// plain or compressed, recognised by content and never by name.
//
// What comes in is a path, or "-"; what goes out is a [Source]:
//
//	bytes ──sniff──▶ gzip or zstd, decoded ahead in a goroutine ──▶ Source ──▶ a parser
//	            └──▶ plain file ─────────────────────────────────────▲
//	                 (also an io.ReaderAt: pieces are read by pread into the
//	                 parser's own buffers; nothing is mapped, so that the
//	                 process's peak memory is what it really uses)
//
// A Source counts decompressed bytes, which is what the offsets of a
// [SyntaxError] mean, and compressed bytes, which is what progress is measured
// in. It stops when its context is cancelled, even if the read it waits for
// never returns, and it refuses to expand a small file without end.
package input
