// Gensnapshot writes a synthetic V8 heap snapshot of any size and shape.
//
//	gensnapshot -o FILE [-nodes N] [-shape SHAPE] [-size N] [-seed N] [-layout LAYOUT] [-giant N]
//	gensnapshot -pair PREFIX -leak N [the same]
//
// The second form writes PREFIX-before.heapsnapshot and PREFIX-after.heapsnapshot,
// as one process would: ids are stable, and N objects of class CachedRecord are
// new in the Map at global.app.cache. FILE may be - for standard output. Memory
// does not grow with the file; the largest heap that V8 can write has 268,435,455
// nodes and takes 18 GB.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/heapdiff/heapdiff/internal/synth"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	var o synth.Options
	flags := flag.NewFlagSet("gensnapshot", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.Nodes, "nodes", 1_000_000, "`number` of nodes; 0 for as few as the shape has")
	flags.StringVar(&o.Shape, "shape", "", "`shape`, and what -size is the number of: "+strings.Join(synth.Shapes(), "; "))
	flags.IntVar(&o.Size, "size", 0, "`number` of the shape's own objects (default: the shape's)")
	flags.Uint64Var(&o.Seed, "seed", 1, "`seed` of references, sizes and strings")
	flags.StringVar(&o.Layout, "layout", "", "`columns` of the file: "+strings.Join(synth.Layouts(), ", "))
	flags.IntVar(&o.Leak, "leak", 0, "`number` of objects that are new in the second file of a pair")
	flags.IntVar(&o.Giant, "giant", 0, "`number` of objects of 5 GiB each")
	out := flags.String("o", "", "`file` to write, - for standard output")
	pair := flags.String("pair", "", "`prefix` of the two files to write")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if (*out == "") == (*pair == "") || flags.NArg() > 0 || (*pair == "") != (o.Leak == 0) {
		fmt.Fprintln(stderr, "gensnapshot: give either -o FILE, or -pair PREFIX with -leak N")
		return 2
	}

	files := []file{{*out, false}}
	if *pair != "" {
		files = []file{{*pair + "-before.heapsnapshot", false}, {*pair + "-after.heapsnapshot", true}}
	}
	for _, f := range files {
		o.After = f.after
		heap, err := synth.New(o)
		if err != nil {
			fmt.Fprintf(stderr, "gensnapshot: %v\n", err)
			return 2
		}
		bytes, err := f.write(heap, stdout)
		if err != nil {
			fmt.Fprintf(stderr, "gensnapshot: %v\n", err)
			return 1
		}
		fmt.Fprintf(stderr, "%s: %d nodes, %d edges, %d bytes\n", f.path, heap.Nodes(), heap.Edges(), bytes)
	}
	return 0
}

type file struct {
	path  string
	after bool
}

// write writes beside the path and renames, so that a file that has the name is whole.
func (f file) write(heap *synth.Heap, stdout io.Writer) (int64, error) {
	if f.path == "-" {
		return heap.WriteTo(stdout)
	}
	part, err := os.Create(f.path + ".part")
	if err != nil {
		return 0, err
	}
	defer os.Remove(part.Name()) // after the rename there is none
	n, err := heap.WriteTo(part)
	if err := errors.Join(err, part.Close()); err != nil {
		return n, err
	}
	return n, os.Rename(part.Name(), f.path)
}
