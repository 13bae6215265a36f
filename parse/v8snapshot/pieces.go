package v8snapshot

import (
	"bytes"
	"errors"

	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/internal/decimal"
)

// errBroken stands for the panic of a worker, which is on its way.
var errBroken = errors.New("a worker panicked")

// A piece is a part of an array of integers that holds whole records, and
// nothing of the brackets around them.
type piece struct {
	data   []byte // ends with a comma, which may have been added
	buf    []byte
	first  int64 // number of the first record
	offset int64 // of data[0] in the file
	batch  decimal.Batch
}

const pieceSize = 1 << 20

// records reads an array of integers, cut into records of per numbers, and
// gives them to parse from as many goroutines as jobs; parse returns how many
// records it found. The number of all records is returned.
//
// Cutting only counts commas, which the standard library does with vector
// instructions; all work on digits is left to the workers.
func (t *text) records(per, jobs int, parse func(worker int, p *piece) (int64, error)) (int64, error) {
	if err := t.expect('['); err != nil {
		return 0, err
	}
	c := &cutter{t: t, per: per}
	if jobs <= 1 {
		return c.inline(parse)
	}
	var (
		hands  crew.Crew
		failed = make(chan error, jobs)
		full   = make(chan *piece, jobs)
		empty  = make(chan *piece, max(2*jobs+1, len(t.pieces)))
		found  = make([]int64, jobs)
	)
	for len(t.pieces) < cap(empty) {
		t.pieces = append(t.pieces, &piece{})
	}
	for _, p := range t.pieces {
		empty <- p
	}
	for worker := range jobs {
		hands.Go(func() {
			defer func() {
				if cause := recover(); cause != nil {
					failed <- errBroken // else nobody would take the next piece
					panic(cause)
				}
			}()
			for p := range full {
				n, err := parse(worker, p)
				found[worker] += n
				if err != nil {
					failed <- err
					return
				}
				empty <- p
			}
		})
	}
	err := func() error {
		defer close(full)
		for {
			var p *piece
			select {
			case err := <-failed:
				return err
			case p = <-empty:
			}
			if p.buf == nil { // most arrays of a small file are one piece
				p.buf = make([]byte, pieceSize+1)
			}
			last, err := c.cut(p)
			if err != nil {
				return err
			}
			select {
			case err := <-failed:
				return err
			case full <- p:
			}
			if last {
				return nil
			}
		}
	}()
	hands.Wait()
	if err == nil {
		select {
		case err = <-failed:
		default:
		}
	}
	var sum int64
	for _, n := range found {
		sum += n
	}
	return sum, err
}

// cutter cuts an array into pieces.
type cutter struct {
	t     *text
	per   int
	carry []byte // the start of the next record
	done  int64  // records cut so far
}

func (c *cutter) inline(parse func(int, *piece) (int64, error)) (int64, error) {
	p := &piece{buf: make([]byte, pieceSize+1)}
	var sum int64
	for {
		last, err := c.cut(p)
		if err != nil {
			return sum, err
		}
		n, err := parse(0, p)
		sum += n
		if last || err != nil {
			return sum, err
		}
	}
}

// cut fills p with the next records and says whether the array ended.
func (c *cutter) cut(p *piece) (last bool, err error) {
	t := c.t
	n := copy(p.buf[:pieceSize], c.carry)
	p.offset = t.position() - int64(n)
	p.first = c.done
	for {
		if n == pieceSize {
			return false, t.badAt(p.offset, "a record without an end", "")
		}
		more, err := t.take(p.buf[n:pieceSize])
		if err != nil {
			return false, t.fail(err)
		}
		fresh := p.buf[n : n+more]
		n += more
		if end := bytes.IndexByte(fresh, ']'); end >= 0 {
			t.giveBack(fresh[end+1:])
			p.data = p.buf[:n-len(fresh)+end]
			if len(bytes.TrimRight(p.data, " \n\r\t")) > 0 {
				p.data = append(p.data, ',') // in the byte of the bracket
			} else {
				p.data = nil
			}
			return true, nil
		}
		if n < pieceSize && !t.ended {
			continue // a pipe gives little at a time
		}
		commas := bytes.Count(p.buf[:n], comma)
		whole := commas / c.per
		if whole == 0 {
			continue
		}
		end := n
		for range commas - whole*c.per + 1 {
			end = bytes.LastIndexByte(p.buf[:end], ',')
		}
		p.data = p.buf[:end+1]
		c.carry = append(c.carry[:0], p.buf[end+1:n]...)
		c.done += int64(whole)
		return false, nil
	}
}

var comma = []byte{','}
