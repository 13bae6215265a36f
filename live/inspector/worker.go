package inspector

import (
	"context"
	"encoding/json"
)

// WorkerInfo says what a worker is.
type WorkerInfo struct {
	Session string // of the inspector: valid for this connection
	ID      string
	Title   string
	URL     string
}

// Workers attaches to the process's workers, now and from now on. A process
// without them, or without the notion, has none.
func (s *Session) Workers(ctx context.Context) ([]WorkerInfo, error) {
	s.On("NodeWorker.attachedToWorker", func(params []byte) {
		var p struct {
			SessionID  string `json:"sessionId"`
			WorkerInfo struct {
				WorkerID string `json:"workerId"`
				Title    string `json:"title"`
				URL      string `json:"url"`
			} `json:"workerInfo"`
		}
		if json.Unmarshal(params, &p) != nil || p.SessionID == "" {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.workers) >= mostWorkers {
			return
		}
		s.workers[p.SessionID] = newSession(s.conn, p.SessionID)
		s.infos = append(s.infos, WorkerInfo{p.SessionID, p.WorkerInfo.WorkerID, p.WorkerInfo.Title, p.WorkerInfo.URL})
	})
	s.On("NodeWorker.detachedFromWorker", func(params []byte) {
		var p struct {
			SessionID string `json:"sessionId"`
		}
		if json.Unmarshal(params, &p) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.workers, p.SessionID)
		for i, w := range s.infos {
			if w.Session == p.SessionID {
				s.infos = append(s.infos[:i:i], s.infos[i+1:]...)
				break
			}
		}
	})
	err := s.Call(ctx, "NodeWorker.enable", map[string]bool{"waitForDebuggerOnStart": false}, nil)
	return s.Known(), err
}

// mostWorkers bounds what an inspector can make us remember.
const mostWorkers = 1024

// Known are the workers attached to, in the order they came.
func (s *Session) Known() []WorkerInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]WorkerInfo(nil), s.infos...)
}

// Worker is the session of a worker, or nil if it is gone.
func (s *Session) Worker(w WorkerInfo) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.workers[w.Session]
}
