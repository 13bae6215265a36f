package inspect

// Summary describes one heap. It is plain data: nothing in it refers to a
// graph. Sizes are bytes.
type Summary struct {
	File, Format string
	// Counted says that objects were counted by name and nothing else: only Kinds,
	// and of Classes the counts and sizes, mean something.
	Counted bool

	Nodes, Edges int
	Size         uint64 // of all objects
	Extra        uint64 // bytes the producer counted but gave to no object; not in Size
	Unreached    int    // nodes that only hold each other

	Statistics Statistics
	Kinds      []Kind   // every kind that occurs; sizes add up to Size
	Classes    []Class  // largest retained size first
	Largest    []Object // by retained size, with the way to each
	Strings    Duplicates
	Detached   []Class // classes of nodes detached from their document

	Warnings []string
}

// Statistics are the figures of Chrome DevTools' Statistics pane.
type Statistics struct {
	Total, Code, Strings, JSArrays, TypedArrays, System, OtherJS, OtherNative uint64
}

// Kind counts the objects of one kind of package kinds.
type Kind struct {
	Kind  string
	Count int
	Size  uint64
}

// Class is a row of DevTools' Summary. Retained is the size of what the objects
// of the class keep alive; objects within objects of the class count once.
type Class struct {
	Class    string
	Key      string // "script,line,column,name" or ",name"
	Where    string // where it is defined, "file:line:column" counted from 1, or "script 82:line:column"; may be empty
	Count    int
	Size     uint64
	Retained uint64
	Distance int // of the nearest; -1 if only the collector's roots reach it
}

// Object is a single object.
type Object struct {
	ID       uint64
	Class    string
	Size     uint64
	Retained uint64
	Distance int // -1 if only the collector's roots reach it
	Path     []Step
}

// Step is one object on the way from the root and the edge that leads to it.
type Step struct {
	Edge  string // property name, "[*]" for elements, "context:name" for variables of closures
	Class string
	ID    uint64
	Where string
}

// Duplicates are strings of equal text, as DevTools finds them.
type Duplicates struct {
	Texts  int    // different texts that occur more than once
	Copies int    // strings with such a text
	Wasted uint64 // bytes of all copies but one each
	Worst  []Duplicate
}

// Duplicate is one text that occurs more than once.
type Duplicate struct {
	Text   string // empty unless asked for: values are secret
	Length int    // of the text in the snapshot, in UTF-16 units
	Copies int
	Wasted uint64
	SHA    string // the first 8 hex digits of the SHA-256 of the text, to tell texts apart without showing them
}

// Retainers says why an object, or the objects of a class, are alive.
type Retainers struct {
	File   string
	Target string // as the user named it
	Count  int    // objects that match
	Object []RetainedObject
}

// RetainedObject is one of them.
type RetainedObject struct {
	Object     Object
	Paths      [][]Step   // shortest first, from the root to the object
	Dominators []Object   // from the immediate dominator up to the root
	Direct     []Retainer // incoming edges, as DevTools lists them
}

// Retainer is an incoming edge.
type Retainer struct {
	Edge     string
	EdgeType string
	From     Object
}
