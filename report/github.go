package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// GitHub reads commands from the log: lines that begin, behind white space, with
// "::", and "##[" wherever it stands. So a log that shows names of a heap is
// written through a [Guard], and annotations escape what they quote.

// mostAnnotations is how many errors, or warnings, GitHub shows of a step, less
// one that counts the others.
const mostAnnotations = 9

// GitHubAnnotations writes a command for each issue of a report that Check
// made, and for each warning about its rules: at most 9 errors and 9 warnings,
// and how many more there are.
func GitHubAnnotations(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("annotations")
	}
	var b strings.Builder
	told := map[level]int{}
	annotate := func(l level, place string, text ...string) {
		if told[l]++; told[l] <= mostAnnotations {
			b.WriteString("::" + annotationName(l) + " " + place + "title=heapdiff::" + githubData(strings.Join(text, "\n")) + "\n")
		}
	}
	issues := j.issues()
	for _, i := range issues {
		if i.level == suppressed {
			continue
		}
		text := []string{i.message}
		if i.finding != nil {
			text = append(text, explain(i.finding)[1:]...)
		}
		annotate(i.level, placeProperties(&i), text...)
	}
	for _, text := range RuleWarnings(d) {
		if !slices.ContainsFunc(issues, func(i issue) bool { return i.message == text }) {
			annotate(warned, "", text)
		}
	}
	for _, l := range []level{failed, warned} {
		if more := told[l] - mostAnnotations; more > 0 {
			fmt.Fprintf(&b, "::%s title=heapdiff::and %s more: see the job summary\n", annotationName(l), count(more).format(false))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// placeProperties are where an issue is in the sources, as a command has it.
func placeProperties(i *issue) string {
	if !i.located {
		return ""
	}
	place := "file=" + githubProperty(visible(i.source.file)) + fmt.Sprintf(",line=%d,", i.source.line)
	if i.source.column > 0 {
		place += fmt.Sprintf("col=%d,", i.source.column)
	}
	return place
}

func annotationName(l level) string {
	if l == failed {
		return "error"
	}
	return "warning"
}

// githubData escapes the text of a command, githubProperty one of its properties.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(apartHashes(s))
}

func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(apartHashes(s))
}

// apartHashes puts a space between two hashes: "##[error]" and "##vso[" are
// commands wherever they stand.
func apartHashes(s string) string {
	for strings.Contains(s, "##") {
		s = strings.ReplaceAll(s, "##", "# #")
	}
	return s
}

// Guard writes text into a log that is read for commands: each line behind a
// mark that none begins with, and no two hashes side by side. The first line,
// which begins with a word of ours, has no mark.
type Guard struct {
	w     io.Writer
	begun bool
	line  []byte
}

// NewGuard returns a Guard that writes to w; Close writes what is left.
func NewGuard(w io.Writer) *Guard { return &Guard{w: w} }

// Write takes text of any length.
func (g *Guard) Write(p []byte) (int, error) {
	for rest := p; ; {
		line, after, ended := strings.Cut(string(rest), "\n")
		g.line = append(g.line, line...)
		if !ended {
			return len(p), nil
		}
		if err := g.flush(); err != nil {
			return 0, err
		}
		rest = []byte(after)
	}
}

func (g *Guard) flush() error {
	text := apartHashes(strings.ReplaceAll(string(g.line), "\r", `\r`))
	g.line = g.line[:0]
	if g.begun && text != "" {
		text = guardMark + text
	}
	g.begun = true
	_, err := io.WriteString(g.w, text+"\n")
	return err
}

// guardMark is what lines of a guarded log begin with.
const guardMark = "| "

// Close writes a last line that has no end.
func (g *Guard) Close() error {
	if len(g.line) == 0 {
		return nil
	}
	return g.flush()
}

// summaryLimit is how many bytes a job summary may have.
const summaryLimit = 1 << 20

// GitHubSummary writes the report as a job summary, behind what is there
// already: so many bytes. It is cut, with a note, before the limit.
func GitHubSummary(w io.Writer, d *Document, there int64) error {
	var b strings.Builder
	if err := writeMarkdown(&b, d); err != nil {
		return err
	}
	text := b.String()
	const note = "\n\n*Cut: a job summary may have 1 MiB.*\n"
	if room := summaryLimit - there - 1; int64(len(text)) > room {
		if room < int64(len(note)) {
			return nil
		}
		text = text[:room-int64(len(note))]
		// Half a line may be half a table or half a character.
		text = text[:strings.LastIndexByte(text, '\n')+1] + note
	}
	_, err := io.WriteString(w, text)
	return err
}
