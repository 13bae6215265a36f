package pprof

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

var (
	// jemallocHead begins what jemalloc dumps: the version and the rate.
	jemallocHead = regexp.MustCompile(`^heap_v2/(\d+)\s*$`)
	// jemallocSum is what all threads have of a stack: blocks in use and their
	// bytes. What was ever allocated is in brackets, and zero unless asked for.
	jemallocSum = regexp.MustCompile(`^\s*t\*:\s*(\d+):\s*(\d+)\s*\[`)
)

// jemallocOwn are the functions of the allocator, which say nothing.
const jemallocOwn = `(je_|_rjem_)?(malloc|calloc|realloc|mallocx|rallocx|posix_memalign|aligned_alloc|memalign|valloc|malloc_usable_size|prof_.*)|operator new.*|__rust_alloc.*|__rdl_alloc.*`

// isJemalloc recognises a dump of jemalloc.
func isJemalloc(text []byte) bool { return bytes.HasPrefix(text, []byte("heap_v2/")) }

// parseJemalloc reads a dump of jemalloc:
//
//	heap_v2/524288
//	  t*: 1418: 620806 [0: 0]
//	@ 0x7f8cdd8a2630 0x564da46be257 …
//	  t*: 35: 1161499 [0: 0]
//	…
//	MAPPED_LIBRARIES:
//	564da46be000-564da46bf000 r-xp 00001000 fe:00 10382647 /srv/shop
//
// It counts the blocks in the sample. The numbers of the profile are estimates
// of all blocks, as jeprof makes them.
func parseJemalloc(text []byte) (*profile.Profile, error) {
	dump, maps, _ := bytes.Cut(text, []byte("\nMAPPED_LIBRARIES:\n"))
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"}},
		PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, DropFrames: jemallocOwn,
	}
	var err error
	if p.Mapping, err = profile.ParseProcMaps(bytes.NewReader(maps)); err != nil {
		return nil, fmt.Errorf("its memory map: %w", err)
	}
	for i, m := range p.Mapping {
		m.ID = uint64(i) + 1
	}
	known := map[uint64]*profile.Location{}
	var stack []*profile.Location
	number := 0
	for line := range strings.Lines(string(dump)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if number == 1 {
			head := jemallocHead.FindStringSubmatch(line)
			if head == nil {
				return nil, errors.New("line 1 does not say how it was sampled")
			}
			if p.Period, err = strconv.ParseInt(head[1], 10, 64); err != nil {
				return nil, fmt.Errorf("line 1: %w", err)
			}
			continue
		}
		if addresses, ok := strings.CutPrefix(line, "@"); ok {
			if stack, err = jemallocStack(p, addresses, known); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			continue
		}
		sum := jemallocSum.FindStringSubmatch(line)
		if sum == nil || stack == nil {
			continue // the total, or what one thread has of it
		}
		count, err1 := strconv.ParseInt(sum[1], 10, 64)
		size, err2 := strconv.ParseInt(sum[2], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		values, ok := estimate(count, size, p.Period)
		if !ok {
			return nil, fmt.Errorf("line %d: more bytes or blocks than can be", number)
		}
		s := &profile.Sample{Location: stack, Value: values}
		if count > 0 {
			s.NumLabel = map[string][]int64{"bytes": {size / count}}
		}
		p.Sample = append(p.Sample, s)
		stack = nil
	}
	if number == 0 || len(p.Sample) == 0 {
		return nil, errors.New("no stack has blocks")
	}
	return p, nil
}

// jemallocStack finds the locations of the addresses in a line.
func jemallocStack(p *profile.Profile, line string, known map[uint64]*profile.Location) ([]*profile.Location, error) {
	stack := []*profile.Location{}
	for _, word := range strings.Fields(line) {
		address, err := strconv.ParseUint(strings.TrimPrefix(word, "0x"), 16, 64)
		if err != nil || address == 0 {
			return nil, fmt.Errorf("%q is no address", word)
		}
		address-- // it is where a call returns to
		l := known[address]
		if l == nil {
			l = &profile.Location{ID: uint64(len(p.Location)) + 1, Address: address}
			for _, m := range p.Mapping {
				if m.Start <= address && address < m.Limit {
					l.Mapping = m
				}
			}
			known[address] = l
			p.Location = append(p.Location, l)
		}
		stack = append(stack, l)
	}
	return stack, nil
}

// estimate is of how many blocks, and bytes, those in a sample tell: one of s
// bytes is in it with the probability 1 - exp(-s/rate). ok says that numbers can
// hold them.
func estimate(count, size, rate int64) (values []int64, ok bool) {
	if count <= 0 || size <= 0 || rate <= 1 {
		return []int64{count, size}, true
	}
	scale := -1 / math.Expm1(-float64(size)/float64(count)/float64(rate))
	blocks, bytes := float64(count)*scale, float64(size)*scale
	return []int64{int64(blocks), int64(bytes)}, max(blocks, bytes) < math.MaxInt64
}
