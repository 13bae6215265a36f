// A small server that leaks on demand, for tests: go run . KIND, with KIND clean,
// objects, goroutines, or stuck, which are goroutines that nothing can wake. It prints the address of its pprof once it listens.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"strconv"
)

var held [][]byte

func leakBytes() { held = append(held, make([]byte, 1<<20)) }

func leakGoroutine(never chan int) { <-never }

func main() {
	kind := os.Args[1]
	never := make(chan int)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		times, _ := strconv.Atoi(r.FormValue("times"))
		for range max(times, 1) {
			switch kind {
			case "objects":
				leakBytes()
			case "goroutines":
				for range 10 {
					go leakGoroutine(never)
				}
			case "stuck":
				go leakGoroutine(make(chan int))
			}
		}
		fmt.Fprintln(w, "ok")
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("http://%s/debug/pprof\n", l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin) // a test that dies leaves nothing behind
		os.Exit(0)
	}()
	panic(http.Serve(l, nil))
}
