package gate

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
)

// field is the value of one key, and where it stands.
type field struct {
	r     *configReader
	table string
	index int
	key   string
	value any
}

func (f field) fault(format string, args ...any) *ConfigError {
	return f.r.at(f.table, f.index, f.key, fmt.Sprintf(format, args...))
}

func (f field) word() (string, error) {
	s, ok := f.value.(string)
	switch {
	case !ok:
		return "", f.fault("%s is a text in quotes", f.key)
	case strings.TrimSpace(s) == "":
		return "", f.fault("%s is empty", f.key)
	}
	return s, nil
}

func (f field) words() ([]string, error) {
	if s, ok := f.value.(string); ok {
		return []string{s}, nil
	}
	list, ok := f.value.([]any)
	if !ok {
		return nil, f.fault(`%s is a list of texts: ["…", "…"]`, f.key)
	}
	out := make([]string, len(list))
	for i, v := range list {
		if out[i], ok = v.(string); !ok {
			return nil, f.fault(`%s is a list of texts: ["…", "…"]`, f.key)
		}
	}
	return out, nil
}

func (f field) flag() (bool, error) {
	b, ok := f.value.(bool)
	if !ok {
		return false, f.fault("%s is true or false", f.key)
	}
	return b, nil
}

func (f field) count() (int, error) {
	n, ok := f.value.(int64)
	if !ok || n < 0 || n > math.MaxInt32 {
		return 0, f.fault("%s is a number that is not negative", f.key)
	}
	return int(n), nil
}

// size reads a size in words or in bytes.
func (f field) size() (uint64, error) {
	switch v := f.value.(type) {
	case int64:
		if v >= 0 {
			return uint64(v), nil
		}
	case string:
		n, err := human.ParseSize(v)
		if err == nil {
			return n, nil
		}
	}
	return 0, f.fault(`%s is a size: "5MiB", or bytes`, f.key)
}

// day reads a date, with or without quotes.
func (f field) day() (time.Time, error) {
	switch v := f.value.(type) {
	case time.Time:
		return time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC), nil
	case string:
		if day, err := ParseDay(v); err == nil {
			return day, nil
		}
	}
	return time.Time{}, f.fault("%s is a day: 2027-01-31", f.key)
}

// ParseDay reads a day such as 2027-01-31.
func ParseDay(s string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day: write 2027-01-31", s)
	}
	return day, nil
}

// inExpression says where in the file an expression is wrong.
func (f field) inExpression(text string, err error) error {
	e := f.fault("%s", err)
	var in *ExprError
	if !errors.As(err, &in) {
		return e
	}
	e.What, e.Near = fmt.Sprintf("%q: %s", in.Text, in.What), in.Near
	// The expression stands behind the key, in quotes, unless it has escapes.
	lines := strings.SplitAfter(f.r.text, "\n")
	for i := e.Line - 1; i >= 0 && i < len(lines); i++ {
		from := 0
		if i == e.Line-1 {
			from = e.Column - 1
		}
		for _, q := range []string{`"`, `'`} {
			if at := strings.Index(lines[i][from:], q+text+q); at >= 0 {
				e.Line, e.Column = i+1, from+at+1+in.Column
				return e
			}
		}
	}
	return e
}

var (
	header = regexp.MustCompile(`^\s*\[\[?\s*([A-Za-z0-9_"'.\- ]+?)\s*\]\]?`)
	assign = regexp.MustCompile(`^\s*([A-Za-z0-9_"'.\- ]+?)\s*=`)
)

// locate returns the line and the column, counted from 1, of a key in the
// index-th table of a name, of any table of the name if index is negative, or of
// the table itself if the key is "" or not found. It returns 0, 0 if there is
// no such table. It is for errors only: it reads keys at the beginning of lines.
func locate(text, table string, index int, key string) (line, column int) {
	current, seen := "", -1
	unquoted := strings.NewReplacer(`"`, "", `'`, "", " ", "")
	for i, s := range strings.Split(text, "\n") {
		if m := header.FindStringSubmatchIndex(s); m != nil {
			current = unquoted.Replace(s[m[2]:m[3]])
			if current == table {
				seen++
				if index < 0 && line == 0 || seen == index {
					line, column = i+1, m[2]+1
				}
			}
			if table == "" && current == key {
				return i + 1, m[2] + 1
			}
			continue
		}
		m := assign.FindStringSubmatchIndex(s)
		if m == nil || key == "" {
			continue
		}
		name := unquoted.Replace(s[m[2]:m[3]])
		if current != "" {
			name = current + "." + name
		}
		full := key
		if table != "" && !strings.HasPrefix(key, table+".") {
			full = table + "." + key
		}
		if name == full && (index < 0 || current == "" || seen == index || table == "") {
			return i + 1, m[2] + 1
		}
	}
	return line, column
}
