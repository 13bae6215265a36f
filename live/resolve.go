package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/proc"
)

// TargetError says that a target's name leads nowhere, or to several.
type TargetError struct{ Name, What, Try string }

func (e *TargetError) Error() string { return e.Name + ": " + e.What }

// Hint is what to try.
func (e *TargetError) Hint() string { return e.Try }

// Resolve finds the program that a name means: a process number, 4711/2 for its
// second worker, host:port of an inspector or of pprof, ws://…, http://…, or a part
// of a name that heapdiff ps shows.
func Resolve(ctx context.Context, name string) (*Target, error) {
	base, worker, _ := strings.Cut(name, "/")
	if pid, err := strconv.Atoi(base); err == nil {
		return byPID(ctx, pid, worker)
	}
	switch {
	case strings.HasPrefix(name, "ws://"):
		u, err := url.Parse(name)
		if err != nil || u.Host == "" {
			return nil, &TargetError{name, "is no address", ""}
		}
		t := &Target{Kind: Node, Inspector: u.Host, Page: inspector.Page{WebSocket: name}, Process: owner(u.Host)}
		t.Name = t.Inspector
		return t, nil
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		return byURL(ctx, name)
	}
	addr, page, _ := strings.Cut(name, "#")
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err == nil {
			return byAddr(ctx, net.JoinHostPort(orLocal(host), port), page)
		}
	}
	return byName(ctx, name)
}

func orLocal(host string) string {
	if host == "" {
		return "127.0.0.1"
	}
	return host
}

func byPID(ctx context.Context, pid int, worker string) (*Target, error) {
	p, err := proc.Open(pid)
	if err != nil {
		return nil, err
	}
	found := look(ctx, p, kindOf(p))
	if worker != "" {
		found = withWorkers(ctx, found)
	}
	for _, t := range found {
		if t.Worker == worker {
			return t, nil
		}
	}
	return nil, &TargetError{fmt.Sprintf("%d/%s", pid, worker), "there is no such worker", "heapdiff ps shows a program's workers if its inspector is open"}
}

// byURL takes an address of pprof, or of an inspector.
func byURL(ctx context.Context, name string) (*Target, error) {
	u, err := url.Parse(name)
	if err != nil || u.Host == "" {
		return nil, &TargetError{name, "is no address", ""}
	}
	if strings.Contains(u.Path, "/pprof") {
		u.RawQuery = ""
		t := &Target{Kind: Go, Pprof: strings.TrimSuffix(u.String(), "/"), Name: u.Host, Process: owner(u.Host)}
		if _, err := goproc.Open(ctx, t.Pprof, t.dial()); err != nil {
			return nil, err
		}
		if t.Process != nil {
			t.Name = t.Process.Name()
		}
		return t, nil
	}
	return byAddr(ctx, u.Host, "")
}

// byAddr asks a port whether it is an inspector, else whether it serves pprof.
func byAddr(ctx context.Context, addr, page string) (*Target, error) {
	base := &Target{Process: owner(addr)}
	if base.Process != nil {
		base.Name = base.Process.Name()
	}
	found, err := inspected(ctx, base, addr)
	if err != nil {
		if t, notPprof := byURL(ctx, "http://"+addr+"/debug/pprof"); notPprof == nil {
			return t, nil
		}
		var other *inspector.NotInspectorError
		if errors.As(err, &other) {
			other.What += ", and does not serve /debug/pprof either"
		}
		return nil, err
	}
	var fits []*Target
	for _, t := range found {
		if t.Worker == "" && strings.HasPrefix(t.Page.ID, page) {
			fits = append(fits, t)
		}
	}
	return one(addr, fits)
}

func byName(ctx context.Context, name string) (*Target, error) {
	all, err := find(ctx, os.Getpid(), untouched)
	if err != nil {
		return nil, err
	}
	var fits []*Target
	for _, t := range all {
		if strings.Contains(t.Name, name) {
			fits = append(fits, t)
		}
	}
	return one(name, fits)
}

func one(name string, fits []*Target) (*Target, error) {
	switch len(fits) {
	case 0:
		return nil, &TargetError{name, "no program that can be looked at has this name", "heapdiff ps lists those that can"}
	case 1:
		return fits[0], nil
	}
	var ids []string
	for _, t := range fits[:min(len(fits), 8)] {
		ids = append(ids, t.ID())
	}
	return nil, &TargetError{name, fmt.Sprintf("%d programs fit", len(fits)), "one of " + strings.Join(ids, ", ")}
}

// owner is the process of ours that listens at a loopback address, or nil.
func owner(addr string) *proc.Process {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return nil
	}
	all, err := proc.All()
	if err != nil {
		return nil
	}
	for _, p := range all {
		if p.Isolated("net") {
			continue
		}
		for _, l := range p.Listens() {
			if strconv.Itoa(l.Port) == port {
				return p
			}
		}
	}
	return nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Again finds the program that took the place of one that is gone: by the name
// that the user gave, or, if that was the number of a process, by what it is. One
// that was there before it is a brother and no successor.
func Again(ctx context.Context, was *Target, name string) (*Target, error) {
	t, err := Resolve(ctx, name)
	if err == nil || was == nil || was.Process == nil {
		return t, err
	}
	besides := untouched
	if was.Worker != "" {
		besides = withWorkers
	}
	all, findErr := find(ctx, os.Getpid(), besides)
	if findErr != nil {
		return nil, err
	}
	var fits []*Target
	for _, t := range all {
		if t.Kind == was.Kind && t.Name == was.Name && t.Worker == was.Worker && t.Process != nil && slices.Equal(t.Process.Args, was.Process.Args) &&
			t.Process.Start > was.Process.Start {
			fits = append(fits, t)
		}
	}
	if len(fits) != 1 {
		return nil, err
	}
	return fits[0], nil
}
