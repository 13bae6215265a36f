// Synth writes a synthetic V8 heap snapshot of any size and a chosen shape.
//
//	synth -o FILE [-shape SHAPE] [-size N] [-nodes N | -edges N] [-seed N]
//
// Shapes, and what -size is the number of:
//
//	ordinary   records as a server holds them, about 3 edges a node
//	list       a linked list; 300,000 objects
//	shared     the same list, its payloads standing in an array too
//	promises   a chain of promises, each waiting for the next; 100,000
//	closures   functions, each in the scope of the one before; 300,000
//	array      one array that holds 1,000,000 objects ten times; its elements, 10,000,000
//	map        one Map; its objects, 1,000,000
//
// Every shape is filled up with ordinary records until the heap has the wanted
// nodes or edges. Memory does not grow with the file: the nodes are produced
// anew for counting and for each array, and never kept.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stderr))
}

func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("synth", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("shape", "ordinary", "`shape` of the heap")
	size := flags.Int("size", 0, "`number` of the shape's own objects (default: the shape's)")
	nodes := flags.Int("nodes", 1_000_000, "least `number` of nodes")
	edges := flags.Int("edges", 0, "least `number` of edges, instead of -nodes")
	seed := flags.Uint64("seed", 1, "`seed` of the references across records")
	out := flags.String("o", "", "`file` to write")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	h, err := newHeap(*name, *size, *nodes, *edges, *seed)
	if err == nil && *out == "" {
		err = errors.New("-o FILE is missing")
	}
	if err != nil {
		fmt.Fprintf(stderr, "synth: %v\n", err)
		return 2
	}
	count, err := writeFile(*out, h)
	if err != nil {
		fmt.Fprintf(stderr, "synth: %v\n", err)
		return 1
	}
	fmt.Fprintf(stderr, "%s: %d nodes, %d edges\n", *out, count.nodes, count.edges)
	return 0
}
