// Package ingest fetches documents and appends each body to a list.
package ingest

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
)

var (
	bodies [][]byte
	url    string
)

// Serve starts the server that the documents come from.
func Serve() (stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	url = "http://" + l.Addr().String()
	text := strings.Repeat("all that is gold does not glitter ", 1000)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, text)
	})}
	go func() { _ = server.Serve(l) }()
	return func() { server.Close() }
}

// Fetch gets one document.
func Fetch(int) {
	resp, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	bodies = append(bodies, body)
}
