// Package crew does pieces of work side by side. A panic in one of them becomes
// a panic of whoever waits for them, so that a mistake ends in a message of the
// program and not in a trace of the process.
package crew

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Crew is pieces of work that somebody waits for. The zero value is ready.
type Crew struct {
	work   sync.WaitGroup
	once   sync.Once
	broken *Broken // what Wait panics with
}

// Broken is a panic in a piece of work.
type Broken struct {
	Cause any
	Trace []byte // of the goroutine that did the work
}

// Error says what the panic said.
func (b *Broken) Error() string { return fmt.Sprint(b.Cause) }

// Go begins a piece of work.
func (c *Crew) Go(work func()) {
	c.work.Go(func() {
		defer func() {
			if cause := recover(); cause != nil {
				c.once.Do(func() { c.broken = &Broken{cause, debug.Stack()} })
			}
		}()
		work()
	})
}

// Wait returns when all work is done. It panics with the *[Broken] of the first
// piece that did.
func (c *Crew) Wait() {
	c.work.Wait()
	if c.broken != nil {
		panic(c.broken)
	}
}

// Both does two pieces of work that do not disturb each other: side by side, or
// one after the other if there may be but one job.
func Both(jobs int, here, beside func()) {
	if jobs == 1 {
		here()
		beside()
		return
	}
	var c Crew
	c.Go(beside)
	here()
	c.Wait()
}

// Halves does a piece of work for the numbers from 0 to n, one half of them beside
// the other: half is 0 or 1.
func Halves(jobs, n int, work func(half, from, to int)) {
	Both(jobs, func() { work(0, 0, n/2) }, func() { work(1, n/2, n) })
}
