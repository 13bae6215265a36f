package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/heapdiff/heapdiff/report"
)

// ci is the service that runs this, of those whose log is read for commands.
type ci uint8

const (
	noCI ci = iota
	gitHub
	gitLab
)

func detectCI(w world) ci {
	switch {
	case w.getenv("GITHUB_ACTIONS") == "true":
		return gitHub
	case w.getenv("GITLAB_CI") == "true":
		return gitLab
	}
	return noCI
}

// sourceRoot is the folder that the sources of the program are in.
func sourceRoot(w world) string {
	for _, name := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE"} {
		if dir := w.getenv(name); dir != "" {
			return dir
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}

// log writes a report in text to the log: the verdict in the open, the rest
// folded, and no line that begins with what comes out of a heap.
func (c ci) log(out io.Writer, d *report.Document, write func(io.Writer, *report.Document) error) error {
	if c == noCI {
		return write(out, d)
	}
	fold := &folder{out: out, ci: c, now: time.Now}
	g := report.NewGuard(fold)
	if err := write(g, d); err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	return fold.close()
}

// folder lets the first line pass and puts the others into a group.
type folder struct {
	out    io.Writer
	ci     ci
	now    func() time.Time
	lines  int
	opened bool
}

// Write takes whole lines, as a Guard writes them.
func (f *folder) Write(p []byte) (int, error) {
	f.lines++
	if f.lines == 2 {
		f.opened = true
		if err := f.mark("start"); err != nil {
			return 0, err
		}
	}
	return f.out.Write(p)
}

func (f *folder) close() error {
	if !f.opened {
		return nil
	}
	return f.mark("end")
}

func (f *folder) mark(what string) error {
	text := map[string]string{"start": "::group::heapdiff: the report\n", "end": "::endgroup::\n"}[what]
	if f.ci == gitLab {
		text = fmt.Sprintf("\x1b[0Ksection_%s:%d:heapdiff_report\r\x1b[0K\n", what, f.now().Unix())
		if what == "start" {
			text = fmt.Sprintf("\x1b[0Ksection_start:%d:heapdiff_report[collapsed=true]\r\x1b[0Kheapdiff: the report\n", f.now().Unix())
		}
	}
	_, err := io.WriteString(f.out, text)
	return err
}

// tell writes what is shown beside the folded report. GitHub has annotations,
// which are lines on standard error, where nobody's report is, and the job
// summary; elsewhere warnings about the rules are in the open, at least.
func (c ci) tell(w world, d *report.Document) error {
	if c == gitLab {
		for _, warning := range report.RuleWarnings(d) {
			fmt.Fprintf(w.stderr, "warning: %s\n", warning)
		}
	}
	if c != gitHub {
		return nil
	}
	if err := report.GitHubAnnotations(w.stderr, d); err != nil {
		return err
	}
	path := w.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fileError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fileError(path, err)
	}
	if err := report.GitHubSummary(f, d, info.Size()); err != nil {
		return fileError(path, err)
	}
	return f.Close()
}
