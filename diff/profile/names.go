package profile

import (
	"path"
	"regexp"
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// A function keeps its identity from build to build: what compilers number is
// taken out of its name, and what machines differ in out of its file.

var (
	goClosure    = regexp.MustCompile(`\.(func|gowrap|deferwrap)\d+(\.\d+)*|-range\d+`)
	goInit       = regexp.MustCompile(`\.init\.\d+`)
	compilerTail = regexp.MustCompile(`(\.(constprop|isra|part|cold|lto_priv|llvm)(\.\d+)*)+$|::h[0-9a-f]{16}$`)
	goVersion    = regexp.MustCompile(`@v[^/]*`)
	crate        = regexp.MustCompile(`/(?:registry/src/[^/]+|rust/deps)/([^/]+)-\d[^/]*/`)
)

// identity is the name and the file of a function without what may change.
func identity(f *pprof.Function) string {
	name := f.Shown()
	name = withoutTypes(name)
	name = goClosure.ReplaceAllStringFunc(name, func(s string) string {
		return strings.TrimRight(strings.TrimRight(s, "0123456789."), "0123456789")
	})
	name = goInit.ReplaceAllString(name, ".init")
	name = compilerTail.ReplaceAllString(name, "")
	return name + "\x00" + stableFile(f.File)
}

// withoutTypes removes type parameters, in Go's brackets.
func withoutTypes(name string) string {
	if !strings.Contains(name, "[") {
		return name
	}
	var b strings.Builder
	depth := 0
	for _, r := range name {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// stableFile is a file without where it lay on the machine that built it. The
// name of a Go function says its package, so that the last element is enough.
func stableFile(file string) string {
	file = strings.ReplaceAll(file, `\`, "/")
	if strings.HasSuffix(file, ".go") || strings.HasSuffix(file, ".s") {
		return path.Base(file)
	}
	if _, inside, ok := strings.Cut(file, "/node_modules/"); ok {
		return "node_modules/" + inside
	}
	return strings.TrimPrefix(file, "file://")
}

// packageOf is the import path in the name of a Go function, or what comes
// closest to it for others.
func packageOf(f *pprof.Function) string {
	name := strings.TrimPrefix(f.Shown(), pprof.CreatedBy)
	switch {
	case f.Unresolved:
		return path.Base("/" + f.Object)[0:]
	case isGo(f):
		name = withoutTypes(name)
		slash := strings.LastIndexByte(name, '/') + 1
		dot := strings.IndexByte(name[slash:], '.')
		if dot < 0 {
			return "runtime"
		}
		return strings.ReplaceAll(name[:slash+dot], "%2e", ".")
	}
	file := strings.ReplaceAll(strings.TrimPrefix(f.File, "file://"), `\`, "/")
	if _, inside, ok := cutLast(file, "node_modules/"); ok {
		parts := strings.SplitN(inside, "/", 3)
		if strings.HasPrefix(inside, "@") && len(parts) > 1 {
			return parts[0] + "/" + parts[1]
		}
		return parts[0]
	}
	if _, inside, ok := cutLast(file, "site-packages/"); ok {
		first, _, _ := strings.Cut(inside, "/")
		return first
	}
	if m := crate.FindStringSubmatch(file); m != nil {
		return m[1]
	}
	if file == "" {
		if i := strings.LastIndex(name, "::"); i > 0 {
			return name[:i]
		}
		return "(no file)"
	}
	return file
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func isGo(f *pprof.Function) bool {
	if f.File == "" {
		name := f.Shown()
		slash := strings.LastIndexByte(name, '/') + 1
		return !strings.Contains(name, "::") && strings.Contains(name[slash:], ".") && !strings.ContainsAny(name, " <(") || strings.Contains(name, ".(*")
	}
	return strings.HasSuffix(f.File, ".go") || strings.HasSuffix(f.File, ".s") && strings.Contains(f.Name, ".")
}

func isStandard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	switch first {
	case "archive", "bufio", "builtin", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug",
		"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter",
		"log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv",
		"strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "vendor", "weak", "type:", "go:buildid":
		return true
	}
	return false
}

// homes say how the functions of a profile show whose code they are.
type homes struct {
	goroot   string // where Go's own sources lay when the program was built; empty if paths were trimmed
	scripted bool   // functions are of JavaScript: what has no file is the engine's
}

func homesOf(p *pprof.Profile) homes {
	h := homes{goroot: gorootOf(p)}
	for i := range p.Functions {
		switch path.Ext(p.Functions[i].File) {
		case ".js", ".mjs", ".cjs", ".ts":
			h.scripted = true
		}
	}
	return h
}

// originOf says whose code a function of a package is.
func originOf(f *pprof.Function, pkg string, h homes) Origin {
	file := strings.ReplaceAll(f.File, `\`, "/")
	switch {
	case f.Unresolved:
		if strings.HasPrefix(f.Object, "/usr/lib") || strings.HasPrefix(f.Object, "/lib") || strings.HasPrefix(f.Object, "[") {
			return Runtime
		}
		return Own
	case h.scripted && file == "":
		return Runtime
	case isGo(f):
		return goOrigin(file, pkg, h.goroot)
	case strings.Contains(file, "node_modules/"), strings.Contains(file, "site-packages/"), strings.Contains(file, "/.cargo/registry/"),
		strings.Contains(file, "/vendor/"), strings.Contains(file, "/third_party/"):
		return Dependency
	case file == "(V8)", strings.HasPrefix(file, "node:"), strings.HasPrefix(file, "internal/"), strings.HasPrefix(file, "/rustc/"), strings.HasPrefix(file, "/rust/deps/"),
		strings.HasPrefix(file, "/usr/include/"), strings.HasPrefix(file, "/usr/lib/"), strings.Contains(file, "/lib/python3"), strings.HasPrefix(file, "<frozen "):
		return Runtime
	case file == "" && strings.HasPrefix(f.Shown(), "("): // (root), (program), (V8 API)
		return Runtime
	case file == "" && (strings.HasPrefix(f.Shown(), "std::") || strings.HasPrefix(f.Shown(), "core::") || strings.HasPrefix(f.Shown(), "alloc::") ||
		strings.HasPrefix(f.Shown(), "__") || f.Shown() == "_start"):
		return Runtime
	}
	return Own
}

func goOrigin(file, pkg, goroot string) Origin {
	inRoot := goroot != "" && strings.HasPrefix(file, goroot)
	switch {
	case inRoot && !strings.HasPrefix(file, goroot+"pkg/mod/"):
		return Runtime
	case pkg == "main":
		return Own
	case strings.Contains(file, "/pkg/mod/"), goVersion.MatchString(file), strings.Contains(file, "/vendor/"):
		return Dependency
	case isStandard(pkg) && (!strings.HasPrefix(file, "/") || goroot == ""):
		return Runtime
	}
	return Own
}

// gorootOf finds where Go's own sources lay when the program was built: what
// stands before runtime's. Empty if paths were trimmed.
func gorootOf(p *pprof.Profile) string {
	for i := range p.Functions {
		f := &p.Functions[i]
		if strings.HasPrefix(f.Name, "runtime.") {
			if before, _, ok := strings.Cut(f.File, "src/runtime/"); ok {
				return before + "src/"
			}
		}
	}
	return ""
}
