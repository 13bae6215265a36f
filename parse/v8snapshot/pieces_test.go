package v8snapshot

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/internal/crew"
)

// A mistake of ours in one of many workers reaches who waits, and nobody waits
// for ever.
func TestWorkerPanics(t *testing.T) {
	text := "[" + strings.Repeat("1,2,3,4,", 2<<20) + "5]"
	defer func() {
		if b, ok := recover().(*crew.Broken); !ok || b.Error() != "a mistake" {
			t.Errorf("%v", b)
		}
	}()
	_, err := newText(strings.NewReader(text), "test").records(1, 4, func(int, *piece) (int64, error) { panic("a mistake") })
	t.Errorf("no panic, but %v", err)
}

// Of several errors the first of the file is told, whoever is the first to find one.
func TestFirstError(t *testing.T) {
	text := "[" + strings.Repeat("1,2,3,4,", 1<<20) + "5]"
	var calls atomic.Int64
	for range 20 {
		_, err := newText(strings.NewReader(text), "test").records(1, 4, func(_ int, p *piece) (int64, error) {
			if p.first == 0 {
				return 0, nil
			}
			time.Sleep(time.Duration(calls.Add(1)%4) * time.Millisecond)
			return 0, fmt.Errorf("record %d", p.first)
		})
		if want := fmt.Sprintf("record %d", pieceSize/len("1,")); err == nil || err.Error() != want {
			t.Fatalf("the error is %v, want %s", err, want)
		}
	}
}
