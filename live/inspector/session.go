package inspector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// largestMessage bounds a message. A chunk has a megabyte of text, in a worker
// escaped twice.
const largestMessage = 16 << 20

// ErrClosed is the cause of calls that fail because the other side is gone.
var ErrClosed error = closedError{}

type closedError struct{}

func (closedError) Error() string { return "the inspector closed the connection" }

// Hint is what to try.
func (closedError) Hint() string {
	return "the same again, if the program still runs: another debugger may have closed its inspector"
}

// ErrEnds is an ErrClosed of a program that wanted to end.
var ErrEnds error = endsError{}

type endsError struct{}

func (endsError) Error() string { return "the program ends" }

func (endsError) Is(target error) bool { return target == ErrClosed }

// Session is a conversation with one isolate. Its methods may be called by
// several goroutines.
type Session struct {
	conn   *connection
	worker string // the id of a worker's session; empty is the process itself
	text   []byte // a worker's last message, of the reader's

	mu      sync.Mutex
	last    int64
	pending map[int64]chan reply
	hear    map[string]func(params []byte)
	chunk   func(escaped []byte)
	workers map[string]*Session
	infos   []WorkerInfo
}

// connection is what all sessions of a process share.
type connection struct {
	ws   *websocket.Conn
	addr string
	stop context.CancelFunc
	done chan struct{} // closed once nothing is read any more
	err  error         // why; read it after done
	ends atomic.Bool   // the program wants to
}

type reply struct {
	result json.RawMessage
	err    *Error
}

// Error is what a method answered instead of a result.
type Error struct {
	Method  string `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Method + ": " + e.Message }

// Dial connects to a page's WebSocket. The session lives until Close.
func Dial(ctx context.Context, page Page, dial Dialer) (*Session, error) {
	client := httpClient(dial)
	opening, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	// No Origin is sent: Chromium refuses those it does not know.
	ws, resp, err := websocket.Dial(opening, page.WebSocket, &websocket.DialOptions{HTTPClient: client})
	addr := hostOf(page.WebSocket)
	if err != nil {
		if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
			return nil, &NotInspectorError{addr, "it answers a debugger with status " + resp.Status}
		}
		return nil, connectError(addr, err)
	}
	ws.SetReadLimit(largestMessage)
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &connection{ws: ws, addr: addr, stop: stop, done: make(chan struct{})}
	s := newSession(c, "")
	go c.read(reading, s)
	return s, nil
}

func newSession(c *connection, worker string) *Session {
	return &Session{
		conn: c, worker: worker,
		pending: map[int64]chan reply{}, hear: map[string]func([]byte){}, workers: map[string]*Session{},
	}
}

// Close ends the connection, of the process and its workers alike.
func (s *Session) Close() error {
	// A polite end takes a moment; a process that is stopped never answers it.
	done := make(chan struct{})
	go func() {
		s.conn.ws.Close(websocket.StatusNormalClosure, "")
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(200 * time.Millisecond):
	}
	s.conn.stop()
	<-s.conn.done
	return s.conn.ws.CloseNow()
}

// Done is closed once the connection is.
func (s *Session) Done() <-chan struct{} { return s.conn.done }

// LetEnd has the session end when the program wants to: Node would wait for it. What is
// no Node has no such wish.
func (s *Session) LetEnd(ctx context.Context) error {
	s.On("NodeRuntime.waitingForDisconnect", func([]byte) {
		s.conn.ends.Store(true)
		go s.Close()
	})
	return s.Call(ctx, "NodeRuntime.notifyWhenWaitingForDisconnect", map[string]bool{"enabled": true}, nil)
}

// While is a context that ends with the session, of which ErrClosed is the cause then.
func (s *Session) While(ctx context.Context) (context.Context, context.CancelFunc) {
	while, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.conn.done:
			cancel(s.conn.lost(ctx))
		case <-while.Done():
		}
	}()
	return while, func() { cancel(nil) }
}

// read is the one reader: it keeps one buffer and gives each message to root.
func (c *connection) read(ctx context.Context, root *Session) {
	var buf []byte
	for {
		_, r, err := c.ws.Reader(ctx)
		if err == nil {
			buf, err = readAll(buf[:0], r)
		}
		if err != nil {
			c.err = err
			close(c.done)
			return
		}
		root.dispatch(buf)
	}
}

// readAll reads into buf, which grows as needed.
func readAll(buf []byte, r interface{ Read([]byte) (int, error) }) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, max(len(buf), 64<<10))...)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil {
			if isEOF(err) {
				return buf, nil
			}
			return buf, err
		}
	}
}

// On has f called with the parameters of each event of this name, one after the
// other, by the reader: f must be quick, not call the session, and keep nothing.
// A nil f ends it.
func (s *Session) On(event string, f func(params []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f == nil {
		delete(s.hear, event)
		return
	}
	s.hear[event] = f
}

// Call calls a method and decodes what it answers into result, unless that is nil.
// An answer that is an error is an *Error; a lost connection wraps ErrClosed.
func (s *Session) Call(ctx context.Context, method string, params, result any) error {
	if params == nil {
		params = struct{}{}
	}
	answer := make(chan reply, 1)
	s.mu.Lock()
	s.last++
	id := s.last
	s.pending[id] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.pending, id)
		s.mu.Unlock()
	}()
	text, err := json.Marshal(struct {
		ID     int64  `json:"id"`
		Method string `json:"method"`
		Params any    `json:"params"`
	}{id, method, params})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if err := s.send(ctx, text); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case r := <-answer:
		if r.err != nil {
			r.err.Method = method
			return r.err
		}
		if result == nil {
			return nil
		}
		if err := json.Unmarshal(r.result, result); err != nil {
			return fmt.Errorf("%s: an answer that is not understood: %w", method, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case <-s.conn.done:
		return fmt.Errorf("%s: %w", method, s.conn.lost(ctx))
	}
}

// lost says why nothing is read or written any more. A call that ends in the middle
// of its message takes the connection along: the cause is its end, and not the
// other side.
func (c *connection) lost(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.ends.Load():
		return ErrEnds
	}
	select {
	case <-c.done:
		if errors.Is(c.err, websocket.ErrMessageTooBig) {
			return fmt.Errorf("a message of more than %d MiB: %w", largestMessage>>20, ErrClosed)
		}
	default:
	}
	return ErrClosed
}

// send writes a message, for a worker wrapped in one for the process.
func (s *Session) send(ctx context.Context, text []byte) error {
	if s.worker != "" {
		wrapped, err := json.Marshal(map[string]any{
			"id": 0, "method": "NodeWorker.sendMessageToWorker",
			"params": map[string]string{"sessionId": s.worker, "message": string(text)},
		})
		if err != nil {
			return err
		}
		text = wrapped
	}
	if err := s.conn.ws.Write(ctx, websocket.MessageText, text); err != nil {
		return s.conn.lost(ctx)
	}
	return nil
}
