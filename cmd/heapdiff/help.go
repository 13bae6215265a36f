package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

func helpCommand() *command {
	c := &command{
		name:  "help",
		usage: "heapdiff help [COMMAND]",
		short: "show what a command does and which flags it has",
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
	}
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
	b.WriteString("heapdiff says what grew between two heap snapshots, who holds it, and by how much.\n\n")
	b.WriteString("usage:\n")
	all := commands()
	widest := 0
	for _, c := range all {
		widest = max(widest, len(c.usage))
	}
	for _, c := range all {
		fmt.Fprintf(&b, "  %-*s  %s\n", widest, c.usage, c.short)
	}
	b.WriteString(`
A FILE is a heap snapshot (.heapsnapshot of Node, Chrome and others), plain or
compressed with gzip or zstd, or - for standard input.

Exit status: 0 done · 1 a rule of check is broken · 2 wrong usage · 3 input
unreadable · 4 too little memory · 130 interrupted

heapdiff help COMMAND shows the flags of a command.
`)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeHelp(w io.Writer, c *command) error {
	flags := newFlags(c.name)
	c.start(flags)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nusage: %s\n", sentence(c.short), c.usage)
	if c.long != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.long))
	}
	if flags.HasAvailableFlags() {
		b.WriteString("\nflags:\n")
		writeFlags(&b, flags)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFlags(b *strings.Builder, flags *pflag.FlagSet) {
	var names, abouts []string
	widest := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, about := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if value != "" && f.Value.Type() != "bool" {
			name += " " + value
		}
		names, abouts, widest = append(names, name), append(abouts, about), max(widest, len(name))
	})
	for i := range names {
		fmt.Fprintf(b, "  %-*s  %s\n", widest, names[i], abouts[i])
	}
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
