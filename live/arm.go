package live

import (
	"context"
	"fmt"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
)

// Armed says where the files of a program that runs out of memory will be.
type Armed struct {
	Snapshots string // folders, as the program names them
	Reports   string
	Limit     float64 // V8's, in bytes
	Warnings  []string
}

// Arm has a running Node program write a heap snapshot when V8's limit is near, and
// a report when it dies. It stays armed when the connection is closed.
func Arm(ctx context.Context, t *Target, audit Audit) (*Armed, error) {
	if t.Kind != Node || t.Page.WebSocket == "" {
		return nil, &TargetError{t.ID(), "only Node with an open inspector can be armed", "--activate opens it with SIGUSR1"}
	}
	source, err := Open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	sample, err := source.Sample(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	var a Armed
	if err := session(source).Evaluate(ctx, armScript, scriptTime, &a); err != nil {
		return nil, err
	}
	audit(fmt.Sprintf("armed %s: a snapshot near V8's limit, a report when it dies", t.ID()), 0)
	// V8 must come to its limit before the kernel comes to its own.
	if need := sample.HeapLimit + sample.External + CostOf(&Sample{HeapUsed: sample.HeapLimit, Version: sample.Version}).Extra; sample.MemoryLimit > 0 && need > sample.MemoryLimit {
		a.Warnings = append(a.Warnings, "the limit of memory is too near V8's own: the program may be killed before its snapshot is written")
	}
	if t.Process != nil && t.Process.Isolated("mnt") {
		a.Warnings = append(a.Warnings, "the folder is inside the container: unless it is a volume, the files go with it")
	}
	return &a, nil
}

// While is a context that ends when the connection to the program does.
func While(ctx context.Context, source Source) (context.Context, context.CancelFunc) {
	if s := session(source); s != nil {
		return s.While(ctx)
	}
	return context.WithCancel(ctx)
}

// session is the inspector's of a source that has one.
func session(source Source) *inspector.Session {
	switch s := source.(type) {
	case *nodeSource:
		return s.session()
	case *pageSource:
		return s.s
	}
	return nil
}
