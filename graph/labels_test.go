package graph_test

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// TestLabels writes labels from several goroutines: few names and many more than
// have a number, small indices and large ones. All must come back.
func TestLabels(t *testing.T) {
	for _, edges := range []int{300_000, 64_000, 1000} { // the last block is full, or not
		t.Run(strconv.Itoa(edges), func(t *testing.T) { testLabels(t, edges) })
	}
}

func testLabels(t *testing.T, edges int) {
	const piece, names = 1000, 150_000
	random := rand.New(rand.NewPCG(1, 2))
	links, want := make([]graph.Link, edges), make([]uint32, edges)
	for e := range want {
		switch random.IntN(4) {
		case 0:
			links[e], want[e] = graph.MakeLink(0, graph.ElementEdge), random.Uint32N(1<<17)
		case 1:
			links[e], want[e] = graph.MakeLink(0, graph.HiddenEdge), random.Uint32()
		case 2:
			links[e], want[e] = graph.MakeLink(0, graph.InternalEdge), random.Uint32N(300)
		default:
			links[e], want[e] = graph.MakeLink(0, graph.PropertyEdge), random.Uint32N(2*names)
		}
	}
	for _, workers := range []int{1, 3} {
		w := graph.NewLabelWriter(make([]uint16, edges), names) // half of the names have no number for another reason
		pieces := make(chan int, edges/piece)
		for first := 0; first < edges; first += piece {
			pieces <- first
		}
		close(pieces)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				c := w.Coder()
				for first := range pieces {
					for e := first; e < first+piece; e++ {
						if links[e].Type().Indexed() {
							c.Index(graph.EdgeID(e), want[e])
						} else {
							c.Name(graph.EdgeID(e), want[e])
						}
					}
					c.End(graph.EdgeID(first))
				}
			})
		}
		wg.Wait()
		g := graph.Graph{Links: links, Labels: w.Labels()}
		for e := range graph.EdgeID(edges) {
			if got := g.Label(e); got != want[e] {
				t.Fatalf("%d workers: edge %d is called %d, it was %d", workers, e, got, want[e])
			}
		}
	}
}
