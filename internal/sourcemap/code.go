package sourcemap

import (
	"sort"
	"strings"
)

// code is generated code and its blocks: what stands between braces.
type code struct {
	text   string
	lines  []int   // line -> where it begins
	blocks []block // by where they begin
}

type block struct{ from, to, above int } // above is -1 for those within no other

// newCode finds lines and blocks. Braces in texts, comments and patterns are none.
func newCode(text string) *code {
	c := &code{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			c.lines = append(c.lines, i+1)
		}
	}
	inner := -1
	templates := []int{} // blocks that go back to a template where they end
	last := byte(0)      // the last character that is no space
	for i := 0; i < len(text); i++ {
		switch b := text[i]; b {
		case ' ', '\t', '\r', '\n':
			continue
		case '\'', '"':
			i = skipText(text, i)
		case '`':
			i = c.template(i+1, &inner, &templates)
		case '/':
			i = skipSlash(text, i, last)
		case '{':
			inner = c.open(i, inner)
		case '}':
			if inner < 0 {
				continue
			}
			ended := inner
			c.blocks[ended].to, inner = i, c.blocks[ended].above
			if n := len(templates); n > 0 && templates[n-1] == ended {
				templates = templates[:n-1]
				i = c.template(i+1, &inner, &templates)
			}
		}
		last = text[min(i, len(text)-1)]
	}
	return c
}

func (c *code) open(at, inner int) int {
	c.blocks = append(c.blocks, block{at, len(c.text), inner})
	return len(c.blocks) - 1
}

// template skips to the end of a template, or to code in it.
func (c *code) template(i int, inner *int, templates *[]int) int {
	for ; i < len(c.text); i++ {
		switch {
		case c.text[i] == '\\':
			i++
		case c.text[i] == '`':
			return i
		case strings.HasPrefix(c.text[i:], "${"):
			*inner = c.open(i+1, *inner)
			*templates = append(*templates, *inner)
			return i + 1
		}
	}
	return i
}

func skipText(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != quote && text[i] != '\n'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// skipSlash skips a comment or a pattern; a division is one character.
func skipSlash(text string, i int, last byte) int {
	switch {
	case strings.HasPrefix(text[i:], "//"):
		if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
			return i + end
		}
		return len(text)
	case strings.HasPrefix(text[i:], "/*"):
		if end := strings.Index(text[i+2:], "*/"); end >= 0 {
			return i + 2 + end + 1
		}
		return len(text)
	case last != 0 && strings.IndexByte("(,=:[!&|?{};+-*%~^<>", last) < 0:
		return i
	}
	set := false
	for j := i + 1; j < len(text) && text[j] != '\n'; j++ {
		switch text[j] {
		case '\\':
			j++
		case '[':
			set = true
		case ']':
			set = false
		case '/':
			if !set {
				return j
			}
		}
	}
	return i
}

// around returns the innermost block around a place, or -1.
func (c *code) around(at int) int {
	b := sort.Search(len(c.blocks), func(i int) bool { return c.blocks[i].from >= at }) - 1
	for b >= 0 && c.blocks[b].to < at {
		b = c.blocks[b].above
	}
	return b
}

// offset returns where a place is, or -1.
func (c *code) offset(line, column int) int {
	if line < 0 || line >= len(c.lines) {
		return -1
	}
	rest := c.text[c.lines[line]:]
	if at := offset(rest, 0, column); at >= 0 {
		return c.lines[line] + at
	}
	return -1
}

// use is a variable at one place of the code: what it was called there, and in
// which source.
type use struct{ name, source string }

// variable returns what a variable was called: the name that its map has for the
// use of it nearest around the function at a place.
func (f *file) variable(line, column int, name string) (was, source string) {
	from := f.code.offset(line, column)
	if from < 0 || name == "" {
		return "", ""
	}
	uses := map[int]use{} // block -> the first use there
	all := map[use]bool{}
	f.eachUse(name, func(at int, u use) {
		if b := f.code.around(at); uses[b].name == "" {
			uses[b] = u
		}
		all[u] = true
	})
	for b := f.code.around(from); ; b = f.code.blocks[b].above {
		if u, ok := uses[b]; ok {
			return u.name, u.source
		}
		if b < 0 {
			break
		}
	}
	if len(all) == 1 {
		for u := range all {
			return u.name, u.source
		}
	}
	return "", ""
}

// eachUse calls f with the pieces of the code that are a variable of that name.
func (f *file) eachUse(name string, met func(at int, u use)) {
	line, text, next, units := int32(-1), "", 0, int32(0)
	for _, s := range f.segments {
		if s.source < 0 || int(s.line) >= len(f.code.lines) {
			continue
		}
		if s.line != line {
			line, text, next, units = s.line, f.code.text[f.code.lines[s.line]:], 0, 0
		}
		next, units = forward(text, next, units, s.column)
		at := f.code.lines[line] + next
		if rest, ok := strings.CutPrefix(text[next:], name); !ok || identifier.MatchString(rest) || rest != "" && isDigit(rest[0]) ||
			at > 0 && f.code.text[at-1] == '.' {
			continue
		}
		u := use{name, f.sources[s.source].name}
		if s.name >= 0 {
			u.name = f.names[s.name]
		}
		met(at, u)
	}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// forward goes on in a line from a byte and its column to another column.
func forward(line string, at int, units, column int32) (int, int32) {
	for i, r := range line[at:] {
		if units >= column || r == '\n' {
			return at + i, units
		}
		if units++; r >= 0x10000 {
			units++
		}
	}
	return len(line), units
}
