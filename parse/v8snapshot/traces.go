package v8snapshot

import (
	"fmt"
	"math"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// traceLayout is where the fields of the sections about allocations stand.
type traceLayout struct {
	infoFields, sampleFields                     int
	infoName, infoScript, infoLine, infoColumn   int
	callID, callFunction, callCount, callSize    int
	callFields, sampleTime, sampleLast, nodeCall int
}

// findTraces finds those fields. Without them, or where nothing was tracked, the
// sections are passed over and nothing is kept.
func findTraces(h *Header) *traceLayout {
	m := &h.Meta
	if h.TraceFunctionCount <= 0 || len(m.TraceNodeFields) == 0 || m.TraceNodeFields[len(m.TraceNodeFields)-1] != "children" {
		return nil
	}
	if max(len(m.TraceFunctionFields), len(m.TraceNodeFields), len(m.SampleFields)) > maxFields {
		return nil
	}
	t := &traceLayout{
		infoFields: len(m.TraceFunctionFields), sampleFields: len(m.SampleFields), callFields: len(m.TraceNodeFields) - 1,
		infoName: slices.Index(m.TraceFunctionFields, "name"), infoScript: slices.Index(m.TraceFunctionFields, "script_name"),
		infoLine: slices.Index(m.TraceFunctionFields, "line"), infoColumn: slices.Index(m.TraceFunctionFields, "column"),
		callID: slices.Index(m.TraceNodeFields, "id"), callFunction: slices.Index(m.TraceNodeFields, "function_info_index"),
		callCount: slices.Index(m.TraceNodeFields, "count"), callSize: slices.Index(m.TraceNodeFields, "size"),
		sampleTime: slices.Index(m.SampleFields, "timestamp_us"), sampleLast: slices.Index(m.SampleFields, "last_assigned_id"),
		nodeCall: slices.Index(m.NodeFields, "trace_node_id"),
	}
	if min(t.infoName, t.infoScript, t.infoLine, t.infoColumn, t.callID, t.callFunction, t.callCount, t.callSize, t.nodeCall) < 0 {
		return nil
	}
	return t
}

// isTraces says whether a section is about allocations.
func isTraces(section string) bool {
	return section == "trace_function_infos" || section == "trace_tree" || section == "samples"
}

// traces reads such a section.
func (c *columns) traces(t *text, section string) error {
	switch {
	case c.l.traces == nil:
	case section == "trace_tree":
		return c.traceTree(t)
	case section == "trace_function_infos":
		return c.traceRecords(t, c.l.traces.infoFields, c.traceFunction)
	case c.l.traces.sampleTime >= 0 && c.l.traces.sampleLast >= 0:
		return c.traceRecords(t, c.l.traces.sampleFields, c.traceMoment)
	}
	return t.skipValue()
}

func (c *columns) traceRecords(t *text, fields int, store func(r []uint64) *malformed) error {
	_, err := t.records(fields, 1, func(_ int, p *piece) (int64, error) {
		found, err := scanRecords(p.data, fields, ^uint64(0), store)
		return found, c.locate(p, 0, err)
	})
	return err
}

func (c *columns) traceFunction(r []uint64) *malformed {
	l := c.l.traces
	if r[l.infoName]>>32 != 0 || r[l.infoScript]>>32 != 0 {
		return &malformed{what: "a number beyond 32 bits"}
	}
	f := graph.TraceFunction{Name: graph.StringID(r[l.infoName]), Script: graph.StringID(r[l.infoScript])}
	f.Line, f.Column = int32(min(r[l.infoLine], math.MaxInt32)), int32(min(r[l.infoColumn], math.MaxInt32))
	c.maxName = max(c.maxName, f.Name, f.Script)
	c.g.Traces.Functions = append(c.g.Traces.Functions, f)
	return nil
}

func (c *columns) traceMoment(r []uint64) *malformed {
	l := c.l.traces
	c.g.Traces.Moments = append(c.g.Traces.Moments, graph.Moment{Micros: r[l.sampleTime], LastID: r[l.sampleLast]})
	return nil
}

// traceTree reads the tree of calls: the numbers of each call, and then its
// children in brackets.
func (c *columns) traceTree(t *text) error {
	l, into := c.l.traces, c.g.Traces
	into.Calls = append(into.Calls[:0], graph.Trace{})
	record := make([]uint64, 0, l.callFields)
	parents := []uint32{} // of the brackets that are open
	for {
		b, err := t.next()
		if err != nil {
			return err
		}
		switch {
		case b == '[':
			parent := uint32(0)
			if len(parents) > 0 {
				if len(record) != l.callFields {
					return t.bad("a call of an allocation is not complete", fmt.Sprintf("it has %d of %d numbers", len(record), l.callFields))
				}
				if parent, err = c.traceCall(t, record, parents[len(parents)-1]); err != nil {
					return err
				}
				record = record[:0]
			}
			if parents = append(parents, parent); len(parents) > maxDepth {
				return t.bad("nested too deeply", "")
			}
		case b == ']' && len(record) == 0 && len(parents) > 0:
			if parents = parents[:len(parents)-1]; len(parents) == 0 {
				t.at++
				return nil
			}
		case b == ',' && len(parents) > 0:
		case b-'0' <= 9 && len(parents) > 0 && len(record) < l.callFields:
			v, err := t.unsigned()
			if err != nil {
				return err
			}
			record = append(record, v)
			continue
		default:
			return t.unexpected(b, "in the tree of allocations")
		}
		t.at++
	}
}

const (
	callBytes  = 32 + 24 // of a call in memory: its row, and its number in the map of finishTraces
	callsAsked = 1 << 12 // after so many more calls it is asked whether there is memory for them
)

// traceCall keeps a call and returns its row.
func (c *columns) traceCall(t *text, r []uint64, parent uint32) (uint32, error) {
	l, into := c.l.traces, c.g.Traces
	if r[l.callID]>>32 != 0 || r[l.callFunction]>>32 != 0 {
		return 0, t.bad("a number beyond 32 bits", "")
	}
	if len(into.Calls) > math.MaxInt32 {
		return 0, t.bad("too many calls", "")
	}
	if len(into.Calls)%callsAsked == 0 {
		if err := c.keep(len(into.Calls) * callBytes); err != nil {
			return 0, err
		}
	}
	row := uint32(len(into.Calls))
	into.Calls = append(into.Calls, graph.Trace{
		ID: uint32(r[l.callID]), Parent: parent, Function: uint32(r[l.callFunction]), Count: r[l.callCount], Size: r[l.callSize],
	})
	return row, nil
}

// unsigned consumes a number.
func (t *text) unsigned() (uint64, error) {
	v, digits := uint64(0), 0
	for {
		if err := t.more(); err != nil {
			return 0, t.fail(err)
		}
		d := t.buf[t.at] - '0'
		if d > 9 {
			return v, nil
		}
		if digits++; digits > maxDigits {
			return 0, t.bad("a number beyond 64 bits", "")
		}
		v = v*10 + uint64(d)
		t.at++
	}
}

// finishTraces replaces the numbers of calls by their rows.
func (c *columns) finishTraces(t *text) error {
	into := c.g.Traces
	if into == nil {
		return nil
	}
	row := make(map[uint32]uint32, len(into.Calls))
	for i := range into.Calls {
		call := &into.Calls[i]
		if i > 0 && call.Function >= uint32(len(into.Functions)) {
			return t.bad("a call of an allocation is in no function", fmt.Sprintf("function %d of %d", call.Function, len(into.Functions)))
		}
		row[call.ID] = uint32(i)
	}
	row[0] = 0
	for n, id := range into.Of {
		into.Of[n] = row[id]
	}
	return nil
}
