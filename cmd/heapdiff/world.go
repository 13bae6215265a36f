package main

import (
	"io"
	"os"
	"strconv"
	"sync"

	"golang.org/x/term"

	"github.com/heapdiff/heapdiff/internal/budget"
)

// world is what a run has to do with outside of files.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	memory         budget.Limit // how much heaps may take; set once flags are read
	tmp            string       // where a part of larger heaps may lie, or ""

	// What must be done before the program ends, even if it is interrupted: to close
	// what was opened in other programs, say.
	owed *sync.WaitGroup
}

// system is the world of the process.
func system() world {
	return world{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}
}

// terminal says whether w is one that is looked at by a person.
func (w world) terminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && w.getenv("TERM") != "dumb"
}

// colors says whether colours are welcome on standard output.
func (w world) colors() bool {
	return w.getenv("NO_COLOR") == "" && w.terminal(w.stdout)
}

// size is how many columns and lines standard output has; zeros if it is no
// terminal.
func (w world) size() (columns, lines int) {
	if f, ok := w.stdout.(*os.File); ok {
		if columns, lines, err := term.GetSize(int(f.Fd())); err == nil {
			return columns, lines
		}
	}
	return 0, 0
}

// width is how many columns standard output has, or 0 if it is no terminal.
func (w world) width() int {
	f, ok := w.stdout.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	if n, err := strconv.Atoi(w.getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}
