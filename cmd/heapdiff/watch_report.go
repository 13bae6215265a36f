package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/report"
)

// reportFormat tells the format of a report by the ending of its file.
func reportFormat(path string) (report.Format, bool) {
	name := map[string]string{".html": "html", ".htm": "html", ".md": "md", ".txt": "text"}[strings.ToLower(filepath.Ext(path))]
	for _, f := range report.Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return report.Format{}, false
}

// report writes what --report asks for.
func (b *board) report() error {
	for _, path := range b.o.reports {
		format, _ := reportFormat(path)
		var watched []live.Watched
		for _, s := range b.subjects {
			if s.last != nil {
				watched = append(watched, live.Watched{Name: s.name, Status: s.last, Samples: s.tracker.Samples(), Fate: s.fate()})
			}
		}
		if len(watched) == 0 {
			continue
		}
		document := live.WatchDocument(watched, report.Options{Tool: tool()})
		if err := b.w.writeOut(path, func(out io.Writer) error { return format.Write(out, document) }); err != nil {
			return err
		}
	}
	return nil
}
