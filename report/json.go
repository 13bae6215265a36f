package report

import (
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/diff"
)

// The names of the JSON reports. A number goes up when a field is taken away or
// changes its meaning; fields that are added leave it. docs/report-schema.md
// describes every field.
const (
	compareSchema   = "heapdiff/report/1"
	inspectSchema   = "heapdiff/inspect/1"
	retainersSchema = "heapdiff/retainers/1"
	explainSchema   = "heapdiff/explain/1"
)

// writeJSON writes everything that was found, whatever the other formats hide.
func writeJSON(w io.Writer, d *Document) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d.data); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	_, err := w.Write(asciiControls(b.Bytes()))
	return err
}

// asciiControls writes characters that do not show, such as the ones that turn
// text around, as \u escapes. Outside of strings JSON has none, and inside it
// means the same, so nothing is lost and a terminal is safe.
func asciiControls(text []byte) []byte {
	var out []byte
	done := 0
	for i, width := 0, 0; i < len(text); i += width {
		var r rune
		r, width = utf8.DecodeRune(text[i:])
		if r < 0x7f || unicode.IsPrint(r) {
			continue
		}
		out = append(out, text[done:i]...)
		done = i + width
		if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
			out = fmt.Appendf(out, `\u%04x\u%04x`, r1, r2)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return append(out, text[done:]...)
}

type stepJSON struct {
	Edge  string `json:"edge"`
	Class string `json:"class"`
	ID    uint64 `json:"id"`
	Where string `json:"where"`
}

func stepsJSON(steps []diff.Step) []stepJSON {
	out := make([]stepJSON, len(steps))
	for i, s := range steps {
		out[i] = stepJSON(s)
	}
	return out
}

// warningsJSON is never null: a reader may count on a list.
func warningsJSON(warnings []string) []string {
	if warnings == nil {
		return []string{}
	}
	return warnings
}
