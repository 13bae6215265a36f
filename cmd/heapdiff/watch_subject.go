package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/heapdiff/heapdiff/live"
)

// subject is one program that is watched.
type subject struct {
	label  string // of --targets; empty for a single one
	given  string // as the user named it
	name   string // what it is called
	target *live.Target
	undo   func() // closes what was opened in it

	tracker *live.Tracker
	handle  *live.Handle
	alert   *alerter
	record  *os.File
	last    *live.Status
	samples []live.Sample // those of last; the tracker is its own goroutine's
	gone    time.Time     // since when it cannot be looked at; zero if it can
}

// subjects are those of the command line, or of a file.
func (o *watchFlags) subjects(c *command, args []string) ([]*subject, error) {
	fault := func(what, try string) ([]*subject, error) { return nil, &usageError{command: c, what: what, try: try} }
	var list []*subject
	switch {
	case o.replay != "" && (o.targets != "" || len(args) > 0):
		return fault("--replay takes no target", "")
	case o.replay != "":
		list = []*subject{{name: o.replay}}
	case o.targets != "" && len(args) > 0:
		return fault("--targets takes no target besides", "put it into "+o.targets)
	case o.targets != "":
		var err error
		if list, err = readTargets(o.targets); err != nil {
			return nil, err
		}
	case len(args) != 1:
		return fault(fmt.Sprintf("watch needs one target, not %d", len(args)), "heapdiff ps lists them; --targets FILE watches several")
	default:
		list = []*subject{{given: args[0], name: args[0]}}
	}
	for _, s := range list {
		s.undo = func() {}
		s.handle = new(live.Handle)
		s.tracker = live.NewTracker(live.TrackerOptions{Warmup: o.warmup, MaxWindow: o.window})
	}
	return list, nil
}

// label is what a target may be called: it stands in file names and metrics.
var label = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// readTargets reads lines of NAME TARGET. What follows a # is a remark.
func readTargets(path string) ([]*subject, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	var list []*subject
	seen := map[string]int{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if i := strings.Index(lines.Text(), "#"); i > 0 && lines.Text()[i-1] != ' ' && lines.Text()[i-1] != '\t' {
			text = lines.Text() // the number of a page
		}
		fields := strings.Fields(text)
		fault := func(format string, args ...any) error {
			return &configError{cause: fmt.Errorf("%s:%d: %s", path, n, fmt.Sprintf(format, args...))}
		}
		switch {
		case len(fields) == 0:
			continue
		case len(fields) != 2:
			return nil, fault("a line is NAME TARGET, such as api 127.0.0.1:9229")
		case !label.MatchString(fields[0]):
			return nil, fault("%q is no name: letters, digits, dots, dashes", fields[0])
		case seen[fields[0]] > 0:
			return nil, fault("%s stands in line %d, too", fields[0], seen[fields[0]])
		}
		seen[fields[0]] = n
		list = append(list, &subject{label: fields[0], given: fields[1], name: fields[0]})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(list) == 0 {
		return nil, &configError{cause: fmt.Errorf("%s: there is no target in it", path)}
	}
	return list, nil
}

// prepare finds the program and opens what is written of it. One of several may
// come later.
func (s *subject) prepare(ctx context.Context, w world, c *command, o *watchFlags) (undo func(), err error) {
	if o.record != "" {
		path := labeled(o.record, s.label)
		if s.record, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			return s.undo, fileError(path, err)
		}
	}
	if s.target, undo, err = o.open(ctx, w, c, []string{s.given}); err != nil {
		if s.label != "" && ctx.Err() == nil {
			return s.undo, nil // which is told when it is looked for
		}
		return undo, err
	}
	if s.label == "" {
		s.name = s.target.ID() + " " + s.target.Name
	}
	return undo, nil
}

// watch samples it until its time is over.
func (s *subject) watch(ctx context.Context, w world, b *board, gc live.GC) error {
	o := b.o
	first := s.target != nil
	open := func(ctx context.Context) (live.Source, error) {
		if !first {
			if err := s.again(ctx, w, o); err != nil {
				return nil, err
			}
		}
		first = false
		return live.Open(ctx, s.target)
	}
	give := giveUp
	if s.label != "" {
		give = live.NeverGiveUp
	}
	return live.Watch(ctx, open, s.tracker, live.WatchOptions{
		Every: o.every, For: o.length, GC: gc, Clock: live.System{}, Give: give, Act: s.handle,
		Audit: b.audit,
		Lost: func(err error) {
			b.lose(s, time.Now(), err)
			b.tell(func() { w.complain(fmt.Sprintf("%s is gone (%v); looking for it again", s.name, err), "") })
		},
		Each: func(st *live.Status) error { return b.show(ctx, s, st) },
	})
}

// verdict is the summary of what was seen of it.
func (s *subject) verdict() string {
	text := summary(s.name, s.last)
	if s.gone.IsZero() {
		return text
	}
	first, rest, _ := strings.Cut(text, "\n")
	return first + "; it " + s.fate() + "\n" + rest
}

// fate says what became of a program that was not back at the end; of one that is
// there, nothing.
func (s *subject) fate() string {
	if s.gone.IsZero() {
		return ""
	}
	at := s.gone.Format("15:04:05")
	if s.target != nil && s.target.PID() > 0 {
		if p, err := os.FindProcess(s.target.PID()); err != nil || errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			return "ended at " + at
		}
	}
	return "could not be looked at from " + at + " on"
}

// again finds the program that took the place of one that is gone.
func (s *subject) again(ctx context.Context, w world, o *watchFlags) error {
	t, err := live.Again(ctx, s.target, s.given)
	if err != nil {
		return err
	}
	if o.activate && t.Inspector == "" && t.Pprof == "" {
		s.undo()
		if s.undo, err = o.activated(ctx, w, t); err != nil {
			return err
		}
	}
	s.target = t
	return nil
}

// close closes what is written of it, and what was opened in it.
func (s *subject) close() {
	if s.record != nil {
		s.record.Close() // each sample was written at once
	}
	s.undo()
}

// labeled puts a label before the endings of a path: a.ndjson, a-api.ndjson.
func labeled(path, label string) string {
	if label == "" {
		return path
	}
	return beforeEndings(path, "-"+label)
}
