package pprof

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/internal/input"
)

// maxText is how long a profile in text form may be. They are as long as what a
// person can look at; a longer one is not one.
const maxText = 256 << 20

// readText reads one of the older forms, which github.com/google/pprof turns
// into the newer one.
func readText(ctx context.Context, src *input.Source, o Options) (*Profile, error) {
	text, err := readAll(src, o)
	if err != nil {
		return nil, err
	}
	names, text := cutSymbols(text)
	if names != nil && len(bytes.TrimSpace(text)) == 0 {
		return nil, &input.SyntaxError{
			File: src.Name(), Offset: -1, What: "truncated", Section: "text", Detail: "behind the names is no profile: jeprof --raw writes it only if it fetched it itself",
			Try: "give heapdiff the file that jemalloc wrote, and --binary PROGRAM",
		}
	}
	parse := profile.ParseData
	if isJemalloc(text) {
		parse = parseJemalloc
	}
	old, err := parse(text)
	if err != nil {
		return nil, &input.SyntaxError{
			File: src.Name(), Offset: -1, What: "corrupt", Section: "text", Detail: err.Error(),
			Try: "take the profile again and wait until it is written; Go writes the newer form at /debug/pprof/heap without debug=1", Err: err,
		}
	}
	addSymbols(old, text)
	addNames(old, names)
	return From(ctx, src, old, o)
}

// From takes over a profile that was put together from src by other means.
func From(ctx context.Context, src *input.Source, old *profile.Profile, o Options) (*Profile, error) {
	var b bytes.Buffer
	if err := old.WriteUncompressed(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name(), err)
	}
	again, err := input.New(ctx, src.Name(), bytes.NewReader(b.Bytes()), input.Options{})
	if err != nil {
		return nil, err
	}
	defer again.Close()
	p, err := Read(ctx, again, o)
	if err != nil {
		return nil, err
	}
	p.Compression = src.Compression()
	return p, nil
}

func readAll(src *input.Source, o Options) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(src, maxText+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxText {
		return nil, &input.SyntaxError{File: src.Name(), Offset: maxText, What: "too long for a profile in text form", Try: "take it in the newer form"}
	}
	if o.Admit != nil {
		if err := o.Admit(8 * uint64(len(text))); err != nil {
			return nil, err
		}
	}
	return text, nil
}
