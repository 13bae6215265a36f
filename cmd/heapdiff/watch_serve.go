package main

import (
	"context"
	"crypto/rand"
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
	name   string
	handle *live.Handle
	cancel context.CancelFunc
	ended  chan struct{}
}

func (o *serveFlags) start(ctx context.Context, w world, name string) (*served, error) {
	s := &served{name: name, handle: new(live.Handle)}
	if o.addr == "" {
		return s, nil
	}
	options := serve.Options{Hosts: o.hosts, Now: time.Now}
	host, _, _ := net.SplitHostPort(o.addr)
	options.All = !loopback(host)
	switch {
	case o.tokenFile != "":
		text, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return nil, err
		}
		if options.Token = strings.TrimSpace(string(text)); len(options.Token) < 16 {
			return nil, fmt.Errorf("%s: a token needs 16 characters or more", o.tokenFile)
		}
	case o.actions:
		options.Token = rand.Text()
		fmt.Fprintf(w.stderr, "token of this run: %s\n", options.Token)
	}
	if o.actions {
		options.Clear = func(ctx context.Context) (any, error) {
			return s.handle.Clear(ctx, o.expression, func(what string, _ time.Duration) {
				fmt.Fprintf(w.stderr, "%s, as was asked over HTTP\n", what)
			})
		}
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return nil, fmt.Errorf("--serve: %w", err)
	}
	fmt.Fprintf(w.stderr, "serving http://%s/\n", l.Addr())
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

func (s *served) publish(st *live.Status) {
	if s.server != nil {
		s.server.Publish(live.ViewOf(s.name, st))
	}
}

func (s *served) acts() *live.Handle { return s.handle }

func (s *served) stop() {
	if s.server != nil {
		s.cancel()
		<-s.ended
	}
}
