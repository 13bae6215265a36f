package report

import "io"

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

// CheckFormats are those of reports that Check made: what CI reads as well.
func CheckFormats() []Format {
	return append(Formats(), []Format{
		{"junit", writeJUnit},
		{"sarif", writeSARIF},
		{"gitlab", writeGitLab},
		{"metrics", writeMetrics},
		{"ndjson", writeNDJSON},
	}...)
}
