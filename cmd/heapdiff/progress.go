package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/heapdiff/heapdiff/internal/budget"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/parse"
)

const (
	patience = 500 * time.Millisecond // work shorter than this is not spoken of
	redraw   = 100 * time.Millisecond
)

// progress tells a person what takes so long: a line that is drawn over itself
// on a terminal, or with -v a line for each phase that is done.
type progress struct {
	out     io.Writer
	live    bool // draw the line
	verbose bool // write the phases

	mu          sync.Mutex
	subject     string // what is being worked on, such as a file
	nodes       int64  // of the heap that is worked on, once they are known
	phase       string
	begun       time.Time
	done, total int64
	drawn       bool
	quit, ended chan struct{}
}

// startProgress draws until stop is called.
func startProgress(out io.Writer, live, verbose bool) *progress {
	p := &progress{out: out, live: live && !verbose, verbose: verbose, quit: make(chan struct{}), ended: make(chan struct{})}
	go p.loop()
	return p
}

// of returns the function that a stage reports to while it works on subject. A
// call with done = total = 0 begins a phase without a measure.
func (p *progress) of(subject string) func(phase string, done, total int64) {
	subject = printable(subject)
	return func(phase string, done, total int64) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if phase != p.phase || subject != p.subject {
			p.finishPhase()
			p.subject, p.phase, p.begun = subject, phase, time.Now()
			p.total = 0
		}
		p.done, p.total = done, total
	}
}

// sized returns what notes how many nodes the heap has that is worked on from then
// on, and prepares the memory for it.
func (p *progress) sized(limit budget.Limit) func(nodes, edges int64) {
	return func(nodes, edges int64) {
		budget.Prepare(parse.Need(nodes, edges), limit)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.nodes = nodes
	}
}

// stop ends the last phase and leaves no trace on a terminal.
func (p *progress) stop() {
	close(p.quit)
	<-p.ended
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finishPhase()
	p.phase = ""
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func (p *progress) loop() {
	defer close(p.ended)
	if !p.live {
		<-p.quit
		return
	}
	wait := patience
	for {
		select {
		case <-p.quit:
			return
		case <-time.After(wait):
			p.draw()
			wait = redraw
		}
	}
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == "" {
		return
	}
	fmt.Fprint(p.out, "\r\x1b[K", p.subject, ": ", p.status(time.Since(p.begun)))
	p.drawn = true
}

// status is the phase, how far it is and how fast it goes.
func (p *progress) status(spent time.Duration) string {
	parts := []string{p.phase}
	if p.total > 0 {
		parts = append(parts, human.Percent(float64(p.done), float64(p.total)))
	}
	if p.done > 0 {
		if p.total < 0 {
			parts = append(parts, human.Bytes(p.done))
		}
		parts = append(parts, human.Rate(p.done, spent))
	}
	return strings.Join(parts, "  ")
}

// finishPhase says what a phase took: its time, how fast it was, and the memory
// of the process at its end and at the most so far.
func (p *progress) finishPhase() {
	if !p.verbose || p.phase == "" {
		return
	}
	spent := time.Since(p.begun)
	line := human.Duration(spent)
	switch {
	case p.done > 0:
		line += ", " + human.Bytes(p.done) + ", " + human.Rate(p.done, spent)
	case p.nodes > 0 && spent > 0:
		line += ", " + human.RateOf(p.nodes, spent, "nodes")
	}
	if used := budget.Used(os.DirFS("/")); used.Peak > 0 {
		line += fmt.Sprintf(", memory %s, peak %s", human.Bytes(used.Now), human.Bytes(used.Peak))
	}
	fmt.Fprintf(p.out, "%s: %s: %s\n", p.subject, p.phase, line)
}
