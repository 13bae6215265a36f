package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
)

// AddIgnore returns the text of a configuration with an ignore at its end. All
// else, comments included, stays as it is. It fails if the text is not a
// configuration, or ignores the same already.
func AddIgnore(path, text string, g Ignore) (string, error) {
	c, err := ParseConfig(path, text)
	if err != nil {
		return "", err
	}
	for i := range c.Ignores {
		if c.Ignores[i].What() == g.What() {
			return "", &ConfigError{Path: path, Line: c.Ignores[i].Line, Column: 1, What: g.What() + " is ignored already"}
		}
	}
	var b strings.Builder
	b.WriteString(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
	if strings.TrimSpace(text) != "" {
		b.WriteByte('\n')
	}
	b.WriteString("[[ignore]]\n")
	for _, key := range []struct{ name, value string }{
		{"fingerprint", g.Fingerprint}, {"path", g.Path}, {"class", g.Class}, {"reason", g.Reason},
	} {
		if key.value != "" {
			fmt.Fprintf(&b, "%s = %s\n", key.name, tomlString(key.value))
		}
	}
	if !g.Until.IsZero() {
		fmt.Fprintf(&b, "until = %s\n", g.Until.Format(time.DateOnly))
	}
	if g.Max > 0 {
		size := human.Bytes(g.Max)
		if n, err := human.ParseSize(size); err != nil || n != g.Max {
			size = human.Count(g.Max) + " B"
		}
		fmt.Fprintf(&b, "max = %s\n", tomlString(size))
	}
	if _, err := ParseConfig(path, b.String()); err != nil {
		return "", err
	}
	return b.String(), nil
}

// tomlString writes a basic string.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
