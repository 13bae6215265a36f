package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/trend"
)

// alertFlags say who is told of a leak besides the log.
type alertFlags struct {
	exec, webhook string
	again         time.Duration
}

func (o *alertFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&o.exec, "exec", "", "on an alert run `COMMAND` with its JSON on standard input")
	flags.StringVar(&o.webhook, "webhook", "", "on an alert send its JSON to `URL`")
	flags.DurationVar(&o.again, "alert-again", 15*time.Minute, "tell again after a `TIME` while it leaks")
}

func (o *alertFlags) new(w world, clock live.Clock) *alerter {
	return &alerter{w: w, o: o, clock: clock}
}

// alerter tells when a program begins to leak, when that becomes critical, and
// again every so often.
type alerter struct {
	w     world
	o     *alertFlags
	clock live.Clock
	state trend.State
	told  time.Time
}

// alert is what programs are given.
type alert struct {
	Target string       `json:"target"`
	State  trend.State  `json:"state"`
	Text   string       `json:"text"`
	Status *live.Status `json:"status"`
}

func (a *alerter) look(ctx context.Context, name string, st *live.Status) {
	rising := st.State > a.state
	a.state = st.State
	if st.State < trend.Leaking || !rising && st.Time.Sub(a.told) < a.o.again {
		return
	}
	a.told = st.Time
	text := alertText(name, st)
	fmt.Fprint(a.w.stderr, printableLines(text))
	body, err := json.Marshal(alert{name, st.State, text, st})
	if err != nil {
		a.w.complain("alert: "+err.Error(), "")
		return
	}
	if a.o.exec != "" {
		if err := a.run(ctx, body); err != nil {
			a.w.complain("--exec: "+err.Error(), "")
		}
	}
	if a.o.webhook != "" {
		if err := a.post(ctx, body); err != nil {
			a.w.complain("--webhook: "+err.Error(), "")
		}
	}
}

// reaction bounds what an alert starts.
const reaction = 30 * time.Second

func (a *alerter) run(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, reaction)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", a.o.exec)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(body), a.w.stderr, a.w.stderr
	return cmd.Run()
}

func (a *alerter) post(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, reaction)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.o.webhook, bytes.NewReader(body))
	if err != nil {
		return errors.New("is no address")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if inURL := new(url.Error); errors.As(err, &inURL) {
			err = inURL.Err // the address may hold a token
		}
		return err
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		return errors.New("it answers with status " + resp.Status)
	}
	return nil
}

// alertText is what the log is told.
func alertText(name string, st *live.Status) string {
	var b strings.Builder
	for _, v := range st.Verdicts {
		if v.Verdict.State < trend.Leaking {
			continue
		}
		fmt.Fprintf(&b, "heapdiff: %s LEAK DETECTED in %s (%s)\n", strings.ToUpper(v.What), name, v.Verdict.State)
		fmt.Fprintf(&b, "  rate: %s\n", v.Text)
	}
	if st.ToLimit >= 0 {
		fmt.Fprintf(&b, "  time to the limit: %s\n", human.Duration(st.ToLimit))
	}
	if len(st.Culprits) > 0 {
		fmt.Fprintf(&b, "  likely culprits: %s\n", strings.Join(st.Culprits, "; "))
	}
	return b.String()
}
