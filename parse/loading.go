package parse

import (
	"sync"
	"sync/atomic"
)

// Loading is how far the loading of a heap has come, for who works on it beside.
// Of a heap that is loaded the zero value says so.
type Loading struct {
	known   func()        // settles sizes and classes, once
	settled chan struct{} // closed when it is settled which edges retain
	wanted  atomic.Bool   // the graph is to be written
	lost    atomic.Bool   // nothing comes of it
	graph   sync.Mutex    // held by who reads it beside, and by who writes it
}

// newLoading begins. known settles sizes and classes: whoever needs them first
// does it.
func newLoading(known func()) *Loading {
	return &Loading{known: sync.OnceFunc(known), settled: make(chan struct{})}
}

// Known returns when nodes, sizes and classes are settled. Who is beside the
// loader does that work, if nobody has begun it.
func (l *Loading) Known() {
	if l.known != nil {
		l.known()
	}
}

// Settled returns when it is settled which edges retain, and which nodes are owned.
// Until then that may only be looked at between two calls of Yield or this.
func (l *Loading) Settled() {
	if l.settled == nil {
		return
	}
	l.graph.Unlock()
	<-l.settled
	l.graph.Lock()
}

// GivenUp reports whether the loader was stopped, so that nothing more is settled
// and nobody will ask for what is done beside.
func (l *Loading) GivenUp() bool { return l.lost.Load() }

// Yield lets the loader write that into the graph, if it has found it out.
func (l *Loading) Yield() {
	if l.wanted.Load() {
		l.Settled()
	}
}

// beside does what may read the graph.
func (l *Loading) beside(work func()) {
	l.graph.Lock()
	defer l.graph.Unlock()
	work()
}

// settle does what writes it.
func (l *Loading) settle(write func()) {
	l.wanted.Store(true)
	l.graph.Lock()
	write()
	l.graph.Unlock()
	l.wanted.Store(false)
	close(l.settled)
}

// giveUp lets nobody wait for what does not come.
func (l *Loading) giveUp() {
	select {
	case <-l.settled:
	default:
		l.lost.Store(true)
		close(l.settled)
	}
}
