package report

import (
	"io"
	"slices"
)

// Format is a way to write a report.
type Format struct {
	Name  string // as flags and file endings call it
	Write func(io.Writer, *Document) error
}

// Formats are all there are, the one for a terminal first.
func Formats() []Format {
	return []Format{
		{"text", writeText},
		{"md", writeMarkdown},
		{"html", writeHTML},
		{"json", writeJSON},
	}
}

// FormatNamed finds a format by its name.
func FormatNamed(name string) (f Format, ok bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}
