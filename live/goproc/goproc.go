// Package goproc asks a Go program that serves net/http/pprof how its
// heap does.
package goproc

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// Program is where it can be asked.
type Program struct {
	base   string // the address of /debug/pprof, without a slash at the end
	client *http.Client
}

// patience is how long an answer may take to begin, besides what was asked for.
const patience = 10 * time.Second

// NotPprofError says that something else answered.
type NotPprofError struct{ Addr, What string }

func (e *NotPprofError) Error() string {
	return fmt.Sprintf("%s does not serve pprof: %s", e.Addr, e.What)
}

// Hint is what to try.
func (e *NotPprofError) Hint() string {
	return `a Go program serves it with import _ "net/http/pprof"; heapdiff ps lists those that do`
}

// Open finds out whether pprof is served at address, such as
// http://127.0.0.1:6060/debug/pprof.
func Open(ctx context.Context, address string, dial func(ctx context.Context, network, addr string) (net.Conn, error)) (*Program, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, &NotPprofError{address, "not an address"}
	}
	p := &Program{
		base: strings.TrimSuffix(address, "/"),
		client: &http.Client{
			Transport: &http.Transport{DialContext: dial},
			CheckRedirect: func(req *http.Request, via []*http.Request) error {
				if req.URL.Host != via[0].URL.Host {
					return fmt.Errorf("it redirects to %s, which is not followed", req.URL.Host)
				}
				return nil
			},
		},
	}
	if _, err := p.Goroutines(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// Addr is the address without what may be secret.
func (p *Program) Addr() string {
	u, err := url.Parse(p.base)
	if err != nil {
		return ""
	}
	return u.Host
}

// get asks for a path; the caller closes what it gets.
func (p *Program) get(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &NotPprofError{p.Addr(), "not an address"}
	}
	resp, err := p.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if inURL := new(url.Error); errors.As(err, &inURL) {
			err = inURL.Err
		}
		return nil, &NotPprofError{p.Addr(), err.Error()}
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, &NotPprofError{p.Addr(), "it answers with status " + resp.Status}
	}
	return resp.Body, nil
}

// Profile writes a profile as the program gives it: "heap", "allocs", "goroutine",
// gzipped protocol buffers. With seconds it is of that time only. The heap is
// collected before it is told.
func (p *Program) Profile(ctx context.Context, name string, seconds int, w io.Writer) (int64, error) {
	query := url.Values{}
	if seconds > 0 {
		query.Set("seconds", strconv.Itoa(seconds))
	} else if name == "heap" {
		query.Set("gc", "1")
	}
	ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(seconds)*time.Second)
	defer cancel()
	body, err := p.get(ctx, p.base+"/"+name+"?"+query.Encode())
	if err != nil {
		return 0, err
	}
	defer body.Close()
	r := bufio.NewReader(body)
	if magic, err := r.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return 0, &NotPprofError{p.Addr(), "what it answers is no profile"}
	}
	n, err := io.Copy(w, r)
	if err != nil {
		return n, fmt.Errorf("%s: the profile was not finished: %w", p.Addr(), err)
	}
	return n, nil
}

// Stats are the runtime's, in bytes unless they count.
type Stats struct {
	HeapAlloc, HeapInuse, HeapIdle, HeapReleased, HeapSys, StackInuse, Sys, NextGC uint64
	NumGC                                                                          uint64
}

// Live is what the last collection left, as the next one's time tells: with the
// default GOGC of 100 it comes when the heap has doubled. Stacks count for it, too,
// which makes it a little too much.
func (s *Stats) Live(gogc int) uint64 { return s.NextGC * 100 / uint64(100+max(gogc, 1)) }

// Stats reads them from the end of the heap profile's text. Expvar has them, too;
// but where it is not served, the program's own code would answer the question.
func (p *Program) Stats(ctx context.Context, gc bool) (*Stats, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	query := "?debug=1"
	if gc {
		query += "&gc=1"
	}
	body, err := p.get(ctx, p.base+"/heap"+query)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	s := new(Stats)
	fields := map[string]*uint64{
		"HeapAlloc": &s.HeapAlloc, "HeapInuse": &s.HeapInuse, "HeapIdle": &s.HeapIdle, "HeapReleased": &s.HeapReleased,
		"HeapSys": &s.HeapSys, "NextGC": &s.NextGC, "NumGC": &s.NumGC, "Sys": &s.Sys,
	}
	found := 0
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "# "), " = ")
		if !ok {
			continue
		}
		if name == "Stack" {
			value, _, _ = strings.Cut(value, " / ")
			s.StackInuse, _ = strconv.ParseUint(value, 10, 64)
		}
		if to := fields[name]; to != nil {
			if *to, err = strconv.ParseUint(value, 10, 64); err == nil {
				found++
			}
		}
	}
	if err := lines.Err(); err != nil || found < len(fields) {
		return nil, &NotPprofError{p.Addr(), "its heap profile has no statistics"}
	}
	return s, nil
}

// Site is where memory in use was allocated.
type Site struct {
	Bytes uint64   `json:"bytes"`
	Count uint64   `json:"count"`
	Stack []string `json:"stack"` // function and file:line, the innermost first
}

// largestProfile bounds what is read of one, packed and unpacked.
const largestProfile = 64 << 20

// Sites are where the memory in use after a collection was allocated, the largest
// first: by the frames that are the program's own as far as that can be told.
func (p *Program) Sites(ctx context.Context) ([]Site, error) {
	var packed bytes.Buffer
	if _, err := p.Profile(ctx, "heap", 0, &limited{&packed, largestProfile}); err != nil {
		return nil, err
	}
	unpacked, err := unpack(&packed)
	if err != nil {
		return nil, &NotPprofError{p.Addr(), err.Error()}
	}
	read, err := profile.ParseUncompressed(unpacked)
	if err == nil {
		err = read.CheckValid()
	}
	if err != nil {
		return nil, &NotPprofError{p.Addr(), "its heap profile is not understood"}
	}
	objects, space := -1, -1
	for i, t := range read.SampleType {
		switch t.Type {
		case "inuse_objects":
			objects = i
		case "inuse_space":
			space = i
		}
	}
	if objects < 0 || space < 0 {
		return nil, &NotPprofError{p.Addr(), "its heap profile has no memory in use"}
	}
	sites := map[string]*Site{}
	for _, s := range read.Sample {
		stack := ownFrames(s)
		key := strings.Join(stack, "\n")
		if sites[key] == nil {
			sites[key] = &Site{Stack: stack}
		}
		sites[key].Bytes += uint64(max(s.Value[space], 0))
		sites[key].Count += uint64(max(s.Value[objects], 0))
	}
	list := make([]Site, 0, len(sites))
	for _, s := range sites {
		if s.Bytes > 0 {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list, func(a, b Site) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), slices.Compare(a.Stack, b.Stack))
	})
	return list, nil
}

// ownFrames are the innermost four that are not the runtime's.
func ownFrames(s *profile.Sample) []string {
	var stack []string
	for _, l := range s.Location {
		for _, line := range l.Line {
			if line.Function == nil || len(stack) == 0 && strings.HasPrefix(line.Function.Name, "runtime.") {
				continue
			}
			stack = append(stack, fmt.Sprintf("%s %s:%d", line.Function.Name, line.Function.Filename, line.Line))
			if len(stack) == 4 {
				return stack
			}
		}
	}
	if len(stack) == 0 {
		stack = []string{"(runtime)"}
	}
	return stack
}

// unpack does so within bounds: a few packed bytes may be any number of them.
func unpack(packed io.Reader) ([]byte, error) {
	zip, err := gzip.NewReader(packed)
	if err != nil {
		return nil, errors.New("its heap profile is not understood")
	}
	var text bytes.Buffer
	if _, err := io.Copy(&limited{&text, largestProfile}, zip); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// limited takes no more than there is room for.
type limited struct {
	w    *bytes.Buffer
	room int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.room -= len(p); l.room < 0 {
		return 0, errors.New("the profile is too large to be looked at: capture it")
	}
	return l.w.Write(p)
}

// Leaked are goroutines that nothing can wake any more, where the program was built
// to tell (Go 1.27, or an experiment of 1.26); nil elsewhere.
func (p *Program) Leaked(ctx context.Context) []Group {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := p.get(ctx, p.base+"/goroutineleak?debug=1")
	if err != nil {
		return nil
	}
	defer body.Close()
	groups, err := readGroups(p.Addr(), body)
	if err != nil {
		return nil
	}
	return groups
}

// Group is goroutines that are at the same place.
type Group struct {
	Count int      `json:"count"`
	Stack []string `json:"stack"` // function and file:line, the innermost first
}

// Goroutines are all of them, the largest groups first.
func (p *Program) Goroutines(ctx context.Context) ([]Group, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := p.get(ctx, p.base+"/goroutine?debug=1")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return readGroups(p.Addr(), body)
}

func readGroups(addr string, r io.Reader) ([]Group, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "goroutine") {
		return nil, &NotPprofError{addr, "its goroutine profile is none"}
	}
	var groups []Group
	for lines.Scan() {
		line := lines.Text()
		if count, _, ok := strings.Cut(line, " @"); ok && !strings.HasPrefix(line, "#") {
			n, err := strconv.Atoi(count)
			if err != nil {
				return nil, &NotPprofError{addr, "its goroutine profile is not understood"}
			}
			groups = append(groups, Group{Count: n})
			continue
		}
		fields := strings.Fields(strings.TrimPrefix(line, "#"))
		if len(fields) < 2 || len(groups) == 0 {
			continue
		}
		g := &groups[len(groups)-1]
		where := fields[len(fields)-1]
		function, _, _ := strings.Cut(fields[1], "+0x")
		g.Stack = append(g.Stack, function+" "+where)
	}
	if err := lines.Err(); err != nil {
		return nil, &NotPprofError{addr, err.Error()}
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.Count, a.Count) })
	return groups, nil
}
