package live

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// WriteSample appends a sample to a record: a line of JSON.
func WriteSample(w io.Writer, s *Sample) error {
	line, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// RecordError says what is wrong with a record, and where.
type RecordError struct {
	Line int
	What string
}

func (e *RecordError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Hint is what to try.
func (e *RecordError) Hint() string { return "heapdiff watch --record FILE writes records" }

// ReadSamples calls each with the samples of a record, in their order.
func ReadSamples(r io.Reader, each func(*Sample) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		var s Sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil || s.Time.IsZero() {
			return &RecordError{n, "is no sample"}
		}
		if err := each(&s); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return &RecordError{n + 1, err.Error()}
	}
	if n == 0 {
		return &RecordError{1, "there is no sample"}
	}
	return nil
}
