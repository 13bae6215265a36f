package profile

import (
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// catalog numbers functions, packages and sites the same way in both profiles.
type catalog struct {
	classOf map[string]uint32 // name as go tool pprof shows it -> row of functions
	class   []Function

	identOf map[string]uint32
	ident   []known // identity -> what is known of it

	pkgOf map[string]uint32
	pkg   []string

	siteOf map[siteKey]uint32
	site   []siteKey
}

// known is a function without what changes from build to build.
type known struct {
	key    string // as identity returns it
	name   string // as the later profile names it
	file   string
	pkg    uint32
	origin Origin
}

// siteKey is where a sample belongs.
type siteKey struct {
	ident uint32
	via   uint32 // package + 1, or 0
	wait  uint8  // what a goroutine waits for, a row of waitRules + 1
}

// info is what a pass needs to know of a function of one profile.
type info struct {
	class, ident, pkg uint32
	origin            Origin
	kind              kind
	wait              uint8
	allocator         bool // it allocates for others, and nothing is its own
	standing          bool // a goroutine that was created by it is not in it
}

func newCatalog() *catalog {
	return &catalog{classOf: map[string]uint32{}, identOf: map[string]uint32{}, pkgOf: map[string]uint32{}, siteOf: map[siteKey]uint32{}}
}

// functions numbers the functions of p.
func (c *catalog) functions(p *pprof.Profile, nature pprof.Nature) []info {
	goroutine := nature == pprof.Goroutines
	homes := homesOf(p)
	list := make([]info, len(p.Functions))
	for i := range p.Functions {
		f := &p.Functions[i]
		in := &list[i]
		in.class = number(c.classOf, f.Shown(), func() {
			c.class = append(c.class, Function{Name: f.Shown(), Object: f.Object, Unresolved: f.Unresolved})
		})
		if nature == pprof.References {
			f = withoutType(f)
		}
		pkg := packageOf(f)
		in.pkg = number(c.pkgOf, pkg, func() { c.pkg = append(c.pkg, pkg) })
		in.origin = originOf(f, pkg, homes)
		f = &p.Functions[i]
		key := identity(f)
		in.ident = number(c.identOf, key, func() { c.ident = append(c.ident, known{}) })
		c.ident[in.ident] = known{key, f.Shown(), f.File, in.pkg, in.origin}
		if goroutine {
			in.wait = uint8(waitOf(f.Name))
			in.standing = strings.HasPrefix(f.Name, pprof.CreatedBy)
		} else {
			in.kind, in.allocator = kindOf(f.Name), isAllocator(f.Name)
		}
		if nature == pprof.References {
			in.kind = kindOfStep(f.Name)
		}
	}
	return list
}

// withoutType is a variable of a way of references without its type, which
// stands behind it in parentheses.
func withoutType(f *pprof.Function) *pprof.Function {
	name, _, _ := strings.Cut(f.Name, " (")
	return &pprof.Function{Name: name}
}

// number returns the number of a key, after making a row for a new one.
func number[K comparable](of map[K]uint32, key K, row func()) uint32 {
	n, ok := of[key]
	if !ok {
		n = uint32(len(of))
		of[key] = n
		row()
	}
	return n
}

// siteRow numbers a site.
func (c *catalog) siteRow(key siteKey) uint32 {
	return number(c.siteOf, key, func() { c.site = append(c.site, key) })
}
