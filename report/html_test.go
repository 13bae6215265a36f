package report

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/goccy/go-json"
	"github.com/heapdiff/heapdiff/diff"
)

// TestPage holds that the only markup in a page is ours, and that the policy
// allows its one style and its one script and nothing else.
func TestPage(t *testing.T) {
	allowed := regexp.MustCompile(`^/?(html|head|meta|title|style|script|body|main|header|nav|a|button|h[123]|p|span|bdi|code|ul|ol|li|strong|section|details|summary|div|table|thead|tbody|tfoot|tr|th|td|svg|rect)( |/|$)`)
	for name, d := range pages() {
		page := string(writePage(t, d))
		policy := html.UnescapeString(regexp.MustCompile(`"Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
		style, _ := between(page, "<style>", "</style>")
		script, _ := between(page, "<script>", "</script>")
		data, _ := between(page, `<script type="application/json" id="data">`, "</script>")
		hash := func(s string) string {
			sum := sha256.Sum256([]byte(s))
			return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
		for _, want := range []string{"default-src 'none'", "style-src " + hash(style) + ";", "script-src " + hash(script) + ";", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy is %s, without %s", name, policy, want)
			}
		}
		for _, banned := range []string{"unsafe", "http:", "https:", "*", "data:"} {
			if strings.Contains(policy, banned) {
				t.Errorf("%s: the policy allows %s", name, banned)
			}
		}
		if strings.ContainsAny(data, "<>&") {
			t.Errorf("%s: something in the data could end its element", name)
		}
		if !json.Valid([]byte(data)) {
			t.Errorf("%s: the data is no JSON", name)
		}
		markup := strings.NewReplacer(style, "", script, "", data, "").Replace(page)
		if strings.Contains(markup, " style=") || regexp.MustCompile(` on[a-z]+=`).MatchString(tagsOf(markup)) {
			t.Errorf("%s: something that the policy forbids", name)
		}
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(markup, -1) {
			if !allowed.MatchString(strings.Trim(tag, "<>")) && tag != "<!doctype html>" {
				t.Errorf("%s: tag %s", name, tag)
			}
		}
		for _, r := range page {
			if r != '\n' && !unicode.IsPrint(r) && r != '\u00a0' {
				t.Errorf("%s: %U in the page", name, r)
				break
			}
		}
		if strings.Count(page, "<script") != 2 || strings.Contains(markup, "src=") && !strings.Contains(markup, "img src=x") {
			t.Errorf("%s: more scripts than ours", name)
		}
	}
}

func tagsOf(markup string) string {
	return strings.Join(regexp.MustCompile(`<[a-z][^>]*>`).FindAllString(markup, -1), "\n")
}

func between(s, start, end string) (string, bool) {
	_, s, ok := strings.Cut(s, start)
	s, _, ok2 := strings.Cut(s, end)
	return s, ok && ok2
}

func writePage(t testing.TB, d *Document) []byte {
	t.Helper()
	var b strings.Builder
	if err := writeHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

// TestPageSize holds how much a page may weigh.
func TestPageSize(t *testing.T) {
	const shell, most = 80_000, 1_000_000
	if n := len(pageText) + len(pageStyle) + len(pageScript); n > shell {
		t.Errorf("the shell has %d bytes", n)
	}
	empty := writePage(t, Compare(nothing(), Options{}))
	if len(empty) > shell {
		t.Errorf("an empty page has %d bytes", len(empty))
	}
	if n := len(writePage(t, Compare(large(2000, 300), Options{}))); n > most {
		t.Errorf("2,000 places have %d bytes", n)
	}
	err := writeHTML(&strings.Builder{}, Compare(large(10, 200_000), Options{All: true}))
	if err == nil || !strings.Contains(err.Error(), "--top") {
		t.Errorf("a page of many megabytes: %v", err)
	}
}

// TestRemainders holds that what is drawn adds up to what came and went.
func TestRemainders(t *testing.T) {
	for _, r := range []*diff.Result{ranked(), several(), none(), large(500, 1)} {
		v, rec := heapPlaces(r), &r.Ranking.Reconciliation
		for _, shown := range []int{len(v.List), min(3, len(v.List))} {
			var up, down uint64
			for _, p := range v.List[:shown] {
				up += p.share
			}
			for _, r := range remainders(rec, v.List[:shown]) {
				up, down = up+r.up, down+r.down
			}
			if up != rec.Accumulated+rec.InPlace+rec.Unattributed || down != rec.Freed {
				t.Errorf("drawn are +%d -%d, want %+v", up, down, rec)
			}
		}
	}
}

// sources are the files that the script and the style are made of.
func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"html/*.ts", "html/*.css"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[f] = string(text)
		}
	}
	if len(out) < 10 {
		t.Fatalf("%d sources", len(out))
	}
	return out
}

// unsafe are the ways in which text becomes markup or a program.
var unsafe = regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setHTML|createContextualFragment|DOMParser|srcdoc|javascript:|setTimeout\(\s*["'` + "`" + `]|\bimport\(|\bfetch\(|XMLHttpRequest|WebSocket|https?://`)

// TestScriptIsSafe holds that nothing in the page's sources turns text into
// markup, or asks for anything.
func TestScriptIsSafe(t *testing.T) {
	for name, text := range sources(t) {
		for i, line := range strings.Split(text, "\n") {
			line = strings.ReplaceAll(line, `"http://www.w3.org/2000/svg"`, "")
			if found := unsafe.FindString(line); found != "" {
				t.Errorf("%s:%d: %s", name, i+1, found)
			}
		}
	}
	for _, bad := range []string{"e.innerHTML = x", "eval(x)", "setTimeout('x()')", "fetch(url)"} {
		if !unsafe.MatchString(bad) {
			t.Errorf("%s is not found", bad)
		}
	}
}

// TestBundle holds that the script and the style are what their sources make.
func TestBundle(t *testing.T) {
	sources(t) // so that a result is not kept when one changes
	text, err := os.ReadFile("html.go")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^//go:generate (go tool .*) --outfile=(html/dist/page\.\w+)$`).FindAllStringSubmatch(string(text), -1)
	if len(commands) != 2 {
		t.Fatalf("%d commands", len(commands))
	}
	for _, c := range commands {
		made := filepath.Join(t.TempDir(), filepath.Base(c[2]))
		args := append(strings.Fields(c[1]), "--outfile="+made)
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		got, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(c[2])
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what its sources make: run go generate ./report", c[2])
		}
	}
}
