package diff_test

import (
	"context"
	"errors"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/parse"
)

// TestFollowStoredFaults holds whose error is told: of who stopped the work, then of
// the heap, then of what was stored; and that the last ends the reading of the heap.
func TestFollowStoredFaults(t *testing.T) {
	damaged, broken := errors.New("damaged"), errors.New("broken")
	fails := func(context.Context, parse.Options) (*parse.Heap, error) { return nil, broken }
	endless := func(ctx context.Context, _ parse.Options) (*parse.Heap, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, c := range []struct {
		name    string
		jobs    int
		stored  error
		after   diff.Opener
		stopped bool
		want    error
	}{
		{"heap", 0, nil, fails, false, broken},
		{"heap, one job", 1, nil, fails, false, broken},
		{"both", 0, damaged, fails, false, broken},
		{"both, one job", 1, damaged, fails, false, broken},
		{"stored", 0, damaged, endless, false, damaged},
		{"stored, one job", 1, damaged, opened("node18-after"), false, damaged},
		{"stopped", 0, nil, endless, true, context.Canceled},
		{"stopped and stored", 0, damaged, endless, true, context.Canceled},
		{"stopped, one job", 1, damaged, endless, true, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stopped {
				stop()
			}
			o := byStructure
			o.Jobs = c.jobs
			before := func() (*diff.Reduction, error) { return nil, c.stored }
			if _, err := diff.FollowStored(ctx, before, c.after, o); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}
