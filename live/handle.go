package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Handle lets others act on a program that is being watched, between two samples.
type Handle struct {
	mu      sync.Mutex
	source  Source
	pending Mark // of the next sample
}

// Cleared is what clearing did.
type Cleared struct {
	Status string  `json:"status"`
	Pause  float64 `json:"pauseMs"`
	Ran    bool    `json:"ranExpression"`
}

// Clear runs an expression of the command line, if there is one, and forces a
// collection. What was sampled before says nothing afterwards.
func (h *Handle) Clear(ctx context.Context, expression string, audit Audit) (*Cleared, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.source == nil {
		return nil, errGone
	}
	if expression != "" {
		s := session(h.source)
		if s == nil {
			return nil, fmt.Errorf("an expression needs an inspector")
		}
		err := s.Evaluate(ctx, expression, scriptTime, nil)
		h.pending = ClearedNow // it may have run, whatever follows
		if err != nil {
			return nil, err
		}
		audit("ran --clear-expr", 0)
	}
	pause, err := h.source.Collect(ctx)
	if err != nil {
		return nil, err
	}
	audit("forced a collection", pause)
	h.pending = ClearedNow
	return &Cleared{"ok", float64(pause) / float64(time.Millisecond), expression != ""}, nil
}

// Capture takes a snapshot or profile of the program that is watched, and has the
// next sample say so.
func (h *Handle) Capture(ctx context.Context, t *Target, o CaptureOptions) (*Captured, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.source == nil {
		return nil, errGone
	}
	done, err := Capture(ctx, t, h.source, o)
	if done != nil && done.Pause > 0 {
		h.pending = Snapshot
	}
	return done, err
}

var errGone = errors.New("the program is gone")

func (h *Handle) set(s Source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.source = s
}
