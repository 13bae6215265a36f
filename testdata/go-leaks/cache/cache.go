// Package cache remembers every session and forgets none.
package cache

import "fmt"

type session struct {
	User  string
	Roles []string
	Cart  [8]int
}

var sessions = map[string]*session{}

// Remember keeps the session of a request.
func Remember(n int) {
	put(fmt.Sprintf("session-%08d", n), newSession(n))
}

func newSession(n int) *session {
	return &session{User: fmt.Sprint("user ", n), Roles: make([]string, 4)}
}

func put(key string, s *session) { sessions[key] = s }
