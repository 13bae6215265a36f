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

// alertFlags say who is told of a leak besides the log, and what is done.
type alertFlags struct {
	exec, webhook string
	capture       string
	again         time.Duration
}

func (o *alertFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&o.exec, "exec", "", "on an alert run `COMMAND` with its JSON on standard input")
	flags.StringVar(&o.webhook, "webhook", "", "on an alert send its JSON to `URL`")
	flags.StringVar(&o.capture, "capture", "", "on the first two alerts take a heap snapshot into `FILE`, numbered")
	flags.DurationVar(&o.again, "alert-again", 15*time.Minute, "tell again after a `TIME` while it leaks (default: 15m)")
}

func (o *alertFlags) new(b *board, s *subject) *alerter {
	return &alerter{o: o, board: b, subject: s}
}

// alerter tells when a program begins to leak, when that becomes critical, and
// again every so often.
type alerter struct {
	o        *alertFlags
	board    *board
	subject  *subject
	state    trend.State
	told     time.Time
	captured []string // files
}

// alert is what programs are given.
type alert struct {
	Target string       `json:"target"`
	State  trend.State  `json:"state"`
	Text   string       `json:"text"`
	Status *live.Status `json:"status"`
}

func (a *alerter) look(ctx context.Context, st *live.Status) {
	rising := st.State > a.state
	a.state = st.State
	if st.State < trend.Leaking || !rising && st.Time.Sub(a.told) < a.o.again {
		return
	}
	a.told = st.Time
	name := a.subject.name
	text := alertText(name, st)
	a.board.note(text)
	body, err := json.Marshal(alert{name, st.State, text, st})
	if err != nil {
		a.board.note("heapdiff: alert: " + err.Error() + "\n")
		return
	}
	// Who is told may be slow; samples are not missed for it.
	a.board.reactions.Go(func() { a.tell(ctx, body) })
	if a.o.capture != "" && len(a.captured) < 2 {
		a.take(ctx)
	}
}

// reaction bounds what an alert starts.
const reaction = 30 * time.Second

func (a *alerter) tell(ctx context.Context, body []byte) {
	// Not the end of the watch ends it, but its own time does.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reaction)
	defer cancel()
	if a.o.exec != "" {
		if err := a.run(ctx, body); err != nil {
			a.board.note("heapdiff: --exec: " + err.Error() + "\n")
		}
	}
	if a.o.webhook != "" {
		if err := a.post(ctx, body); err != nil {
			a.board.note("heapdiff: --webhook: " + err.Error() + "\n")
		}
	}
}

func (a *alerter) run(ctx context.Context, body []byte) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", a.o.exec)
	cmd.Stdin = bytes.NewReader(body)
	cmd.WaitDelay = time.Second // what it left running does not keep us
	said, err := cmd.CombinedOutput()
	if len(said) > 0 {
		a.board.note(string(said))
	}
	if ctx.Err() != nil {
		return fmt.Errorf("it did not end within %s", human.Duration(reaction))
	}
	return err
}

func (a *alerter) post(ctx context.Context, body []byte) error {
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

// take takes a snapshot through the session that watches, so that the second one
// can be compared object by object with the first.
func (a *alerter) take(ctx context.Context) {
	path := numbered(labeled(a.o.capture, a.subject.label), len(a.captured)+1)
	fault := func(err error) { a.board.note("heapdiff: --capture: " + err.Error() + "\n") }
	t := a.subject.target
	if t == nil {
		return
	}
	done, err := a.subject.handle.Capture(ctx, t, live.CaptureOptions{
		Path: path, Form: live.Heap, Wait: sleep,
		Progress: func(string, int64, int64) {},
		Audit:    func(string, time.Duration) {},
	})
	if err != nil {
		fault(err)
		return
	}
	a.captured = append(a.captured, path)
	text := fmt.Sprintf("%s: %s; the program stood still for %s\n", path, human.Bytes(done.Size), human.Duration(done.Pause))
	if len(a.captured) == 2 {
		text += "  next: heapdiff " + strings.Join(a.captured, " ") + "\n"
	}
	a.board.note(text)
}

// alertText is what the log is told.
func alertText(name string, st *live.Status) string {
	var b strings.Builder
	for _, v := range st.Verdicts {
		if v.Verdict.State < trend.Leaking {
			continue
		}
		fmt.Fprintf(&b, "heapdiff: LEAK DETECTED in %s: %s, %s\n", name, v.What, v.Verdict.State)
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
