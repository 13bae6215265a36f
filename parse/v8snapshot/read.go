package v8snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/input"
)

// Options say how to read.
type Options struct {
	Jobs int // goroutines that parse; 0 means one a core

	// Admit is asked, before memory is taken, whether a heap of this size may be
	// read; its error is the error of Read. If it names a folder, the columns that
	// are seldom used lie there and not in memory; see [OnDisk]. It may be nil.
	Admit func(nodes, edges int64) (folder string, err error)

	// Keep is asked whether so many bytes may be kept of what no header counts:
	// sections that came too early to be read, and the calls that allocated. Its
	// error is the error of Read. It may be nil.
	Keep func(bytes int64) error

	// Progress is told now and then how many bytes of the stored file were read,
	// of how many; the total is -1 if it is not known. It may be nil.
	Progress func(done, total int64)
}

// Read reads a snapshot to its end. The graph is as the file has it; see the
// package rules for what has to be done before its numbers are those of Chrome
// DevTools. Errors are *input.SyntaxError for what is wrong with the file, or
// those of src.
func Read(ctx context.Context, src *input.Source, o Options) (*graph.Graph, error) {
	r := newReader(ctx, src, o)
	c := &columns{keep: r.mayKeep}
	r.into = c
	if err := r.read(); err != nil {
		return nil, err
	}
	return c.g, nil
}

// sink is what the sections of a file are read into.
type sink interface {
	begin(h *Header, l *layout, folder string) error // the header is known, and where columns may lie
	needs(section string) string                     // the section that has to come before, or ""
	array(t *text, section string, jobs int) error   // reads nodes, edges or locations
	traces(t *text, section string) error            // reads what is about allocations
	expect(bytes int64)                              // about as much text is coming
	open() []byte                                    // where the next string is appended to
	seal(text []byte)                                // the string is complete
	finish(t *text) error                            // checks what can only be checked at the end
}

// reader reads the sections of a file, in whatever order they come.
type reader struct {
	ctx   context.Context
	text  *text
	jobs  int
	admit func(nodes, edges int64) (string, error)
	keep  func(bytes int64) error
	into  sink
	size  int64 // of the file after decompression, or -1

	header    *Header
	seen      map[string]bool // sections met
	done      map[string]bool // sections read
	postponed []postponed
}

// postponed is a section that came before what is needed to read it, as it
// stands in the file.
type postponed struct {
	section string
	raw     []byte
	offset  int64
}

func newReader(ctx context.Context, src *input.Source, o Options) *reader {
	r := &reader{
		ctx: ctx, text: newText(src, src.Name()), size: src.Size(), jobs: o.Jobs, admit: o.Admit, keep: o.Keep,
		seen: map[string]bool{}, done: map[string]bool{},
	}
	if r.jobs <= 0 {
		r.jobs = runtime.GOMAXPROCS(0)
	}
	if o.Progress != nil {
		r.text.tick = func() { o.Progress(src.Progress()) }
	}
	return r
}

func (r *reader) read() error {
	err := r.readObject()
	if err != nil && r.ctx.Err() != nil {
		return r.ctx.Err() // the cause, whatever it looked like from here
	}
	return err
}

func (r *reader) readObject() error {
	t := r.text
	if err := t.skipMark(); err != nil {
		return err
	}
	if err := t.expect('{'); err != nil {
		return err
	}
	for {
		c, err := t.next()
		if err != nil {
			return r.cut(err)
		}
		if c == '}' {
			t.at++
			break
		}
		if len(r.seen) > 0 {
			if err := t.expect(','); err != nil {
				return err
			}
			if _, err := t.next(); err != nil {
				return err
			}
		}
		t.section = ""
		key, err := t.key()
		if err != nil {
			return err
		}
		if err := t.expect(':'); err != nil {
			return err
		}
		if r.seen[key] {
			return t.bad(fmt.Sprintf("the section %q stands twice", key), "")
		}
		r.seen[key] = true
		if err := r.section(t, key); err != nil {
			return r.cut(err)
		}
		t.section = ""
	}
	if err := r.rest(); err != nil {
		return err
	}
	for _, section := range []string{"snapshot", "nodes", "edges", "strings"} {
		if !r.seen[section] {
			return t.bad(fmt.Sprintf("the section %q is missing", section), "")
		}
	}
	return r.into.finish(t)
}

// rest makes sure that nothing follows but white space and padding.
func (r *reader) rest() error {
	t := r.text
	for {
		c, err := t.next()
		var syntax *input.SyntaxError
		if errors.As(err, &syntax) && syntax.What == "truncated" {
			return nil // the end, where it should be
		}
		if err != nil {
			return err
		}
		if c != 0 {
			return t.unexpected(c, "after the end of the snapshot")
		}
		t.at++
	}
}

// cut adds to the error of a truncated file how much of the section there is.
func (r *reader) cut(err error) error {
	var syntax *input.SyntaxError
	if errors.As(err, &syntax) && syntax.What == "truncated" && syntax.Detail == "" && r.header != nil {
		switch syntax.Section {
		case "nodes":
			syntax.Detail = "of " + human.Count(*r.header.NodeCount) + " nodes"
		case "edges":
			syntax.Detail = "of " + human.Count(*r.header.EdgeCount) + " edges"
		}
	}
	return err
}

// section reads the value of one key, or puts it aside.
func (r *reader) section(t *text, key string) error {
	t.section = key
	switch key {
	case "snapshot":
		return r.readHeader(t)
	case "strings", "nodes", "edges", "locations", "trace_function_infos", "trace_tree", "samples":
		if need := r.into.needs(key); r.header == nil || need != "" && !r.done[need] {
			return r.postpone(t, key)
		}
		if err := r.value(t, key); err != nil {
			return err
		}
		return r.catchUp()
	default:
		return t.skipValue()
	}
}

// value reads a section whose time has come.
func (r *reader) value(t *text, key string) error {
	r.done[key] = true
	if key == "strings" {
		if r.size > 0 {
			r.into.expect(r.size - t.position())
		}
		return t.strings(r.into.open, r.into.seal)
	}
	if isTraces(key) {
		return r.into.traces(t, key)
	}
	return r.into.array(t, key, r.jobs)
}

// maxHeader is far longer than a header is, which says little more than how
// many nodes there are.
const maxHeader = 16 << 20

// readHeader reads the header, and then what came before it.
func (r *reader) readHeader(t *text) error {
	at := t.position()
	var raw []byte
	if err := t.keepValue(&raw, func(bytes int) error {
		if bytes > maxHeader {
			return t.bad("the header has no end", "it is longer than "+human.Bytes(maxHeader))
		}
		return nil
	}); err != nil {
		return err
	}
	h, l, err := parseHeader(raw)
	if err != nil {
		return t.badAt(at, err.Error(), "")
	}
	folder := ""
	if r.admit != nil {
		if folder, err = r.admit(*h.NodeCount, *h.EdgeCount); err != nil {
			return err
		}
	}
	r.header = h
	if err := r.into.begin(h, l, folder); err != nil {
		return err
	}
	return r.catchUp()
}

func (r *reader) postpone(t *text, key string) error {
	if _, err := t.next(); err != nil {
		return err
	}
	p := postponed{section: key, offset: t.position()}
	if err := t.keepValue(&p.raw, r.mayKeep); err != nil {
		return err
	}
	r.postponed = append(r.postponed, p)
	return nil
}

// mayKeep asks whether so many bytes may be kept whose number no header told.
func (r *reader) mayKeep(bytes int) error {
	if r.keep == nil {
		return nil
	}
	return r.keep(int64(2 * bytes)) // growing takes a second copy
}

// catchUp reads what was put aside and need not wait any longer. What is read
// may be what something else waits for.
func (r *reader) catchUp() error {
	for caught := true; caught; {
		caught = false
		waiting := r.postponed
		r.postponed = nil
		for _, p := range waiting {
			if need := r.into.needs(p.section); need != "" && !r.done[need] {
				r.postponed = append(r.postponed, p)
				continue
			}
			early := newText(bytes.NewReader(p.raw), r.text.name)
			early.offset, early.section = p.offset, p.section
			if err := r.value(early, p.section); err != nil {
				return err
			}
			caught = true
		}
	}
	return nil
}
