package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/serve"
)

// serveFlags say whether and to whom a watch is shown over HTTP.
type serveFlags struct {
	addr, tokenFile string
	hosts           []string
	actions         bool
	expression      string
}

func (o *serveFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&o.addr, "serve", "", "show status, metrics and a page at `HOST:PORT`, such as 127.0.0.1:9300")
	flags.StringVar(&o.tokenFile, "token-file", "", "with --serve: ask for the token in `FILE`; needed to serve other machines")
	flags.StringArrayVar(&o.hosts, "allow-host", nil, "with --serve: also answer under this `NAME`")
	flags.BoolVar(&o.actions, "allow-actions", false, "with --serve: let who has the token force a collection")
	flags.StringVar(&o.expression, "clear-expr", "", "with --allow-actions: run this JavaScript `EXPRESSION` in the program before it")
}

func (o *serveFlags) check(c *command) error {
	if o.addr == "" {
		if o.tokenFile != "" || o.actions || o.expression != "" || len(o.hosts) > 0 {
			return &usageError{command: c, what: "--token-file, --allow-host, --allow-actions and --clear-expr need --serve"}
		}
		return nil
	}
	host, _, err := net.SplitHostPort(o.addr)
	if err != nil {
		return &usageError{command: c, what: "--serve=" + o.addr + ": needs a host and a port", try: "--serve 127.0.0.1:9300"}
	}
	if o.tokenFile == "" && !loopback(host) {
		return &usageError{command: c, what: "--serve=" + o.addr + ": other machines could read it", try: "127.0.0.1, or --token-file FILE"}
	}
	if o.expression != "" && !o.actions {
		return &usageError{command: c, what: "--clear-expr needs --allow-actions"}
	}
	return nil
}

func loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// served is the server of a watch; its methods do nothing if there is none.
type served struct {
	server *serve.Server
	addr   string
	cancel context.CancelFunc
	ended  chan struct{}
}

// start begins to serve.
func (o *serveFlags) start(ctx context.Context, w world, subjects []*subject, audit live.Audit) (*served, error) {
	s := &served{}
	if o.addr == "" {
		return s, nil
	}
	options := serve.Options{Hosts: o.hosts, Now: time.Now}
	for _, one := range subjects {
		options.Targets = append(options.Targets, one.name)
	}
	host, _, _ := net.SplitHostPort(o.addr)
	options.All = o.tokenFile != "" || !loopback(host)
	var err error
	if options.Token, err = o.token(w); err != nil {
		return nil, err
	}
	if o.actions {
		options.Clear = func(ctx context.Context, target string) (any, error) {
			for _, one := range subjects {
				if one.name == target {
					return one.handle.Clear(ctx, o.expression, func(what string, pause time.Duration) {
						audit(what+" in "+target+", as was asked over HTTP", pause)
					})
				}
			}
			return nil, errors.New("no such target is watched")
		}
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return nil, fmt.Errorf("--serve: %w", err)
	}
	s.addr = "http://" + l.Addr().String() + "/"
	fmt.Fprintf(w.stderr, "serving %s\n", s.addr)
	s.server = serve.New(options)
	ctx, s.cancel = context.WithCancel(ctx)
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		if err := s.server.Listen(ctx, l); err != nil {
			w.complain("--serve: "+err.Error(), "")
		}
	}()
	return s, nil
}

// token is the one of the file, or a new one where one is needed.
func (o *serveFlags) token(w world) (string, error) {
	const least = 16
	switch {
	case o.tokenFile != "":
		text, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return "", err
		}
		token := strings.TrimSpace(string(text))
		if len(token) < least {
			return "", fmt.Errorf("%s: a token needs %d characters or more", o.tokenFile, least)
		}
		return token, nil
	case o.actions:
		token := rand.Text()
		fmt.Fprintf(w.stderr, "token of this run: %s\n", token)
		return token, nil
	}
	return "", nil
}

func (s *served) publish(of *subject, st *live.Status) {
	if s.server != nil {
		s.server.Publish(of.name, live.ViewOf(of.name, st, of.tracker.Samples()))
	}
}

// footer says on a screen where it is served.
func (s *served) footer() string {
	if s.addr == "" {
		return ""
	}
	return " · " + s.addr
}

func (s *served) stop() {
	if s.server != nil {
		s.cancel()
		<-s.ended
	}
}
