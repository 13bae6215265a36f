// Command shop serves requests and leaks in one of six ways, or in none:
//
//	go run . -leak cache|catalog|ingest|feed|clock|journal|none -o FOLDER
//
// It works a while, writes its profiles to FOLDER (heap-0.pb.gz,
// goroutine-0.pb.gz), works on, and writes them again (heap-1.pb.gz, …). What
// every request does besides leaking is garbage soon, as in a real server.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"

	"example.com/shop/cache"
	"example.com/shop/catalog"
	"example.com/shop/clock"
	"example.com/shop/feed"
	"example.com/shop/ingest"
	"example.com/shop/journal"
)

type order struct {
	ID    int
	Items []string
	Note  map[string]string
}

// handle is one request.
func handle(n int, leak string) {
	text, err := json.Marshal(order{n, strings.Fields("a pen and a book"), map[string]string{"to": fmt.Sprint("customer ", n)}})
	if err != nil {
		log.Fatal(err)
	}
	var back order
	if err := json.Unmarshal(text, &back); err != nil {
		log.Fatal(err)
	}
	switch leak {
	case "cache":
		cache.Remember(n)
	case "catalog":
		catalog.Publish(n)
	case "ingest":
		ingest.Fetch(n)
	case "feed":
		feed.Subscribe(n)
	case "clock":
		clock.Schedule(n)
	case "journal":
		journal.Write(n, text)
	}
}

// each way leaks what is enough to be seen beyond sampling.
var requests = map[string]int{"cache": 150_000, "catalog": 6_000, "ingest": 800, "feed": 400, "clock": 60_000, "journal": 400_000, "none": 100_000}

func main() {
	leak := flag.String("leak", "none", "how to leak")
	out := flag.String("o", ".", "folder for the profiles")
	steps := flag.Int("steps", 2, "how often to write them")
	small := flag.Int("divide", 1, "leak so many times less")
	text := flag.Bool("text", false, "write the older forms, too")
	flag.Parse()
	if requests[*leak] == 0 {
		log.Fatalf("no such leak: %s", *leak)
	}
	runtime.SetBlockProfileRate(1000)
	runtime.SetMutexProfileFraction(1)
	stop := ingest.Serve()
	defer stop()
	n := 0
	for step := range *steps {
		many := requests[*leak] / *small
		if step == 0 {
			many /= 10 // warm up
		}
		for range many {
			handle(n, *leak)
			n++
		}
		write(*out, step, *text)
	}
}

func write(out string, step int, text bool) {
	runtime.GC()
	runtime.GC() // profiles are of the collection before the last
	for _, name := range []string{"heap", "goroutine", "allocs", "block", "mutex"} {
		one(filepath.Join(out, fmt.Sprintf("%s-%d.pb.gz", name, step)), name, 0)
		if text {
			one(filepath.Join(out, fmt.Sprintf("%s-%d.txt", name, step)), name, 1)
		}
	}
	if text {
		one(filepath.Join(out, fmt.Sprintf("goroutine-%d.dump", step)), "goroutine", 2)
	}
}

func one(path, name string, debug int) {
	f, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.Lookup(name).WriteTo(f, debug); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}
