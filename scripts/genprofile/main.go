// Command genprofile writes a heap profile of any size: stacks of a depth, out of
// a program of some hundred functions that call each other, as a server's do.
//
//	go run ./scripts/genprofile -samples 2000000 -depth 60 -o big.pb
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
)

func main() {
	samples := flag.Int("samples", 2_000_000, "stacks")
	depth := flag.Int("depth", 60, "frames in each")
	functions := flag.Int("functions", 120, "functions")
	seed := flag.Uint64("seed", 1, "of the numbers")
	grow := flag.Float64("grow", 0, "share by which one site is larger")
	out := flag.String("o", "big.pb", "file")
	flag.Parse()
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w, *samples, *depth, *functions, *grow, rand.New(rand.NewPCG(*seed, 7)))
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

// field writes a message or a string.
func field(to []byte, number int, body []byte) []byte {
	to = binary.AppendUvarint(to, uint64(number)<<3|2)
	to = binary.AppendUvarint(to, uint64(len(body)))
	return append(to, body...)
}

func number(to []byte, n int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, uint64(n)<<3), v)
}

func write(w *bufio.Writer, samples, depth, functions int, grow float64, r *rand.Rand) {
	strings := []string{"", "inuse_objects", "count", "inuse_space", "bytes", "space", "main.go"}
	var b []byte
	for _, t := range [][2]uint64{{1, 2}, {3, 4}} {
		b = field(b, 1, number(number(nil, 1, t[0]), 2, t[1]))
	}
	w.Write(b)
	ids, body := []byte{}, []byte{}
	for range samples {
		ids = ids[:0]
		at := 0
		path := make([]int, depth)
		for i := range depth { // from the root: each calls one of a few
			at = (at*3 + 1 + r.IntN(3)) % functions
			path[i] = at
		}
		for i := depth - 1; i >= 0; i-- {
			ids = binary.AppendUvarint(ids, uint64(path[i]+1))
		}
		size := uint64(16 << r.IntN(8))
		count := 524288/size + 1
		if path[depth-1] == 7 {
			count += uint64(float64(count) * grow)
		}
		body = field(body[:0], 1, ids)
		values := binary.AppendUvarint(binary.AppendUvarint(nil, count), count*size)
		body = field(body, 2, values)
		body = field(body, 3, number(number(nil, 1, 4), 3, size))
		b = field(b[:0], 2, body)
		w.Write(b)
	}
	b = b[:0]
	for i := range functions {
		id := uint64(i + 1)
		line := number(number(nil, 1, id), 2, uint64(i*10))
		b = field(b, 4, field(number(number(nil, 1, id), 3, 0x400000+id*16), 4, line))
		b = field(b, 5, number(number(number(nil, 1, id), 2, uint64(len(strings))), 4, 6))
		strings = append(strings, fmt.Sprintf("main.function%d", i))
	}
	for _, s := range strings {
		b = field(b, 6, []byte(s))
	}
	b = field(b, 11, number(number(nil, 1, 5), 2, 4))
	b = number(b, 12, 524288)
	w.Write(b)
}
