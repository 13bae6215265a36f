package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/heapdiff/heapdiff/live"
)

// board is where all subjects are shown: a screen that is drawn over itself on a
// terminal, else a line a sample, or JSON. It notes which conditions were broken.
type board struct {
	w          world
	o          *watchFlags
	conditions []live.Condition
	subjects   []*subject
	server     *served
	reactions  sync.WaitGroup // what alerts have started

	mu     sync.Mutex
	screen bool              // whether the screen is drawn
	notes  []string          // what was said lately, shown below the screen
	broken map[string]string // condition -> what held
}

func newBoard(w world, o *watchFlags, conditions []live.Condition, subjects []*subject) *board {
	b := &board{w: w, o: o, conditions: conditions, subjects: subjects, broken: map[string]string{}, server: &served{}}
	for _, s := range subjects {
		s.alert = o.alerts.new(b, s)
	}
	return b
}

// begin takes the screen, if it is looked at by a person.
func (b *board) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.screen = !b.o.ndjson && b.w.terminal(b.w.stdout); b.screen {
		fmt.Fprint(b.w.stdout, enterScreen)
	}
}

// leave gives it back; what is said after that stays.
func (b *board) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.screen {
		fmt.Fprint(b.w.stdout, leaveScreen)
		b.screen = false
		for _, note := range b.notes {
			fmt.Fprintln(b.w.stderr, note)
		}
		b.notes = nil
	}
}

// tell runs what says something on standard error; on a screen it is kept for the
// lines below it.
func (b *board) tell(say func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.screen {
		say()
		return
	}
	fmt.Fprint(b.w.stdout, leaveScreen)
	say()
	fmt.Fprint(b.w.stdout, enterScreen)
}

// audit tells of acts that touch a program.
func (b *board) audit(what string, pause time.Duration) {
	b.tell(func() { b.o.audit(b.w)(what, pause) })
}

// note says lines, on a screen below it.
func (b *board) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.screen {
		fmt.Fprint(b.w.stderr, printableLines(text))
		return
	}
	for line := range bytes.Lines([]byte(printableLines(text))) {
		b.notes = append(b.notes, string(bytes.TrimRight(line, "\n")))
	}
	b.notes = b.notes[max(0, len(b.notes)-mostNotes):]
	b.draw()
}

const mostNotes = 12

// show takes the next status of a subject.
func (b *board) show(ctx context.Context, s *subject, st *live.Status) error {
	if err := b.write(s, st); err != nil {
		return err
	}
	b.server.publish(s, st)
	s.alert.look(ctx, st)
	return b.judge(s, st)
}

func (b *board) write(s *subject, st *live.Status) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.last, s.gone = st, time.Time{}
	if b.screen {
		s.samples = s.tracker.Samples()
	}
	if s.record != nil {
		if err := live.WriteSample(s.record, &st.Current); err != nil {
			return fileError(b.o.record, err)
		}
	}
	switch {
	case b.o.ndjson:
		return json.NewEncoder(b.w.stdout).Encode(struct {
			Target string `json:"target"`
			*live.Status
		}{s.name, st})
	case b.screen:
		return b.draw()
	}
	line := statusLine(st)
	if s.label != "" {
		line = s.label + "  " + line
	}
	_, err := fmt.Fprintln(b.w.stdout, printable(line))
	return err
}

// lose notes since when a subject cannot be looked at.
func (b *board) lose(s *subject, at time.Time, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.gone = at
	if b.o.ndjson {
		b.absent(s, at, why.Error())
	}
}

// absent writes a line of JSON where there is no sample, because the program is gone.
func (b *board) absent(s *subject, at time.Time, why string) {
	_ = json.NewEncoder(b.w.stdout).Encode(struct { // who does not read on is told by the next sample
		Target string    `json:"target"`
		Time   time.Time `json:"time"`
		Gone   string    `json:"gone"`
	}{s.name, at, why})
}

// draw is called with the lock held.
func (b *board) draw() error {
	width, height := b.w.size()
	_, err := io.WriteString(b.w.stdout, screenText(b.subjects, b.notes, b.server.footer(), width, height))
	return err
}

// judge notes the conditions that hold. Where a time to watch is given, it is
// watched to its end; else the first that holds is the end.
func (b *board) judge(s *subject, st *live.Status) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conditions {
		what, holds := c.Holds(st)
		if !holds || b.broken[c.Text] != "" {
			continue
		}
		if s.label != "" {
			what = s.label + ": " + what
		}
		b.broken[c.Text] = what
		if b.o.length == 0 && b.o.replay == "" {
			return errEnough
		}
	}
	return nil
}

// end says what was found, and with which code to exit.
func (b *board) end(ctx context.Context, err error) error {
	interrupted := ctx.Err() != nil
	if err != nil && !errors.Is(err, errEnough) && !interrupted {
		return err
	}
	b.reactions.Wait()
	for _, s := range b.subjects {
		switch {
		case b.o.ndjson && !s.gone.IsZero():
			b.absent(s, time.Now(), s.fate())
		case b.o.ndjson:
		case s.last != nil:
			fmt.Fprint(b.w.stdout, printableLines(s.verdict()))
		case s.label != "":
			fmt.Fprintf(b.w.stdout, "%s: never seen\n", s.name)
		}
	}
	if err := b.report(); err != nil {
		return err
	}
	for _, c := range b.conditions {
		switch what := b.broken[c.Text]; {
		case what != "":
			fmt.Fprintf(b.w.stderr, "heapdiff: --fail-on %s\n", printable(what))
		case slices.ContainsFunc(b.subjects, func(s *subject) bool { return s.last != nil && c.Undecided(s.last) }):
			fmt.Fprintf(b.w.stderr, "heapdiff: --fail-on %s does not hold, but it was not watched for long enough: it grows, which --fail-on growing fails on\n", printable(c.Text))
		}
	}
	if len(b.broken) > 0 {
		return &verdictError{code: 1}
	}
	if interrupted {
		return ctx.Err()
	}
	return b.unwatched()
}

// unwatched is the error of conditions that were not watched to the end.
func (b *board) unwatched() error {
	for _, s := range b.subjects {
		if len(b.conditions) > 0 && !s.gone.IsZero() {
			return fmt.Errorf("%s %s and was not back at the end: whether --fail-on holds is not known", s.name, s.fate())
		}
	}
	return nil
}
