package diff_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// testdata holds the snapshots and what Chrome DevTools says of them.
const testdata = "../testdata"

// opened returns an opener of a file of testdata.
func opened(name string) diff.Opener {
	return func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		src, err := input.Open(ctx, filepath.Join(testdata, name+".heapsnapshot.zst"), input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return parse.Load(ctx, src, o)
	}
}

// load loads a heap the tests only look at, once.
func load(t testing.TB, name string) *parse.Heap {
	t.Helper()
	if h, ok := loaded.Load(name); ok {
		return h.(*parse.Heap)
	}
	h, err := opened(name)(context.Background(), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	loaded.Store(name, h)
	return h
}

var loaded sync.Map // name -> *parse.Heap

func compare(t testing.TB, before, after string, o diff.Options) *diff.Result {
	t.Helper()
	r, err := diff.Compare(context.Background(), opened(before), opened(after), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pairs returns the names of the pairs in testdata.
func pairs(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testdata, "*.leak.json"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d pairs in testdata, %v", len(files), err)
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(filepath.Base(file), ".leak.json")
	}
	return names
}

// readJSON decodes a file of testdata, which may be compressed.
func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(name, ".zst") {
		z, err := zstd.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	if err := json.NewDecoder(r).Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// comparisonRow is a row of DevTools' Comparison.
type comparisonRow struct {
	Key         string `json:"class_key"`
	Name        string `json:"name"`
	Added       int    `json:"added_count"`
	Removed     int    `json:"removed_count"`
	Count       int    `json:"count_delta"`
	AddedSize   uint64 `json:"added_size"`
	RemovedSize uint64 `json:"removed_size"`
	Size        int64  `json:"size_delta"`
}

// aggregate is a row of DevTools' Summary.
type aggregate struct {
	Key      string `json:"class_key"`
	Name     string `json:"name"`
	Count    int    `json:"count"`
	Self     uint64 `json:"self_size"`
	Retained uint64 `json:"retained_size"`
}

// TestComparisonIsDevTools compares every row of DevTools' Comparison, and of
// its Summary of the later heap.
func TestComparisonIsDevTools(t *testing.T) {
	check := func(t *testing.T, r *diff.Result, diffName, afterName string) {
		var want struct {
			Classes []comparisonRow `json:"classes"`
		}
		readJSON(t, diffName+".diff.oracle.json.zst", &want)
		rows := map[string]comparisonRow{}
		for _, row := range want.Classes {
			rows[row.Key] = row
		}
		if len(rows) < 10 {
			t.Fatalf("only %d rows to compare with", len(rows))
		}
		for _, c := range r.Classes {
			if c.AddedCount == 0 && c.RemovedCount == 0 {
				continue
			}
			got := comparisonRow{c.Key, c.Class, c.AddedCount, c.RemovedCount, c.CountDelta, c.AddedSize, c.RemovedSize, c.SizeDelta}
			if got != rows[c.Key] {
				t.Errorf("%s:\n got %+v\nwant %+v", c.Key, got, rows[c.Key])
			}
			delete(rows, c.Key)
		}
		for key := range rows {
			t.Errorf("%s has no row", key)
		}

		var summary struct {
			Aggregates []aggregate `json:"aggregates"`
		}
		readJSON(t, afterName+".oracle.json.zst", &summary)
		classes := map[string]aggregate{}
		for _, a := range summary.Aggregates {
			classes[a.Key] = a
		}
		for _, c := range r.Classes {
			got := aggregate{c.Key, c.Class, c.AfterCount, c.AfterSize, c.AfterRetained}
			if want := classes[c.Key]; c.AfterCount > 0 && got != want {
				t.Errorf("%s:\n got %+v\nwant %+v", c.Key, got, want)
			}
			delete(classes, c.Key)
		}
		for key := range classes {
			t.Errorf("%s is missing", key)
		}
	}
	for _, name := range pairs(t) {
		t.Run(name, func(t *testing.T) {
			r := compare(t, name+"-before", name+"-after", diff.Options{})
			if r.Match.Mode != diff.Identity {
				t.Fatalf("matched by %s: %s", r.Match.Mode, r.Match.Reason)
			}
			check(t, r, name, name+"-after")
		})
	}
	t.Run("rerun", func(t *testing.T) { // ids mean nothing there, but DevTools goes by them
		r := compare(t, "node14-before", "node14-rerun", diff.Options{Match: diff.Identity})
		check(t, r, "node14-rerun", "node14-rerun")
	})
}
