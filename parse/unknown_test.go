package parse

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/heapdiff/heapdiff/internal/input"
)

// TestCutEarly holds that a file which ends before it can be told what it was
// going to be is said to be cut, whatever it is read for.
func TestCutEarly(t *testing.T) {
	const (
		snapshot = ` { "snapshot":{"meta":{"node_fields":["type","name","id"`
		profile  = `{"head`
	)
	cut := func(text string, err error) {
		t.Helper()
		var syntax *input.SyntaxError
		if !errors.As(err, &syntax) || syntax.What != "truncated" || syntax.Offset != int64(len(text)) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, whole := range []string{snapshot, profile} {
		for length := 2; length <= len(whole); length++ {
			text := whole[:length]
			cut(text, load(t, text))
			cut(text, count(t, text))
		}
	}
}

func TestUnknown(t *testing.T) {
	const long = "0123456789012345678901234567890123456789012345678901234567890123456789"
	for text, want := range map[string]string{
		`{"a":1}`:                  "it is JSON of another kind",
		`{"sn":1}`:                 "it is JSON of another kind",
		`{"` + long:                "it is JSON of another kind",
		"heapdiff baseline 1\nabc": "it is a baseline of heapdiff",
		"{\n  \"schema\": \"heapdiff/report/1\",": "it is a report of heapdiff",
		`{"schema":"heapdiff/profile/1"}`:         "it is a report of heapdiff",
		`{"schema": "other/1"}`:                   "it is JSON of another kind",
		"[1, 2]":                                  "it is JSON of another kind",
		"\n<!DOCTYPE html>":                       "it looks like HTML or XML",
		"one line of a log\n":                     "it is text of another kind",
		"\x00\x01\x02\x03":                        "it is a binary file of another kind",
		"   \n":                                   "it is nothing but spaces and line ends",
	} {
		err := load(t, text)
		var syntax *input.SyntaxError
		if !errors.As(err, &syntax) || syntax.What != "not a heap snapshot" || syntax.Detail != want || syntax.Try == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func load(t *testing.T, text string) error {
	t.Helper()
	_, err := Load(t.Context(), source(t, text), Options{})
	return err
}

func count(t *testing.T, text string) error {
	t.Helper()
	_, err := Count(t.Context(), source(t, text), Options{})
	return err
}

func source(t *testing.T, text string) *input.Source {
	t.Helper()
	src, err := input.New(t.Context(), "some.heapsnapshot", bytes.NewReader([]byte(text)), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}
