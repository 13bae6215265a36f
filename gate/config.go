package gate

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/heapdiff/heapdiff/internal/near"
)

// ConfigName is what the configuration of a project is called.
const ConfigName = ".heapdiff.toml"

// Config is the configuration of a project.
//
//	[gate]
//	fail = ["growth > 5MiB"]        # what fails
//	warn = ["leak.count > 0"]       # what is only said
//	strict = false                  # inconclusive is an error
//	aggregate = "median"            # of several runs: median, worst or best
//
//	[noise]
//	min_bytes = "16KiB"             # smaller places are not judged
//	min_count = 10
//	within_error = false            # true: judge growth in profiles within its sampling error
//
//	[names]
//	mask = ["tenant-[a-z]+"]        # what varies in names from run to run
//
//	[report]
//	top = 10                        # rows of each list
//
//	[[ignore]]
//	fingerprint = "9f3a1c04d2e7"    # or path, or class
//	reason = "bounded by the number of tenants"
//	until = 2027-03-31
//	max = "10MiB"
type Config struct {
	Path      string // of the file; empty if there is none
	Rules     []Rule
	Strict    bool
	Aggregate Aggregate // empty if it is not given
	Noise     Noise
	Masks     []*regexp.Regexp
	Top       int // rows of each list; 0 if it is not given
	Ignores   []Ignore
}

// ConfigError says what is wrong with a configuration, and where.
type ConfigError struct {
	Path         string
	Line, Column int // counted from 1; 0 if not known
	What         string
	Near         string // what was probably meant; may be empty
}

func (e *ConfigError) Error() string {
	text := e.Path
	if e.Line > 0 {
		text += fmt.Sprintf(":%d:%d", e.Line, max(e.Column, 1))
	}
	text += ": " + e.What
	if e.Near != "" {
		text += fmt.Sprintf("; did you mean %s?", e.Near)
	}
	return text
}

// FindConfig looks for a configuration in dir and the folders above it. It
// returns "" if there is none.
func FindConfig(dir string) string {
	for {
		path := filepath.Join(dir, ConfigName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// ReadConfig reads the configuration at path; "" gives one that says nothing.
// What is wrong in the file is a *ConfigError.
func ReadConfig(path string) (*Config, error) {
	if path == "" {
		return &Config{Noise: DefaultNoise()}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseConfig(path, string(text))
}

// ParseConfig reads the text of a configuration; path is what errors call it.
func ParseConfig(path, text string) (*Config, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	var document map[string]any
	meta, err := toml.Decode(text, &document)
	if err != nil {
		return nil, syntaxError(path, err)
	}
	r := configReader{path: path, text: text, config: &Config{Path: path, Noise: DefaultNoise()}}
	if err := r.unknown(meta.Keys()); err != nil {
		return nil, err
	}
	if err := r.tables(document); err != nil {
		return nil, err
	}
	return r.config, nil
}

func syntaxError(path string, err error) error {
	e := &ConfigError{Path: path, What: strings.TrimPrefix(err.Error(), "toml: ")}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		e.Line, e.Column, e.What = parse.Position.Line, parse.Position.Col, parse.Message
	}
	return e
}

// configKeys are all keys that there are, by table.
var configKeys = map[string][]string{
	"":       {"gate", "noise", "names", "report", "ignore"},
	"gate":   {"fail", "warn", "strict", "aggregate"},
	"noise":  {"min_bytes", "min_count", "within_error"},
	"names":  {"mask"},
	"report": {"top"},
	"ignore": {"fingerprint", "path", "class", "reason", "until", "max"},
}

// configReader checks a document and says where it is wrong.
type configReader struct {
	path, text string
	config     *Config
}

// at makes an error about a key of the index-th table of that name.
func (r *configReader) at(table string, index int, key, what string) *ConfigError {
	line, column := locate(r.text, table, index, key)
	return &ConfigError{Path: r.path, Line: line, Column: column, What: what}
}

// unknown finds the first key that does not exist, in the order of the file.
func (r *configReader) unknown(keys []toml.Key) error {
	for _, key := range keys {
		table, name := "", key[0]
		if len(key) > 1 {
			table, name = key[0], key[1]
		}
		known := configKeys[table]
		if len(key) <= 2 && slices.Contains(known, name) {
			continue
		}
		if len(key) > 2 {
			name = key.String()
		}
		what := fmt.Sprintf("there is no key %q in [%s]", name, table)
		if table == "" {
			what = fmt.Sprintf("there is no table [%s]", name)
		}
		e := r.at(table, -1, name, what)
		e.Near = near.Name(name, known)
		return e
	}
	return nil
}

func (r *configReader) tables(document map[string]any) error {
	for _, name := range configKeys[""] {
		value, ok := document[name]
		if !ok {
			continue
		}
		if name == "ignore" {
			list, ok := value.([]map[string]any)
			if !ok {
				return r.at("", 0, name, "an ignore is written [[ignore]], with two brackets")
			}
			for i, table := range list {
				if err := r.ignore(i, table); err != nil {
					return err
				}
			}
			continue
		}
		table, ok := value.(map[string]any)
		if !ok {
			return r.at("", 0, name, fmt.Sprintf("%s is a table: [%s]", name, name))
		}
		for _, key := range configKeys[name] {
			if value, ok := table[key]; ok {
				if err := r.set(name, key, value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// set reads one key of a table that is there once.
func (r *configReader) set(table, key string, value any) error {
	c := r.config
	f := field{r, table, 0, key, value}
	var err error
	switch key {
	case "fail", "warn":
		return r.rules(f, key == "fail")
	case "strict":
		c.Strict, err = f.flag()
	case "aggregate":
		var name string
		if name, err = f.word(); err == nil {
			c.Aggregate, err = r.aggregate(f, name)
		}
	case "min_bytes":
		c.Noise.MinBytes, err = f.size()
	case "min_count":
		c.Noise.MinCount, err = f.count()
	case "within_error":
		c.Noise.WithinError, err = f.flag()
	case "mask":
		return r.masks(f)
	case "top":
		c.Top, err = f.count()
	}
	return err
}

func (r *configReader) aggregate(f field, name string) (Aggregate, error) {
	all := []string{string(Median), string(Worst), string(Best)}
	if slices.Contains(all, name) {
		return Aggregate(name), nil
	}
	e := f.fault("there is no aggregate %q: there are median, worst and best", name)
	e.Near = near.Name(name, all)
	return "", e
}

func (r *configReader) rules(f field, fails bool) error {
	texts, err := f.words()
	if err != nil {
		return err
	}
	for _, text := range texts {
		e, err := Parse(text)
		if err != nil {
			return f.inExpression(text, err)
		}
		rule := Rule{Expr: e}
		if fails {
			rule.Severity = Failure
		}
		r.config.Rules = append(r.config.Rules, rule)
	}
	return nil
}

func (r *configReader) masks(f field) error {
	texts, err := f.words()
	if err != nil {
		return err
	}
	for _, text := range texts {
		re, err := regexp.Compile(text)
		if err != nil {
			return f.fault("%q is no regular expression: %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		r.config.Masks = append(r.config.Masks, re)
	}
	return nil
}

// ignore reads one [[ignore]].
func (r *configReader) ignore(index int, table map[string]any) error {
	var g Ignore
	g.Line, _ = locate(r.text, "ignore", index, "")
	for _, key := range configKeys["ignore"] {
		value, ok := table[key]
		if !ok {
			continue
		}
		f := field{r, "ignore", index, key, value}
		var err error
		switch key {
		case "fingerprint":
			if g.Fingerprint, err = f.word(); err == nil {
				if what := checkFingerprint(g.Fingerprint); what != "" {
					err = f.fault("%s", what)
				}
			}
		case "path":
			g.Path, err = f.word()
		case "class":
			g.Class, err = f.word()
		case "reason":
			g.Reason, err = f.word()
		case "until":
			g.Until, err = f.day()
		case "max":
			g.Max, err = f.size()
		}
		if err != nil {
			return err
		}
	}
	switch {
	case cmp.Or(g.Fingerprint, g.Path, g.Class) == "":
		return r.at("ignore", index, "", "an ignore needs a fingerprint, a path or a class")
	case g.Reason == "":
		return r.at("ignore", index, "", "an ignore needs a reason: somebody will ask")
	}
	r.config.Ignores = append(r.config.Ignores, g)
	return nil
}
