package gate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/near"
)

// Expr is what a rule says: a metric, perhaps narrowed, compared with a limit.
// If the comparison holds, the rule is broken.
type Expr struct {
	Text   string // as the user wrote it
	Scope  Scope
	Metric Metric
	Op     Op
	Limit  Limit
}

// Op is a comparison.
type Op string

// The comparisons.
const (
	More      Op = ">"
	AtLeast   Op = ">="
	Less      Op = "<"
	AtMost    Op = "<="
	Equal     Op = "=="
	Different Op = "!="
)

func (o Op) holds(value, limit float64) bool {
	switch o {
	case More:
		return value > limit
	case AtLeast:
		return value >= limit
	case Less:
		return value < limit
	case AtMost:
		return value <= limit
	case Equal:
		return value == limit
	default:
		return value != limit
	}
}

// Limit is what a metric is compared with.
type Limit struct {
	Text    string  // as people write it: "5 MiB"
	Number  float64 // bytes, a count, or percent
	Percent bool    // of what Metric.Of says, or of nothing for a metric in percent
}

// ExprError says what is wrong with an expression, and where in it.
type ExprError struct {
	Text   string
	Column int // bytes from the beginning, counted from 1
	What   string
	Near   string // what was probably meant; may be empty
}

func (e *ExprError) Error() string {
	text := fmt.Sprintf("%q, column %d: %s", e.Text, e.Column, e.What)
	if e.Near != "" {
		text += fmt.Sprintf("; did you mean %s?", e.Near)
	}
	return text
}

// Parse reads an expression, [scope:]metric op value, and checks that its parts
// fit each other. Errors are *ExprError.
func Parse(text string) (Expr, error) {
	p := parser{text: text}
	return p.parse()
}

// parser works from the operator outwards: names of classes may have any
// character, and an operator is the last that stands outside of quotes.
type parser struct{ text string }

func (p *parser) fault(at int, near, format string, args ...any) error {
	return &ExprError{Text: p.text, Column: at + 1, What: fmt.Sprintf(format, args...), Near: near}
}

func (p *parser) parse() (Expr, error) {
	e := Expr{Text: strings.TrimSpace(p.text)}
	if e.Text == "" {
		return e, p.fault(0, "", "it is empty: write a rule such as growth > 5MiB")
	}
	from, to, err := p.operator()
	if err != nil {
		return e, err
	}
	if e.Op, err = p.op(from, to); err != nil {
		return e, err
	}
	if err := p.subject(&e, from); err != nil {
		return e, err
	}
	e.Limit, err = p.limit(&e.Metric, to)
	return e, err
}

const opChars = "<>=!"

// operator finds the last run of operator characters outside of quotes.
func (p *parser) operator() (from, to int, err error) {
	quoted := false
	from = -1
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(opChars, c) >= 0:
			if from < 0 || i > to {
				from = i
			}
			to = i + 1
		}
	}
	if quoted {
		return 0, 0, p.fault(strings.LastIndexByte(p.text, '"'), "", "this quote is never closed")
	}
	if from < 0 {
		return 0, 0, p.fault(len(strings.TrimRight(p.text, " \t")), "", "a comparison is missing: > >= < <= == or !=, and what to compare with")
	}
	return from, to, nil
}

func (p *parser) op(from, to int) (Op, error) {
	switch op := Op(p.text[from:to]); op {
	case More, AtLeast, Less, AtMost, Equal, Different:
		return op, nil
	case "=":
		return "", p.fault(from, "==", "there is no comparison =")
	case "=>", "=<":
		return "", p.fault(from, string(op[1:])+"=", "there is no comparison %s", op)
	default:
		return "", p.fault(from, "", "there is no comparison %s: there are > >= < <= == and !=", op)
	}
}

// subject reads the scope and the metric, which stand before the operator.
func (p *parser) subject(e *Expr, end int) error {
	left := strings.TrimRightFunc(p.text[:end], unicode.IsSpace)
	at := len(left)
	for at > 0 && isMetricChar(left[at-1]) {
		at--
	}
	name := left[at:]
	start := len(left) - len(strings.TrimLeft(left, " \t"))
	scoped := strings.TrimRight(left[:at], " \t")
	if scoped == "" {
		if err := p.metric(e, name, at); err != nil {
			return err
		}
		if e.Metric.Name == "retained" { // the global object retains everything
			return p.fault(at, "", "retained is about a class: write class:Session:retained, for example")
		}
		return nil
	}
	kind, value, ok := strings.Cut(scoped[start:], ":")
	e.Scope.Kind = scopeNamed(kind)
	switch {
	case !ok && !strings.Contains(scoped, ":"):
		return p.fault(start, near.Name(strings.Fields(left)[0], metricNames()), "there is no metric %q", strings.TrimSpace(left))
	case e.Scope.Kind == Everything:
		return p.fault(start, near.Name(kind, scopeNames[1:]), "there is no scope %q: there are class, path, kind and fingerprint", kind)
	}
	valueAt := start + len(kind) + 1
	if len(left) == len(scoped) && !strings.HasSuffix(scoped, ":") || value == "" {
		// "class:Session > 3", or "class:growth > 3"
		return p.fault(len(left), "", "a metric is missing: write %s, for example", strings.TrimSuffix(left, ":")+":"+p.example(e.Scope.Kind))
	}
	if separated := strings.HasSuffix(scoped, ":") || len(scoped) < at; !separated {
		return p.fault(at, "", "a metric is missing: write %s, for example", left+":"+p.example(e.Scope.Kind))
	}
	if err := p.metric(e, name, at); err != nil {
		return err
	}
	if !e.Metric.takes(e.Scope.Kind) {
		return p.fault(start, "", "%s cannot be narrowed by %s: %s", e.Metric.Name, kind, e.Metric.scopesText())
	}
	value = strings.TrimSpace(strings.TrimSuffix(value, ":"))
	if strings.HasPrefix(value, `"`) {
		plain, err := strconv.Unquote(value)
		if err != nil {
			return p.fault(valueAt, "", "%s is not a quoted name", value)
		}
		value = plain
	}
	return p.scope(e, value, valueAt)
}

func (p *parser) example(k ScopeKind) string {
	if k == Class {
		return "count"
	}
	return "growth"
}

func (p *parser) scope(e *Expr, name string, at int) error {
	if name == "" {
		return p.fault(at, "", "a name is missing after %s:", e.Scope.Kind)
	}
	e.Scope.Name = name
	switch e.Scope.Kind {
	case OfKind:
		if _, ok := kindNamed(name); !ok {
			return p.fault(at, near.Name(strings.ToLower(name), kindScopeNames()), "there is no kind %q: there are %s", name, strings.Join(kindScopeNames(), ", "))
		}
	case Fingerprint:
		if err := checkFingerprint(name); err != "" {
			return p.fault(at, "", "%s", err)
		}
	}
	return nil
}

// checkFingerprint says what is wrong with a fingerprint, or nothing.
func checkFingerprint(s string) string {
	s = strings.TrimSuffix(s, "…")
	switch {
	case strings.Trim(strings.ToLower(s), "0123456789abcdef") != "":
		return fmt.Sprintf("%q is no fingerprint: those are hexadecimal digits", s)
	case len(s) < shortestPrint:
		return fmt.Sprintf("%q is too short for a fingerprint: give %d digits or more", s, shortestPrint)
	case len(s) > 12:
		return fmt.Sprintf("%q is too long for a fingerprint: those have 12 digits", s)
	}
	return ""
}

func scopeNamed(name string) ScopeKind {
	for k, n := range scopeNames {
		if n == name {
			return ScopeKind(k)
		}
	}
	return Everything
}

func (p *parser) metric(e *Expr, name string, at int) error {
	if name == "" {
		return p.fault(at, "", "a metric is missing before the comparison: there are %s", strings.Join(metricNames(), ", "))
	}
	m, ok := metricNamed(name)
	if !ok {
		return p.fault(at, near.Name(name, metricNames()), "there is no metric %q", name)
	}
	e.Metric = m
	return nil
}

// limit reads what the metric is compared with.
func (p *parser) limit(m *Metric, from int) (Limit, error) {
	at := from + len(p.text[from:]) - len(strings.TrimLeft(p.text[from:], " \t"))
	text := strings.TrimSpace(p.text[from:])
	if text == "" {
		return Limit{}, p.fault(len(p.text), "", "a value is missing: %s is compared with %s", m.Name, m.valueText())
	}
	l := Limit{Text: spaced(text)}
	number, isPercent := strings.CutSuffix(text, "%")
	minus := strings.HasPrefix(number, "-")
	number = strings.TrimSpace(strings.TrimPrefix(number, "-"))
	switch {
	case isPercent, m.Unit == Percent:
		if m.Unit != Percent && m.Of == "" {
			return l, p.fault(at, "", "%s cannot be compared with a percentage, but with %s", m.Name, m.valueText())
		}
		n, err := strconv.ParseFloat(strings.ReplaceAll(number, ",", ""), 64)
		if err != nil || n != n || n > 1e12 {
			return l, p.fault(at, "", "%q is not a percentage", text)
		}
		l.Number, l.Percent = n, true
		if !isPercent {
			l.Text += "%"
		}
	default:
		n, err := human.ParseSize(number)
		if err != nil {
			return l, p.fault(at, "", "%q is not %s", text, m.valueText())
		}
		if m.Unit == Count && strings.IndexFunc(number, isLetter) >= 0 {
			return l, p.fault(at, "", "%s counts things: compare it with a number without a unit", m.Name)
		}
		l.Number = float64(n)
	}
	if minus {
		l.Number = -l.Number
	}
	return l, nil
}

// valueText says what a metric can be compared with.
func (m *Metric) valueText() string {
	var text string
	switch m.Unit {
	case Bytes:
		text = "a size such as 5MiB"
	case Count:
		text = "a number such as 1000"
	default:
		return "a percentage such as 10%"
	}
	if m.Of != "" {
		text += " or a percentage of " + m.Of
	}
	return text
}

// spaced puts a space between number and unit.
func spaced(text string) string {
	if i := strings.IndexFunc(text, isLetter); i > 0 && text[i-1] != ' ' {
		return text[:i] + " " + text[i:]
	}
	return text
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isMetricChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

// quote writes a name so that it can stand in an expression.
func quote(s string) string { return strconv.Quote(s) }

// lower says that a rule is broken by little, which is rarely what was meant.
func (e *Expr) lower() bool { return e.Op == Less || e.Op == AtMost }

// opposite is the comparison that a reader who meant a budget should have written.
func (e *Expr) opposite() string {
	op := More
	if e.Op == Less {
		op = AtLeast
	}
	subject := e.Metric.Name
	if e.Scope.Kind != Everything {
		subject = e.Scope.String() + ":" + subject
	}
	return fmt.Sprintf("%s %s %s", subject, op, strings.ReplaceAll(e.Limit.Text, " ", ""))
}
