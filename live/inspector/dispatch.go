package inspector

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
)

// The messages that may be large begin and end like this, as V8 writes them.
var (
	chunkStart  = []byte(`{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"`)
	workerStart = []byte(`{"method":"NodeWorker.receivedMessageFromWorker","params":{"sessionId":"`)
	workerInner = []byte(`","message":"`)
	stringEnd   = []byte(`"}}`)
)

// dispatch gives a message to whom it is for. It is only valid during the call.
func (s *Session) dispatch(text []byte) {
	if rest, ok := bytes.CutPrefix(text, chunkStart); ok {
		if escaped, ok := bytes.CutSuffix(rest, stringEnd); ok {
			s.heardChunk(escaped)
			return
		}
	}
	if rest, ok := bytes.CutPrefix(text, workerStart); ok {
		id, rest, found := bytes.Cut(rest, workerInner)
		if escaped, ok := bytes.CutSuffix(rest, stringEnd); ok && found {
			s.toWorker(string(id), escaped)
			return
		}
	}
	var m struct {
		ID     int64           `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
		Result json.RawMessage `json:"result"`
		Error  *Error          `json:"error"`
	}
	if json.Unmarshal(text, &m) != nil {
		return
	}
	if m.Method == "" {
		s.mu.Lock()
		answer := s.pending[m.ID]
		delete(s.pending, m.ID) // a second answer to the same call is nobody's
		s.mu.Unlock()
		if answer != nil {
			answer <- reply{m.Result, m.Error}
		}
		return
	}
	if m.Method == "HeapProfiler.addHeapSnapshotChunk" {
		var p struct{ Chunk json.RawMessage }
		if json.Unmarshal(m.Params, &p) == nil && len(p.Chunk) >= 2 {
			s.heardChunk(p.Chunk[1 : len(p.Chunk)-1])
		}
		return
	}
	s.mu.Lock()
	f := s.hear[m.Method]
	s.mu.Unlock()
	if f != nil {
		f(m.Params)
	}
}

func (s *Session) heardChunk(escaped []byte) {
	s.mu.Lock()
	f := s.chunk
	s.mu.Unlock()
	if f != nil {
		f(escaped)
	}
}

// toWorker hands on what a worker said.
func (s *Session) toWorker(id string, escaped []byte) {
	s.mu.Lock()
	w := s.workers[id]
	s.mu.Unlock()
	if w != nil {
		w.text = appendUnescaped(w.text[:0], escaped)
		w.dispatch(w.text)
	}
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "inspector"
	}
	return u.Host
}
