// Package feed starts a goroutine with a connection for each subscriber, which
// waits for news that never come.
package feed

import (
	"bufio"
	"log"
	"net"
	"sync"
)

type subscriber struct {
	conn net.Conn
	in   *bufio.Reader
	news chan string
}

var listener = sync.OnceValue(func() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go accept(l)
	return l
})

var accepted []net.Conn

func accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		accepted = append(accepted, c)
	}
}

// Subscribe starts what never ends.
func Subscribe(int) {
	conn, err := net.Dial("tcp", listener().Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	s := &subscriber{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), news: make(chan string)}
	ready := make(chan bool)
	go s.wait(ready)
	<-ready
}

func (s *subscriber) wait(ready chan bool) {
	ready <- true
	for range s.news {
		if _, err := s.in.ReadString('\n'); err != nil {
			return
		}
	}
}
