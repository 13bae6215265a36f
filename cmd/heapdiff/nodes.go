package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

func nodesCommand() *command {
	c := &command{
		name:  "nodes",
		reads: true,
		usage: "heapdiff nodes [flags] FILE",
		short: "list every node of a heap as tab-separated values",
		long: `Nodes come in the order of the file, with the numbers that Chrome DevTools has
for them. Distances from 100000000 on are of what only the collector's own roots
reach, -5 is what nothing reaches. Detachedness from a document is 0 unknown,
1 attached, 2 detached. Tabs, line ends and control characters in names are
escaped as in \t, and a backslash as \\.`,
		examples: []example{
			{`heapdiff nodes app.heapsnapshot | awk -F'\t' '$7 > 1e6'`, "what retains more than a megabyte"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		showStrings := flags.Bool("show-strings", false, "show the values of strings, which may be secret, as their names")
		work.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if err := work.check(c); err != nil {
				return err
			}
			if err := files(c, args, 1); err != nil {
				return err
			}
			p := work.progress(w)
			defer p.stop()
			h, err := load(ctx, w, args[0], p, parse.Options{Jobs: work.jobs, KeepRaw: true})
			if err != nil {
				return err
			}
			h.Settle()
			distances := h.Distances()
			p.of(h.File)("writing", 0, 0)
			return w.writeOut("-", func(out io.Writer) error {
				return writeNodes(ctx, out, h, distances, *showStrings)
			})
		}
	}
	return c
}

const nodesHeader = "id\ttype\tclass\tname\tself_size\traw_self_size\tretained_size\tdistance\tdominator_id\tdetachedness\n"

// writeNodes writes a line for each node. There are tens of millions of them, so
// a line is put together in one buffer, without formats.
func writeNodes(ctx context.Context, out io.Writer, h *parse.Heap, distances []int32, showStrings bool) error {
	if _, err := io.WriteString(out, nodesHeader); err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	classes := make([][]byte, len(h.Classes)) // class -> its escaped name
	for i := range h.Classes {
		classes[i] = appendField(nil, []byte(h.Classes[i].Name))
	}
	types := make([][]byte, len(h.TypeNames)) // type -> its escaped name
	for i, name := range h.TypeNames {
		types[i] = appendField(nil, []byte(name))
	}
	const pause = 1 << 16 // nodes between two looks at the context
	var line []byte
	for n := range graph.NodeID(h.NumNodes()) {
		if n%pause == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line = strconv.AppendUint(line[:0], h.ID.At(n), 10)
		line = append(append(line, '\t'), types[h.Type[n]]...)
		line = append(append(line, '\t'), classes[h.ClassOf(n)]...)
		line = append(line, '\t')
		if showStrings || !h.Type[n].IsString() {
			if h.Flags[n]&graph.RenamedDetached != 0 {
				line = append(line, "Detached "...) // as graph.NodeName does
			}
			line = appendField(line, h.Strings.Bytes(h.Name[n]))
		}
		line = strconv.AppendUint(append(line, '\t'), h.Self.At(n), 10)
		line = strconv.AppendUint(append(line, '\t'), h.RawSelf.At(n), 10)
		line = strconv.AppendUint(append(line, '\t'), h.Dominators.Retained(n), 10)
		line = strconv.AppendInt(append(line, '\t'), int64(distances[n]), 10)
		line = strconv.AppendUint(append(line, '\t'), h.ID.At(h.Dominators.Idom(n)), 10)
		line = append(line, '\t', '0'+byte(h.Flags[n].DOMState()), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("nodes: %w", err)
		}
	}
	return nil
}

// appendField appends a name with everything escaped that is not seen, so that a
// line is a node and a tab a column, and no name drives a terminal.
func appendField(to, s []byte) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < 0x7f && c != '\\' {
			to = append(to, c)
			i++
			continue
		}
		r, width := utf8.DecodeRune(s[i:])
		switch {
		case r == '\\':
			to = append(to, `\\`...)
		case r == '\t':
			to = append(to, `\t`...)
		case r == '\n':
			to = append(to, `\n`...)
		case r == '\r':
			to = append(to, `\r`...)
		case r == utf8.RuneError && width == 1:
			to = fmt.Appendf(to, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			to = utf8.AppendRune(to, r)
		case r < 0x100:
			to = fmt.Appendf(to, `\x%02x`, r)
		case r < 0x10000:
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = fmt.Appendf(to, `\U%08x`, r)
		}
		i += width
	}
	return to
}
