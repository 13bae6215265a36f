// Package decimal reads long lists of short decimal numbers, as they stand in
// the arrays of a heap snapshot, many numbers at a time.
//
// It takes the text apart in two steps, both with vector instructions. The first
// looks at 64 bytes at once, makes a bit mask of the bytes that are no digits
// but follow one, and notes where these are: the ends of the numbers. The second
// takes eight ends, loads the eight bytes that begin at each number, shifts out
// what is behind its end, and turns the digits of all of them into integers:
// neighbours are joined to numbers of two digits, these to four, these to eight.
//
//	text    1 , 1 2 3 \n , 4 5 6 7 8 , 9 …
//	ends      2       6              13        (one behind)
//	numbers 1 │ 123 │ 45678 │ …
//
// No step depends on the one before or on how long a number is, where a loop
// over bytes guesses that length, wrongly for every other record.
//
// Text is read only as far as it is numbers of up to 32 bits, without sign or
// space, each followed by a comma, with or without a newline before. Whoever
// reads must have a loop for the rest: for other text, for the last bytes, which
// are fewer than a step takes, and for processors that lack the instructions.
package decimal

const (
	blockSize = 64
	maxBlocks = 64 // in a batch: text, ends and numbers stay in the fastest cache
	groupSize = 8  // numbers that are made at once

	maxNumbers = maxBlocks * blockSize / 2 // a digit and a comma each
	overread   = 8                         // bytes behind the last block that may be loaded
	overwrite  = 32                        // ends that may be written behind the last one
)

// vectors and wide say what the processor can do.
var vectors, wide = features()

// Batch is some numbers of a list, and the room to read them.
type Batch struct {
	text    []byte
	ends    [1 + maxNumbers + overwrite]uint16 // number -> the byte behind its end, from ends[1] on
	numbers [maxNumbers + groupSize]uint32
}

// Read reads numbers from the start of text, which is the start of a record of
// per numbers, and returns those of whole records: none if the text is too short
// or not of the plain form. They are good until the next Read.
func (b *Batch) Read(text []byte, per int) []uint32 {
	blocks := min((len(text)-overread)/blockSize, maxBlocks)
	if !vectors || blocks <= 0 {
		return nil
	}
	b.text = text
	n := findEnds(&text[0], blocks, &b.ends[1])
	if n == 0 {
		return nil
	}
	for i := range groupSize { // what fills up the last group is numbers of no digits
		b.ends[1+n+i] = b.ends[n]
	}
	groups := convert(&text[0], &b.ends[1], (n+groupSize-1)/groupSize, &b.numbers[0])
	n = min(n, groups*groupSize)
	n -= n % per
	if n > 0 && text[b.After(n)-1] != ',' { // a newline ended the last block, and no comma follows
		n -= per
	}
	return b.numbers[:n]
}

// After returns how many bytes of the text the first n numbers take, with their commas.
func (b *Batch) After(n int) int {
	at := int(b.ends[n])
	if n > 0 && b.text[at-1] == '\n' {
		at++
	}
	return at
}
