package gate

import (
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/kinds"
)

// ScopeKind says by what a metric is narrowed.
type ScopeKind uint8

const (
	// Everything is no scope.
	Everything ScopeKind = iota
	// Class is a class by its name, which may have * and ?.
	Class
	// Path is a place and what is below it.
	Path
	// OfKind is a kind of object.
	OfKind
	// Fingerprint is one finding, by the beginning of its fingerprint.
	Fingerprint
)

var scopeNames = []string{"", "class", "path", "kind", "fingerprint"}

func (k ScopeKind) String() string { return scopeNames[k] }

// Scope narrows a metric.
type Scope struct {
	Kind ScopeKind
	Name string // as the user wrote it, without quotes
}

func (s Scope) String() string {
	if s.Kind == Everything {
		return ""
	}
	name := s.Name
	if strings.ContainsAny(name, `:<>=!"`) || strings.TrimSpace(name) != name {
		name = quote(name)
	}
	return s.Kind.String() + ":" + name
}

// Names of package kinds that rules are about.
var (
	kindBuffers  = kinds.ArrayBuffers.String()
	kindNative   = kinds.OtherNative.String()
	kindHandles  = kinds.Handles.String()
	kindStrings  = kinds.Strings.String()
	kindArrays   = kinds.Arrays.String()
	kindDetached = kinds.DetachedDOM.String()
	kindTimers   = kinds.Timers.String()
)

// kindScope is a kind as rules call it: the kind of objects in the heap, and the
// kinds of what accumulates. One of them may be empty.
type kindScope struct {
	name string
	heap string
	line []growth.Kind
}

// kindScopes are all kinds that a scope can name.
var kindScopes = []kindScope{
	{"object", kinds.JSObjects.String(), []growth.Kind{growth.Objects, growth.Properties}},
	{"string", kindStrings, []growth.Kind{growth.Strings}},
	{"array", kindArrays, []growth.Kind{growth.Arrays}},
	{"closure", kinds.Closures.String(), []growth.Kind{growth.Closures, growth.Listeners}},
	{"listener", "", []growth.Kind{growth.Listeners}},
	{"code", kinds.Code.String(), []growth.Kind{growth.Engine}},
	{"arraybuffer", kindBuffers, []growth.Kind{growth.Buffers}},
	{"handle", kindHandles, []growth.Kind{growth.Sockets}},
	{"socket", kindHandles, []growth.Kind{growth.Sockets}},
	{"timer", kindTimers, []growth.Kind{growth.Timers}},
	{"promise", kinds.Promises.String(), []growth.Kind{growth.Promises}},
	{"collection", kinds.Collections.String(), []growth.Kind{growth.Collection}},
	{"weakref", "", []growth.Kind{growth.WeakRefs}},
	{"list", "", []growth.Kind{growth.LinkedList}},
	{"dom", kindDetached, []growth.Kind{growth.DetachedDOM}},
	{"native", kindNative, nil},
	{"number", kinds.Numbers.String(), nil},
	{"runtime", kinds.Runtime.String(), []growth.Kind{growth.Engine}},
}

// kindAliases are other words for them, and the names that reports show.
var kindAliases = map[string]string{
	"buffer": "arraybuffer", "external": "arraybuffer", "map": "collection", "set": "collection", "mapset": "collection",
	"cache": "collection", "detached": "dom", "detacheddom": "dom", "linkedlist": "list", "weakreference": "weakref",
	"jsobject": "object", "propertie": "object", "property": "object", "socketsandhandle": "handle", "othernative": "native", "numbersandsymbol": "number",
	"runtimeinternal": "runtime", "engine": "runtime", "function": "closure",
}

// kindNamed finds a kind, in the singular or the plural, in any case.
func kindNamed(name string) (k kindScope, ok bool) {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	plain = strings.TrimSuffix(plain, "s")
	if other := kindAliases[plain]; other != "" {
		plain = other
	}
	i := slices.IndexFunc(kindScopes, func(k kindScope) bool { return k.name == plain })
	if i < 0 {
		return kindScope{}, false
	}
	return kindScopes[i], true
}

func kindScopeNames() []string {
	var names []string
	for _, k := range kindScopes {
		names = append(names, k.name)
	}
	return names
}

// matches reports whether a line is in the scope.
func (s Scope) matches(l *growth.Line) bool {
	switch s.Kind {
	case Everything:
		return true
	case Class:
		return matchClass(s.Name, l.Class)
	case Path:
		return matchPath(s.Name, l)
	case OfKind:
		k, _ := kindNamed(s.Name)
		return slices.Contains(k.line, l.Kind)
	default:
		return matchFingerprint(s.Name, l.Fingerprint)
	}
}

// matchFingerprint compares the beginning of a fingerprint. A prefix that is
// too short to name one finding matches nothing.
func matchFingerprint(prefix, fingerprint string) bool {
	prefix = strings.ToLower(strings.TrimSuffix(prefix, "…"))
	return len(prefix) >= shortestPrint && strings.HasPrefix(fingerprint, prefix)
}

// shortestPrint is how many digits a fingerprint must have at least.
const shortestPrint = 4
