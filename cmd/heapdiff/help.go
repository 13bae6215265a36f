package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

func helpCommand() *command {
	c := &command{
		name:  "help",
		usage: "heapdiff help [COMMAND]",
		short: "show the flags of a command, with examples",
	}
	c.start = func(*pflag.FlagSet) action {
		return func(_ context.Context, w world, args []string) error {
			if len(args) == 0 {
				return writeOverview(w.stdout)
			}
			all := commands()
			if asked := commandNamed(all, args[0]); asked != nil {
				return writeHelp(w.stdout, asked)
			}
			return unknownCommand(c, args[0])
		}
	}
	return c
}

func unknownCommand(c *command, name string) error {
	e := &usageError{command: c, what: fmt.Sprintf("there is no command %q", name)}
	if near := nearest(name, commandNames()); near != "" {
		e.what += fmt.Sprintf("; did you mean %q?", near)
		return e
	}
	e.try = strings.Join(commandNames(), ", ")
	return e
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func writeOverview(w io.Writer) error {
	var b strings.Builder
	b.WriteString(`heapdiff says what grew between heap snapshots, who holds it, and by how much.

  heapdiff before.heapsnapshot after.heapsnapshot
`)
	widest := 0
	for _, c := range commands() {
		widest = max(widest, utf8.RuneCountInString(c.words()))
	}
	for _, p := range purposes() {
		fmt.Fprintf(&b, "\n%s\n", p.title)
		for _, c := range p.commands {
			fmt.Fprintf(&b, "  %-*s  %s\n", widest, c.words(), c.short)
		}
	}
	b.WriteString(`
FILE, BEFORE and AFTER are heap snapshots (.heapsnapshot of Node, Chrome and
others) or profiles (pprof of Go and others, .heapprofile), plain or compressed
with gzip or zstd; - is standard input. TARGET is what heapdiff ps lists.

Common flags
  --text PATH --md PATH --html PATH --json PATH   reports, several at once; - is standard output
  --all --top N --bytes --width N                 how much of them, and how exact
  --max-memory SIZE --tmp DIR --fast              for heaps beyond the memory of the machine
  -q, -v                                          say less, or what takes how long

Exit status
  0 done, or passed · 1 check, watch or diagnose found what must not be
  2 wrong usage or configuration · 3 input unreadable or not comparable
  4 too little memory · 130 interrupted

heapdiff help COMMAND shows its flags and examples.
`)
	_, err := io.WriteString(w, b.String())
	return err
}

// words are what stands on the command line behind the program's name, but flags.
func (c *command) words() string {
	return strings.ReplaceAll(strings.TrimPrefix(c.usage, "heapdiff "), " [flags]", "")
}

func writeHelp(w io.Writer, c *command) error {
	flags := newFlags(c.name)
	c.declare(flags, new(resourceFlags))
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nusage: %s\n", sentence(c.short), c.usage)
	if len(c.examples) > 0 {
		b.WriteString("\nexamples:\n")
	}
	for _, e := range c.examples {
		fmt.Fprintf(&b, "  %s\n      %s\n", e.line, e.about)
	}
	if c.long != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.long))
	}
	writeFlags(&b, flags)
	_, err := io.WriteString(w, b.String())
	return err
}

// topicKey marks flags with what they are about; see [about].
const topicKey = "topic"

// about declares flags that help shows together.
func about(topic string, flags *pflag.FlagSet, declare func()) {
	known := map[string]bool{}
	flags.VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	declare()
	flags.VisitAll(func(f *pflag.Flag) {
		if !known[f.Name] && f.Annotations[topicKey] == nil {
			f.Annotations = map[string][]string{topicKey: {topic}}
		}
	})
}

// writeFlags lists flags by what they are about: first those of the command itself.
func writeFlags(b *strings.Builder, flags *pflag.FlagSet) {
	topics := []string{""}
	listed := map[string][]*pflag.Flag{}
	widest := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		topic := strings.Join(f.Annotations[topicKey], "")
		if topic != "" && listed[topic] == nil {
			topics = append(topics, topic)
		}
		listed[topic] = append(listed[topic], f)
		name, _ := flagWords(f)
		widest = max(widest, len(name))
	})
	for _, topic := range topics {
		if len(listed[topic]) == 0 {
			continue
		}
		title := topic
		if title == "" {
			title = "flags"
		}
		fmt.Fprintf(b, "\n%s:\n", title)
		for _, f := range listed[topic] {
			name, text := flagWords(f)
			for i, line := range folded(text, helpWidth-widest-4) {
				if i > 0 {
					name = ""
				}
				fmt.Fprintf(b, "  %-*s  %s\n", widest, name, line)
			}
		}
	}
}

// helpWidth is how many columns help takes.
const helpWidth = 96

// flagWords are a flag as it is typed and what it does.
func flagWords(f *pflag.Flag) (name, text string) {
	value, text := pflag.UnquoteUsage(f)
	name = "    --" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", --" + f.Name
	}
	if value != "" && f.Value.Type() != "bool" {
		name += " " + value
	}
	return name, text
}

// folded breaks a text between words into lines of so many columns.
func folded(text string, room int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > room {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
