// Package clock starts a ticker for each job and stops none.
package clock

import "time"

type job struct {
	tick *time.Ticker
	due  [24]time.Time
}

var jobs []*job

// Schedule starts a job.
func Schedule(int) {
	jobs = append(jobs, &job{tick: newTicker()})
}

func newTicker() *time.Ticker { return time.NewTicker(time.Hour) }
