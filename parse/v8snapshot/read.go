package v8snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
)

// Options say how to read.
type Options struct {
	Jobs int // goroutines that parse; 0 means one a core

	// Progress is told now and then how many bytes of the stored file were read,
	// of how many; the total is -1 if it is not known. It may be nil.
	Progress func(done, total int64)
}

// Recognises reports whether a file that begins with these bytes is a snapshot.
func Recognises(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \n\r\t")
	if len(start) == 0 || start[0] != '{' {
		return false
	}
	start = bytes.TrimLeft(start[1:], " \n\r\t")
	for _, key := range []string{"snapshot", "nodes", "edges", "strings", "locations", "samples", "trace_tree", "trace_function_infos"} {
		if bytes.HasPrefix(start, []byte(`"`+key+`"`)) {
			return true
		}
	}
	return false
}

// Read reads a snapshot to its end. The graph is as the file has it; see the
// package rules for what has to be done before its numbers are those of Chrome
// DevTools. Errors are *input.SyntaxError for what is wrong with the file, or
// those of src.
func Read(ctx context.Context, src *input.Source, o Options) (*graph.Graph, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &reader{ctx: ctx, text: newText(src, src.Name()), jobs: o.Jobs, postponed: map[string]postponed{}, seen: map[string]bool{}}
	if o.Progress != nil {
		r.text.tick = func() { o.Progress(src.Progress()) }
	}
	g, err := r.read()
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // the cause, whatever it looked like from here
	}
	return g, err
}

type reader struct {
	ctx     context.Context
	text    *text
	jobs    int
	columns *columns
	layout  *layout

	seen      map[string]bool
	postponed map[string]postponed // sections that came before the header
}

// postponed is a section that had to wait for the header, as it stands in the file.
type postponed struct {
	raw    []byte
	offset int64
}

func (r *reader) read() (*graph.Graph, error) {
	t := r.text
	if c, err := t.next(); err == nil && c == 0xEF { // a byte order mark
		for range 3 {
			if err := t.more(); err != nil {
				return nil, t.fail(err)
			}
			t.at++
		}
	}
	if err := t.expect('{'); err != nil {
		return nil, err
	}
	for {
		c, err := t.next()
		if err != nil {
			return nil, r.cut(err)
		}
		if c == '}' {
			t.at++
			break
		}
		if len(r.seen) > 0 {
			if err := t.expect(','); err != nil {
				return nil, err
			}
			if _, err := t.next(); err != nil {
				return nil, err
			}
		}
		t.section = ""
		key, err := t.key()
		if err != nil {
			return nil, err
		}
		if err := t.expect(':'); err != nil {
			return nil, err
		}
		if r.seen[key] {
			return nil, t.bad(fmt.Sprintf("the section %q stands twice", key), "")
		}
		r.seen[key] = true
		if err := r.section(t, key); err != nil {
			return nil, r.cut(err)
		}
		t.section = ""
	}
	if err := r.rest(); err != nil {
		return nil, err
	}
	return r.finish()
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
	if errors.As(err, &syntax) && syntax.What == "truncated" && syntax.Detail == "" && r.columns != nil {
		switch syntax.Section {
		case "nodes":
			syntax.Detail = fmt.Sprintf("of %d nodes", r.columns.g.NumNodes())
		case "edges":
			syntax.Detail = fmt.Sprintf("of %d edges", r.columns.g.NumEdges())
		}
	}
	return err
}

// section reads the value of one key.
func (r *reader) section(t *text, key string) error {
	t.section = key
	switch key {
	case "snapshot":
		return r.header(t)
	case "strings":
		if r.columns == nil {
			return r.postpone(t, key)
		}
		table := &r.columns.g.Strings
		return t.strings(table.Open, func(b []byte) { table.Close(b) })
	case "nodes", "edges", "locations":
		if r.columns == nil {
			return r.postpone(t, key)
		}
		return r.array(t, key)
	default:
		return t.skipValue(nil)
	}
}

// header reads the header, and then what came before it.
func (r *reader) header(t *text) error {
	at := t.position()
	var raw []byte
	if err := t.skipValue(&raw); err != nil {
		return err
	}
	h, l, err := parseHeader(raw)
	if err != nil {
		return t.badAt(at, err.Error(), "")
	}
	r.layout = l
	r.columns = newColumns(t, h, l)
	for _, key := range slices.Sorted(maps.Keys(r.postponed)) {
		p := r.postponed[key]
		early := newText(bytes.NewReader(p.raw), t.name)
		early.offset, early.section = p.offset, key
		r.columns.t = early
		if err := r.section(early, key); err != nil {
			return err
		}
		delete(r.postponed, key)
	}
	r.columns.t = t
	return nil
}

func (r *reader) postpone(t *text, key string) error {
	if _, err := t.next(); err != nil {
		return err
	}
	p := postponed{offset: t.position()}
	if err := t.skipValue(&p.raw); err != nil {
		return err
	}
	r.postponed[key] = p
	return nil
}

// array reads one of the arrays of integers.
func (r *reader) array(t *text, key string) error {
	c, l := r.columns, r.layout
	switch key {
	case "nodes":
		n, err := t.records(l.nodeFields, r.jobs, c.nodes)
		if err == nil && n != int64(c.g.NumNodes()) {
			err = t.miscounted("nodes", int64(c.g.NumNodes()), n)
		}
		if err != nil {
			return err
		}
		return c.finishNodes()
	case "edges":
		n, err := t.records(l.edgeFields, r.jobs, c.edges)
		if err == nil && n != int64(c.g.NumEdges()) {
			err = t.miscounted("edges", int64(c.g.NumEdges()), n)
		}
		return err
	}
	if l.locationFields == 0 {
		return t.skipValue(nil)
	}
	locations := newLocator(c, r.jobs)
	_, err := t.records(l.locationFields, r.jobs, locations.parse)
	if err == nil {
		c.g.Locations = locations.join()
	}
	return err
}

// finish checks what can only be checked at the end.
func (r *reader) finish() (*graph.Graph, error) {
	for _, key := range []string{"snapshot", "nodes", "edges", "strings"} {
		if !r.seen[key] {
			return nil, r.text.bad(fmt.Sprintf("the section %q is missing", key), "")
		}
	}
	return r.columns.g, r.columns.checkNames()
}
