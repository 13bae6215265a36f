package live

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Redaction takes the values of strings out of snapshots of V8: what a string of the
// program says becomes its length and a keyed hash, so that equal ones stay equal,
// in all snapshots that are redacted with the same key. Names of classes, functions,
// properties and files stay; so does a value that is used as such a name, too.
type Redaction struct{ key []byte }

// NewRedaction has a key that is made anew, and forgotten with it.
func NewRedaction() (*Redaction, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("no random key: %w", err)
	}
	return &Redaction{key}, nil
}

const keySize = 32

// RedactionOf has the key in a file, which is made if there is none: snapshots that
// are redacted at different times can then be compared. Whoever has the key can find
// out values by trying.
func RedactionOf(path string) (*Redaction, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		r, err := NewRedaction()
		if err != nil {
			return nil, err
		}
		out, err := create(path)
		if err != nil {
			return nil, err
		}
		defer out.abort()
		if _, err := fmt.Fprintf(out, "%x\n", r.key); err != nil {
			return nil, err
		}
		_, err = out.commit()
		return r, err
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < keySize {
		return nil, &TargetError{path, fmt.Sprintf("is no key: %d hexadecimal digits or more", 2*keySize), "name a file that is not there: a key is made"}
	}
	return &Redaction{key}, nil
}

// Filter returns a writer that takes the text of a snapshot and writes it into w
// without values. It works on the stream and keeps two bits a string. Strings must
// come after the nodes and edges, as V8 writes them.
func (r *Redaction) Filter(w io.Writer) (io.WriteCloser, error) {
	return &redactor{w: w, mac: hmac.New(sha256.New, r.key)}, nil
}

// RedactError says that a file cannot be redacted, so that nothing of it was kept.
type RedactError struct{ What string }

func (e *RedactError) Error() string { return "cannot be redacted: " + e.What }

// Hint is what to try.
func (e *RedactError) Hint() string {
	return "redact takes .heapsnapshot and .heaptimeline files as V8 writes them"
}

// part is where in the file the redactor is.
type part uint8

const (
	inHeader  part = iota // until the nodes begin
	inNodes               // numbers
	inBetween             // until the next array of interest
	inEdges
	inStrings
	inEnd
)

type redactor struct {
	w   io.Writer
	mac hash.Hash
	sum []byte // of the mac, used again
	at  part

	header []byte // text that is not written yet: of the header, a key, or a string
	out    []byte

	nodeFields, edgeFields int
	nodeType, nodeName     int // columns
	edgeType, edgeName     int
	isString, named        []bool // type -> whether nodes of it are strings; edges of it have names

	column, kind int
	number       uint64
	digits       bool

	values, names bits // string -> whether it is a value, a name
	index         uint64
	open, escaped bool // within a string, after a backslash
	depth         int  // of brackets, between the arrays
}

// bits is a set of small numbers.
type bits []uint64

func (b *bits) add(i uint64) {
	const most = 1 << 30
	if i >= most {
		return
	}
	if need := int(i/64) + 1; need > len(*b) {
		*b = append(*b, make([]uint64, need-len(*b))...)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bits) has(i uint64) bool { return i/64 < uint64(len(b)) && b[i/64]&(1<<(i%64)) != 0 }

// largestHeader bounds the text before the nodes.
const largestHeader = 1 << 20

func (r *redactor) Write(p []byte) (int, error) {
	r.out = r.out[:0]
	for _, c := range p {
		if err := r.take(c); err != nil {
			return 0, err
		}
		if len(r.out) >= piece {
			if _, err := r.w.Write(r.out); err != nil {
				return 0, err
			}
			r.out = r.out[:0]
		}
	}
	if _, err := r.w.Write(r.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// piece is how much is written at once.
const piece = 64 << 10

// Close fails unless everything was seen.
func (r *redactor) Close() error {
	if r.at != inEnd {
		return &RedactError{"it ends too early"}
	}
	return nil
}

func (r *redactor) take(c byte) error {
	switch r.at {
	case inHeader:
		if r.header = append(r.header, c); len(r.header) > largestHeader {
			return &RedactError{"it is no snapshot"}
		}
		if c == '[' {
			if begin, ok := cutKey(r.header, "nodes"); ok {
				if err := r.readMeta(begin); err != nil {
					return err
				}
				r.out = append(r.out, r.header...)
				r.header = r.header[:0]
				r.at = inNodes
			}
		}
		return nil
	case inNodes, inEdges:
		r.numbers(c)
	case inBetween:
		return r.between(c)
	case inStrings:
		return r.strings(c)
	}
	r.out = append(r.out, c)
	return nil
}

// cutKey returns what stands before "key":[ at the end of text.
func cutKey(text []byte, key string) ([]byte, bool) {
	t := bytes.TrimRight(bytes.TrimSuffix(text, []byte("[")), " \t\r\n")
	t, ok := bytes.CutSuffix(t, []byte(":"))
	if !ok {
		return nil, false
	}
	return bytes.CutSuffix(bytes.TrimRight(t, " \t\r\n"), []byte(`"`+key+`"`))
}

// readMeta reads the layout from the text before the nodes.
func (r *redactor) readMeta(text []byte) error {
	text = append(bytes.TrimRight(slices.Clone(text), ", \t\r\n"), '}')
	var file struct {
		Snapshot struct {
			Meta struct {
				NodeFields []string          `json:"node_fields"`
				NodeTypes  []json.RawMessage `json:"node_types"`
				EdgeFields []string          `json:"edge_fields"`
				EdgeTypes  []json.RawMessage `json:"edge_types"`
			} `json:"meta"`
		} `json:"snapshot"`
	}
	if json.Unmarshal(text, &file) != nil {
		return &RedactError{"its header is not understood"}
	}
	m := &file.Snapshot.Meta
	r.nodeFields, r.edgeFields = len(m.NodeFields), len(m.EdgeFields)
	r.nodeType, r.nodeName = slices.Index(m.NodeFields, "type"), slices.Index(m.NodeFields, "name")
	r.edgeType, r.edgeName = slices.Index(m.EdgeFields, "type"), slices.Index(m.EdgeFields, "name_or_index")
	var nodeTypes, edgeTypes []string
	if r.nodeType != 0 || r.nodeName < 0 || r.edgeType != 0 || r.edgeName < 0 || len(m.NodeTypes) == 0 || len(m.EdgeTypes) == 0 ||
		json.Unmarshal(m.NodeTypes[0], &nodeTypes) != nil || json.Unmarshal(m.EdgeTypes[0], &edgeTypes) != nil {
		return &RedactError{"its header describes no nodes and edges"}
	}
	for _, t := range nodeTypes {
		r.isString = append(r.isString, t == "string" || t == "concatenated string" || t == "sliced string")
	}
	for _, t := range edgeTypes {
		r.named = append(r.named, t != "element" && t != "hidden")
	}
	return nil
}

// numbers notes which strings the array's records name.
func (r *redactor) numbers(c byte) {
	if c >= '0' && c <= '9' {
		r.number, r.digits = r.number*10+uint64(c-'0'), true
		return
	}
	if r.digits {
		fields, nameColumn := r.nodeFields, r.nodeName
		if r.at == inEdges {
			fields, nameColumn = r.edgeFields, r.edgeName
		}
		switch r.column {
		case 0:
			r.kind = int(min(r.number, 1<<20))
		case nameColumn:
			r.note(r.number)
		}
		if r.column++; r.column == fields {
			r.column = 0
		}
		r.number, r.digits = 0, false
	}
	if c == ']' {
		r.at, r.column = inBetween, 0
	}
}

func (r *redactor) note(s uint64) {
	switch {
	case r.at == inEdges:
		if r.kind < len(r.named) && r.named[r.kind] {
			r.names.add(s)
		}
	case r.kind < len(r.isString) && r.isString[r.kind]:
		r.values.add(s)
	default:
		r.names.add(s)
	}
}

// between passes on until the edges or the strings begin.
func (r *redactor) between(c byte) error {
	r.out = append(r.out, c)
	if r.header = append(r.header, c); len(r.header) > 64 {
		r.header = append(r.header[:0], r.header[len(r.header)-32:]...)
	}
	switch c {
	case '[':
		if _, ok := cutKey(r.header, "edges"); ok && r.depth == 0 {
			r.at = inEdges
			return nil
		}
		if _, ok := cutKey(r.header, "strings"); ok && r.depth == 0 {
			r.at, r.header = inStrings, r.header[:0]
			return nil
		}
		r.depth++
	case ']':
		r.depth--
	}
	return nil
}

// strings passes on names and replaces values.
func (r *redactor) strings(c byte) error {
	if !r.open {
		switch c {
		case '"':
			r.open, r.header = true, r.header[:0]
			return nil
		case ']':
			r.at = inEnd
		}
		r.out = append(r.out, c)
		return nil
	}
	if c != '"' || r.escaped {
		r.header = append(r.header, c)
		r.escaped = c == '\\' && !r.escaped
		return nil
	}
	r.open = false
	r.out = append(r.out, '"')
	if r.values.has(r.index) && !r.names.has(r.index) && len(r.header) > 0 {
		r.hide(r.header)
	} else {
		r.name(r.header)
	}
	r.out = append(r.out, '"')
	r.index++
	return nil
}

// length is how many characters a JSON string has; one beyond 16 bits that is
// escaped counts as two, as in JavaScript.
func length(escaped []byte) int {
	n := 0
	for len(escaped) > 0 {
		skip := 1
		switch {
		case escaped[0] == '\\' && len(escaped) > 5 && escaped[1] == 'u':
			skip = 6
		case escaped[0] == '\\' && len(escaped) > 1:
			skip = 2
		case escaped[0] >= utf8.RuneSelf:
			_, skip = utf8.DecodeRune(escaped)
		}
		escaped = escaped[skip:]
		n++
	}
	return n
}

// hide writes what stands for a text: its length and a keyed hash.
func (r *redactor) hide(text []byte) {
	r.mac.Reset()
	r.mac.Write(text)
	r.sum = r.mac.Sum(r.sum[:0])
	r.out = append(r.out, "<str len="...)
	r.out = strconv.AppendInt(r.out, int64(length(text)), 10)
	r.out = append(r.out, " h="...)
	r.out = hex.AppendEncode(r.out, r.sum[:8])
	r.out = append(r.out, '>')
}

// Edges of WeakMap entries are named by their key and value, which may be strings:
//
//	12 / part of key (KEY @345) -> value (VALUE @347) pair in WeakMap (table @349)
var (
	keyMark   = []byte(" / part of key (")
	valueMark = []byte(") -> value (")
	tableMark = []byte(") pair in WeakMap (table @")
	idMark    = []byte(" @")
)

// name passes a name on, without what it says of a WeakMap's keys and values.
func (r *redactor) name(text []byte) {
	number := text[:len(text)-len(bytes.TrimLeft(text, "0123456789"))]
	if len(number) == 0 || !bytes.HasPrefix(text[len(number):], keyMark) {
		r.out = append(r.out, text...)
		return
	}
	entry := text[len(number)+len(keyMark):]
	tail := bytes.LastIndex(entry, tableMark)
	if tail < 0 { // cut short, or none of V8's: nothing of it can be trusted
		r.out = append(append(r.out, number...), keyMark...)
		r.hide(entry)
		return
	}
	key, value, ok := bytes.Cut(entry[:tail], valueMark)
	r.out = append(append(r.out, number...), keyMark...)
	r.party(key)
	if ok {
		r.out = append(r.out, valueMark...)
		r.party(value)
	}
	r.out = append(r.out, entry[tail:]...)
}

// party writes a key or a value: its id, and a hash for its name.
func (r *redactor) party(text []byte) {
	id := bytes.LastIndex(text, idMark)
	if id < 0 || len(bytes.TrimLeft(text[id+len(idMark):], "0123456789")) > 0 {
		r.hide(text)
		return
	}
	r.hide(text[:id])
	r.out = append(r.out, text[id:]...)
}

// File writes what it reads without the values of strings into a file, which is
// there whole or not at all.
func (r *Redaction) File(path string, from io.Reader) error {
	out, err := create(path)
	if err != nil {
		return err
	}
	defer out.abort()
	w, err := r.Filter(out)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(w, from, make([]byte, 1<<20)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err = out.commit()
	return err
}
