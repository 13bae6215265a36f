package v8snapshot

import (
	"strings"
	"testing"

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
