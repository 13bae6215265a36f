//go:build linux && !race

package budget_test

import (
	"os"
	"testing"

	"github.com/heapdiff/heapdiff/internal/budget"
)

// TestReserveUsesNothing holds that a reservation is not memory: the race detector
// would write to its own for each byte of it.
func TestReserveUsesNothing(t *testing.T) {
	const reserved = 1 << 30
	before := budget.Used(os.DirFS("/"))
	budget.Reserve(reserved, budget.Limit{})
	if after := budget.Used(os.DirFS("/")); after.Now > before.Now+reserved/32 {
		t.Errorf("a reservation of %d bytes took %d", reserved, after.Now-before.Now)
	}
}
