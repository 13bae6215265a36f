package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestExamples holds that what help tells people to type can be typed.
func TestExamples(t *testing.T) {
	for _, c := range commands() {
		if len(c.examples) == 0 && c.name != "version" && c.name != "help" {
			t.Errorf("%s has no example", c.name)
		}
		for _, e := range c.examples {
			_, line, found := strings.Cut(e.line, "heapdiff ")
			if !found {
				t.Errorf("%q does not call heapdiff", e.line)
			}
			line, _, _ = strings.Cut(line, " | ")
			args := words(line)
			if named := commandNamed(commands(), args[0]); named != nil {
				args = args[1:]
				if named.name != c.name {
					t.Errorf("%q is an example of %s", e.line, c.name)
				}
			} else if c.name != "compare" {
				t.Errorf("%q is no example of %s", e.line, c.name)
			}
			flags := newFlags(c.name)
			c.declare(flags, new(resourceFlags))
			if err := flags.Parse(args); err != nil {
				t.Errorf("%q: %v", e.line, err)
			}
		}
	}
}

// words splits a command line as a shell does, as far as examples need it.
func words(line string) []string {
	var list []string
	word, quoted := "", false
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ' ' && !quoted:
			if word != "" {
				list = append(list, word)
			}
			word = ""
		default:
			word += string(r)
		}
	}
	return list
}

// TestHelpFits holds that help fits a terminal of ordinary width and shows all
// that can be set.
func TestHelpFits(t *testing.T) {
	for _, c := range commands() {
		var out bytes.Buffer
		if err := writeHelp(&out, c); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(line) - 1; n > 100 {
				t.Errorf("help %s: %d columns: %s", c.name, n, line)
			}
		}
		if c.reads && !strings.Contains(out.String(), "--max-memory SIZE") {
			t.Errorf("help %s does not show --max-memory", c.name)
		}
	}
}
