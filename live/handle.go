package live

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Handle lets others act on a program that is being watched, between two samples.
type Handle struct {
	mu      sync.Mutex
	source  Source
	pending string // mark of the next sample
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
		return nil, fmt.Errorf("the program is gone")
	}
	if expression != "" {
		s := session(h.source)
		if s == nil {
			return nil, fmt.Errorf("an expression needs an inspector")
		}
		if err := s.Evaluate(ctx, expression, scriptTime, nil); err != nil {
			return nil, err
		}
		audit("ran --clear-expr", 0)
	}
	pause, err := h.source.Collect(ctx)
	if err != nil {
		return nil, err
	}
	audit("forced a collection", pause)
	h.pending = "cleared"
	return &Cleared{"ok", float64(pause) / float64(time.Millisecond), expression != ""}, nil
}

func (h *Handle) set(s Source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.source = s
}
