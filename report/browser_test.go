package report

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-json"
)

// browser is a Chromium without a window. It is spoken to through a pipe, in the
// DevTools protocol, a message between two zero bytes.
type browser struct {
	in io.Writer

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	heard   map[string][]message // session -> events
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// startBrowser starts one for the test, or skips it where there is none.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium")
	}
	hear, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	theirIn, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--force-color-profile=srgb", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{in: tell, waiting: map[int]chan message{}, heard: map[string][]message{}}
	go b.listen(hear)
	t.Cleanup(func() {
		b.send("", "Browser.close", nil)
		cmd.Wait()
		tell.Close()
		hear.Close()
	})
	return b
}

func (b *browser) listen(r io.Reader) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			break
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if c := b.waiting[m.ID]; m.ID > 0 && c != nil {
			delete(b.waiting, m.ID)
			c <- m
		} else {
			b.heard[m.Session] = append(b.heard[m.Session], m)
		}
		b.mu.Unlock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.waiting {
		close(c)
	}
}

func (b *browser) send(session, method string, params any) (json.RawMessage, error) {
	text, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	reply := make(chan message, 1)
	b.mu.Lock()
	b.last++
	b.waiting[b.last] = reply
	text, err = json.Marshal(message{ID: b.last, Session: session, Method: method, Params: text})
	if err == nil {
		_, err = b.in.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m, ok := <-reply:
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: the browser ended", method)
		case m.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		return m.Result, nil
	case <-time.After(60 * time.Second):
		return nil, fmt.Errorf("%s: no answer", method)
	}
}

// tab is a page in the browser.
type tab struct {
	*testing.T
	b       *browser
	session string
	url     string
	still   bool // scripts do not run
}

type object = map[string]any

// openTab opens what a document makes, from disk, in a window of a size.
func (b *browser) openTab(t *testing.T, d *Document, width, height int) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, writePage(t, d), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &tab{T: t, b: b, url: "file://" + file}
	var target struct{ TargetID, SessionID string }
	p.into(&target, "", "Target.createTarget", object{"url": "about:blank"})
	id := target.TargetID
	p.into(&target, "", "Target.attachToTarget", object{"targetId": id, "flatten": true})
	p.session = target.SessionID
	t.Cleanup(func() { b.send("", "Target.closeTarget", object{"targetId": id}) })
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		p.do(domain+".enable", nil)
	}
	p.resize(width, height)
	p.do("Emulation.setEmulatedMedia", object{"features": []object{still}})
	return p
}

// into sends a command and reads what it returns.
func (p *tab) into(to any, session, method string, params any) {
	p.Helper()
	result, err := p.b.send(session, method, params)
	if err != nil {
		p.Fatal(err)
	}
	if to != nil {
		if err := json.Unmarshal(result, to); err != nil {
			p.Fatal(err)
		}
	}
}

func (p *tab) do(method string, params any) {
	p.Helper()
	p.into(nil, p.session, method, params)
}

func (p *tab) resize(width, height int) {
	p.Helper()
	p.do("Emulation.setDeviceMetricsOverride", object{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
}

// still pages do not have to be waited for.
var still = object{"name": "prefers-reduced-motion", "value": "reduce"}

func (p *tab) dark() {
	p.Helper()
	p.do("Emulation.setEmulatedMedia", object{"features": []object{{"name": "prefers-color-scheme", "value": "dark"}, still}})
}

// load opens the page, at a place of it, and waits until it is drawn.
func (p *tab) load(hash string) {
	p.Helper()
	p.do("Page.navigate", object{"url": p.url + hash})
	p.wait(`document.readyState === "complete" && location.protocol === "file:"`)
	p.settle()
}

// settle waits until what was asked for is drawn.
func (p *tab) settle() {
	p.Helper()
	if p.still {
		time.Sleep(200 * time.Millisecond)
		return
	}
	p.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(1), 0))))`)
}

// wait waits until an expression is true.
func (p *tab) wait(expression string) {
	p.Helper()
	for range 200 {
		if p.eval(expression) == true {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.Fatalf("never true: %s", expression)
}

// eval returns what an expression comes to.
func (p *tab) eval(expression string) any {
	p.Helper()
	var out struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	p.into(&out, p.session, "Runtime.evaluate", object{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if out.ExceptionDetails != nil {
		p.Fatalf("%s: %s", expression, out.ExceptionDetails.Exception.Description)
	}
	return out.Result.Value
}

// is fails unless an expression comes to a value.
func (p *tab) is(expression string, want any) {
	p.Helper()
	if n, ok := want.(int); ok {
		want = float64(n)
	}
	if got := p.eval(expression); got != want {
		p.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// keys types keys by their names, one after the other.
func (p *tab) keys(names ...string) {
	p.Helper()
	codes := map[string]int{"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35}
	for _, name := range names {
		key := object{"type": "keyDown", "key": name, "windowsVirtualKeyCode": codes[name]}
		if len(name) == 1 {
			key["text"] = name
		} else if name == "Enter" {
			key["text"] = "\r"
		}
		p.do("Input.dispatchKeyEvent", key)
		p.do("Input.dispatchKeyEvent", object{"type": "keyUp", "key": name, "windowsVirtualKeyCode": codes[name]})
	}
	p.settle()
}

// click presses the mouse in the middle of an element.
func (p *tab) click(selector string) {
	p.Helper()
	q, _ := json.Marshal(selector)
	at := p.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect(); return (r.x + r.width / 2) + " " + (r.y + r.height / 2) })()`, q)).(string)
	var x, y float64
	fmt.Sscan(at, &x, &y)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.do("Input.dispatchMouseEvent", object{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})
	}
	p.settle()
}

// screenshot returns what is seen.
func (p *tab) screenshot() []byte {
	p.Helper()
	var out struct{ Data string }
	p.into(&out, p.session, "Page.captureScreenshot", object{"format": "png", "optimizeForSpeed": false})
	return p.decode(out.Data)
}

// pdf prints the page.
func (p *tab) pdf() []byte {
	p.Helper()
	var out struct{ Data string }
	p.into(&out, p.session, "Page.printToPDF", object{"printBackground": true, "preferCSSPageSize": true})
	return p.decode(out.Data)
}

func (p *tab) decode(text string) []byte {
	p.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		p.Fatal(err)
	}
	return data
}

// quiet fails if the page asked for anything, said anything, or opened a dialog.
func (p *tab) quiet() {
	p.Helper()
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	for _, m := range p.b.heard[p.session] {
		switch m.Method {
		case "Network.requestWillBeSent":
			if !bytes.Contains(m.Params, []byte(`"url":"file:///`)) || !bytes.Contains(m.Params, []byte(`report.html`)) {
				p.Errorf("a request: %s", m.Params)
			}
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening":
			p.Errorf("%s: %.600s", m.Method, m.Params)
		}
	}
}

// axe is the accessibility checker, installed beside the tests' other caches.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	const version = "4.14.1"
	dir := filepath.Join(cache, "heapdiff-tests", "axe-core-"+version)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if _, err := exec.LookPath("node"); err != nil {
			t.Skip("there is no node, and so no npm to install axe-core with")
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, "axe-core@"+version)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("npm install axe-core: %v\n%s", err, out)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// accessible fails if axe finds a violation.
func (p *tab) accessible(script string) {
	p.Helper()
	p.into(nil, p.session, "Runtime.evaluate", object{"expression": script})
	found := p.eval(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v =>
		v.id + ": " + v.help + "\n" + v.nodes.slice(0, 3).map(n => "  " + n.target.join(" ") + "  " + n.html.slice(0, 160) + "\n  " + (n.failureSummary || "")).join("\n")).join("\n"))`)
	if found != "" {
		p.Errorf("axe: %s", found)
	}
}

func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	script := axe(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *browser, string)
	}{
		{"quiet", testQuiet},
		{"explore", testExplore},
		{"tables", testTables},
		{"keyboard", testKeyboard},
		{"links", testLinks},
		{"sizes", testSizes},
		{"hostile", testHostile},
		{"accessible", testAccessible},
		{"fast", testSpeed},
		{"paper", testPaper},
		{"without scripts", testNoScript},
		{"numbers", testNumbers},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, b, script) })
	}
}

// testQuiet opens every page there is, in light and dark.
func testQuiet(t *testing.T, b *browser, _ string) {
	for name, d := range pages() {
		p := b.openTab(t, d, 1280, 800)
		p.load("")
		p.is(`document.documentElement.classList.contains("js")`, true)
		p.is(`document.documentElement.scrollWidth <= innerWidth`, true)
		p.dark()
		p.settle()
		p.quiet()
		if t.Failed() {
			t.Fatalf("page %s", name)
		}
	}
}

// testExplore chooses, zooms and searches.
func testExplore(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, Compare(several(), Options{}), 1280, 800)
	p.load("")
	p.is(`document.querySelector("#detail h3").textContent`, "global.indexerState.cache (Map) → [*] CachedRecord")
	p.click(`.map [data-line="2"]`)
	p.is(`location.hash`, "#leak=9f3a1c000003")
	p.is(`document.querySelector("#detail h3").textContent`, "server.bus._events.update (Array) → [*] onUpdate()")
	p.is(`document.querySelector(".map .on").dataset.line`, "2")
	p.is(`document.querySelector('.lines tr[aria-selected="true"]').cells[1].textContent.startsWith("server.bus")`, true)
	// Zooming into a group shows what is in it.
	all := p.eval(`document.querySelectorAll(".map .cell").length`).(float64)
	p.click(`.map .group[aria-label^=".indexerState"], .map .group[aria-label^="global"]`)
	p.is(`document.querySelectorAll(".crumbs button").length > 0`, true)
	if got := p.eval(`document.querySelectorAll(".map .cell").length`).(float64); got >= all || got == 0 {
		t.Errorf("%v cells after zooming in, %v before", got, all)
	}
	p.click(`.crumbs button`)
	p.is(`document.querySelectorAll(".map .cell").length`, int(all))
	// The icicle zooms, too, and opens places.
	p.click(`#icicle [aria-label^=".bus"]`)
	p.is(`document.querySelector("#icicle .way").getAttribute("aria-label") === null && document.querySelector("#icicle title").textContent.startsWith(".bus")`, true)
	p.keys("Escape")
	p.click(`#icicle .place[aria-label*="onUpdate"]`)
	p.is(`location.hash`, "#leak=9f3a1c000003")
	p.load("")
	rec := several().Ranking.Reconciliation
	p.is(`document.querySelector("#icicle title").textContent`, "heap: "+sizeDelta(rec.Growth).format(false)+
		", came "+size(rec.Accumulated+rec.InPlace+rec.Unattributed).format(true)+", went "+size(rec.Freed).format(true))
	// Searching dims what is not meant.
	p.click(`#search`)
	p.keys("s", "o", "c", "k", "e", "t")
	p.is(`document.querySelector(".tools .count").textContent`, "1 of 8")
	p.is(`document.querySelectorAll(".map .cell:not(.dim)").length`, 1)
	p.is(`document.querySelectorAll(".lines tbody tr[data-row]").length`, 1)
	p.keys("Escape")
	p.is(`document.querySelectorAll(".map .dim").length`, 0)
	// Other holders are led to.
	p.is(`document.querySelector(".map .hatch") !== null`, true)
	p.load("#leak=9f3a1c000001")
	p.click(`#detail a[href="#leak=9f3a1c000002"]`)
	p.is(`document.querySelector("#detail h3").textContent.includes("recent")`, true)
	p.quiet()
}

// testTables sorts by every column of every table, and filters each.
func testTables(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, Compare(large(2000, 3000), Options{}), 1280, 800)
	p.load("")
	p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
	p.settle()
	p.is(`document.querySelectorAll(".virtual tbody tr").length < 300`, true)
	wrong := p.eval(`(async () => {
		const frame = () => new Promise(f => requestAnimationFrame(f));
		const number = s => { const m = /^([+-]?[\d,.]+)(?: ([KMGTP]iB|B))?/.exec(s); return m ? parseFloat(m[1].replace(/,/g, "")) * ({KiB: 2**10, MiB: 2**20, GiB: 2**30}[m[2]] || 1) : null; };
		const wrong = [];
		for (const t of document.querySelectorAll(".virtual table")) {
			const heads = t.querySelectorAll("thead th");
			for (let c = 0; c < heads.length; c++) for (const want of ["first", "second"]) {
				heads[c].querySelector("button").click();
				await frame();
				const order = heads[c].getAttribute("aria-sort");
				if (t.querySelectorAll('th:not([aria-sort="none"])').length !== 1) wrong.push("more than one order");
				const cells = [...t.querySelectorAll("tbody tr:not(.spacer)")].map(r => r.cells[c]?.textContent ?? "");
				const numeric = heads[c].classList.contains("num");
				const keys = cells.map(s => numeric ? number(s) : s.toLowerCase()).filter(k => k !== null && k !== "");
				for (let i = 1; i < keys.length; i++) {
					const falls = keys[i] < keys[i-1], rises = keys[i] > keys[i-1];
					if (order === "ascending" && falls || order === "descending" && rises) { wrong.push(t.closest("section").id + " column " + c + " " + order + ": " + cells[i-1] + " before " + cells[i]); break; }
				}
			}
		}
		return wrong.join("\n");
	})()`)
	if wrong != "" {
		t.Errorf("not in order: %v", wrong)
	}
	p.click(`#classes input[type=search]`)
	p.keys("c", "l", "a", "s", "s", "1", "2", "3")
	p.is(`document.querySelector("#classes .count").textContent`, "11 of 3,000")
	p.is(`[...document.querySelectorAll("#classes .virtual tbody tr:not(.spacer)")].every(r => r.cells[0].textContent.includes("Class123"))`, true)
	p.is(`document.querySelector("#classes .virtual tfoot").textContent.startsWith("11 shown")`, true)
	p.keys("z")
	p.is(`document.querySelector("#classes .virtual tbody").textContent`, "Nothing matches.")
	p.keys("Escape")
	// The last row is reached by scrolling.
	p.eval(`document.querySelector("#classes .virtual").scrollTop = 1e7`)
	p.settle()
	p.is(`[...document.querySelectorAll("#classes .virtual tbody tr")].some(r => r.getAttribute("aria-rowindex") === "3001")`, true)
	p.quiet()
}

func testKeyboard(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, Compare(several(), Options{}), 1280, 800)
	p.load("")
	p.keys("/")
	p.is(`document.activeElement.id`, "search")
	p.keys("/") // is typed now
	p.is(`document.activeElement.value`, "/")
	p.keys("Escape", "Escape")
	p.is(`document.activeElement === document.body`, true)
	p.eval(`document.querySelector('.map [tabindex="0"]').focus()`)
	seen := map[any]bool{}
	for _, key := range []string{"ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home"} {
		p.keys(key)
		p.is(`document.activeElement.closest(".map") !== null && document.querySelectorAll('.map [tabindex="0"]').length`, 1)
		seen[p.eval(`document.activeElement.getAttribute("aria-label")`)] = true
	}
	if len(seen) < 4 {
		t.Errorf("arrows reach %d cells", len(seen))
	}
	p.eval(`document.querySelector('.map .cell[data-line="3"]').focus()`)
	p.keys("Enter")
	p.is(`location.hash`, "#leak=9f3a1c000004")
	p.is(`document.activeElement.id`, "detail-title")
	// Rows are walked and opened, too.
	p.eval(`document.querySelector('.lines tr[tabindex="0"]').focus()`)
	p.keys("Home", "ArrowDown", "ArrowDown", "Enter")
	p.is(`location.hash`, "#leak=9f3a1c000003")
	// Escape goes out of a zoom step by step.
	p.eval(`document.querySelector('#icicle [aria-label^="server"]').focus()`)
	p.keys("Enter")
	p.is(`document.querySelectorAll(".crumbs button").length`, 1)
	p.keys("Escape")
	p.is(`document.querySelectorAll(".crumbs button").length`, 0)
	p.quiet()
}

func testLinks(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, Compare(several(), Options{}), 1280, 800)
	p.load("#leak=9f3a1c000005")
	p.is(`document.querySelector("#detail h3").textContent.includes("server.log")`, true)
	p.is(`document.querySelector("#growth").getBoundingClientRect().top < 200`, true)
	p.load("#leak=ffffffffffff")
	p.is(`document.querySelector("#detail").textContent.startsWith("This report has no place of that name")`, true)
	p.load("#classes")
	p.is(`document.querySelector("#classes").getBoundingClientRect().top < 700`, true)
	p.click(`.top a`)
	p.is(`location.hash`, "#leak=9f3a1c000001")
	p.eval(`history.back()`)
	p.settle()
	p.is(`[...document.querySelectorAll('nav a[href^="#"]')].every(a => document.querySelector(a.getAttribute("href")))`, true)
	p.do("Browser.grantPermissions", object{"permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}})
	p.click(`#copy`)
	p.wait(`document.querySelector("#copy").textContent === "Copied"`)
	p.is(`navigator.clipboard.readText().then(s => s === JSON.parse(document.getElementById("data").textContent).markdown)`, true)
	p.quiet()
}

// testSizes holds that nothing leaves its box, from a telephone to a wall.
func testSizes(t *testing.T, b *browser, _ string) {
	for _, name := range []string{"several", "series", "mean", "large", "one", "none"} {
		d := pages()[name]
		for _, width := range []int{375, 800, 1280, 1920, 3840} {
			p := b.openTab(t, d, width, 900)
			p.load("")
			p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
			p.settle()
			if wide := p.eval(`document.documentElement.scrollWidth`).(float64); wide > float64(width) {
				t.Errorf("%s at %d: %v pixels wide", name, width, wide)
			}
			if out := p.eval(`[...document.querySelectorAll("svg.chart text")].filter(e => {
				const [x, y, w, h] = e.parentElement.dataset.box.split(" ").map(Number), text = e.getBBox();
				return text.x < x || text.x + text.width > x + w || text.y + text.height > y + h + 4;
			}).map(e => e.textContent).slice(0, 3).join(" | ")`); out != "" {
				t.Errorf("%s at %d: text outside of its box: %v", name, width, out)
			}
			p.quiet()
		}
	}
	// The answer needs no scrolling.
	p := b.openTab(t, pages()["several"], 1280, 800)
	p.load("")
	p.is(`document.querySelector(".answer").getBoundingClientRect().bottom <= 800`, true)
	p.is(`document.querySelectorAll(".top li").length`, 5)
}

// testHostile holds that names stay names.
func testHostile(t *testing.T, b *browser, _ string) {
	for _, name := range []string{"mean", "hostile", "nasty", "summary", "retainers"} {
		p := b.openTab(t, pages()[name], 1280, 800)
		p.load("#leak=000000000001")
		p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
		p.eval(`document.querySelectorAll(".map [role=button], .virtual th button").forEach(e => e.dispatchEvent(new MouseEvent("click", {bubbles: true})))`)
		p.settle()
		p.is(`document.querySelectorAll("img, iframe, object, embed, script:not([type]), b, a[href^=javascript]").length`, 1) // our script
		p.is(`/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText)`, false)
		if name == "mean" {
			p.is(`document.querySelector("#detail h3").textContent.includes("</script><img src=x onerror=alert(1)>")`, true)
		}
		p.quiet()
	}
}

func testAccessible(t *testing.T, b *browser, script string) {
	for _, name := range []string{"several", "series", "none", "summary", "retainers", "mean"} {
		for _, dark := range []bool{false, true} {
			p := b.openTab(t, pages()[name], 1280, 800)
			if dark {
				p.dark()
			}
			p.load("")
			p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
			p.settle()
			p.accessible(script)
			p.quiet()
			if t.Failed() {
				t.Fatalf("page %s, dark %v", name, dark)
			}
		}
	}
	p := b.openTab(t, pages()["several"], 375, 800)
	p.load("")
	p.accessible(script)
}

// testSpeed holds that thousands of rows are no burden. What it measures is the
// page's own work, without the machine's other programs: many times what is
// meant to be, so that a busy machine does not matter.
func testSpeed(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, pages()["large"], 1280, 800)
	p.load("")
	p.is(`document.querySelectorAll("*").length < 6000`, true)
	least := func(action string) float64 {
		return p.eval(`(async () => { let least = Infinity; for (let i = 0; i < 5; i++) {
			const began = performance.now(); ` + action + `; document.body.offsetHeight; least = Math.min(least, performance.now() - began);
			await new Promise(f => requestAnimationFrame(f)); } return least })()`).(float64)
	}
	for name, action := range map[string]string{
		"sort":   `document.querySelector("#classes th button").click()`,
		"scroll": `(e => { e.scrollTop = 1000 + i * 20000; e.dispatchEvent(new Event("scroll")) })(document.querySelector("#classes .virtual"))`,
		"search": `(e => { e.value = "module" + i; e.dispatchEvent(new Event("input")) })(document.querySelector("#search"))`,
		"choose": `location.hash = "#leak=00000000000" + (i + 2)`,
	} {
		ms := least(action)
		t.Logf("%s: %.1f ms", name, ms)
		if ms > 250 {
			t.Errorf("%s takes %.0f ms", name, ms)
		}
	}
	p.quiet()
}

// testPaper holds that everything is on paper.
func testPaper(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, pages()["series"], 1280, 800)
	p.load("")
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, p.pdf(), 0o644); err != nil {
		t.Fatal(err)
	}
	p.do("Emulation.setEmulatedMedia", object{"media": "print"})
	p.settle()
	seen := p.eval(`[...document.querySelectorAll("main > section")].filter(s => s.getBoundingClientRect().height > 40).map(s => s.querySelector("h1, h2, h3").textContent).join("\n")`).(string)
	for _, want := range []string{"What grew, and who holds it", "The ways to what grew", "Heap by heap", "By kind", "Classes", "Grew in place", "How it was measured"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%s is not on paper; there are\n%s", want, seen)
		}
	}
	p.is(`document.querySelectorAll("#growth .findings li").length === 8 && document.querySelector("#growth .findings").getBoundingClientRect().height > 100`, true)
	p.is(`[...document.querySelectorAll("details > .static")].every(e => e.getBoundingClientRect().height > 0)`, true)
	p.is(`getComputedStyle(document.querySelector(".bar-top")).display`, "none")
}

// testNoScript holds that the page says all that matters without its script.
func testNoScript(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, pages()["large"], 1280, 800)
	p.do("Emulation.setScriptExecutionDisabled", object{"value": true})
	p.still = true
	p.load("#leak=000000000003")
	p.is(`document.documentElement.classList.contains("js")`, false)
	p.is(`document.querySelectorAll("#growth .findings li").length`, staticRows)
	p.is(`document.querySelectorAll("#classes tbody tr").length`, staticRows+1)
	p.is(`Math.abs(document.querySelector(":target").getBoundingClientRect().top) < 200`, true)
	p.is(`[...document.querySelectorAll(".live, .drawn")].every(e => e.getBoundingClientRect().height === 0)`, true)
	p.quiet()
}

// testNumbers holds that the script writes numbers as the page has them.
func testNumbers(t *testing.T, b *browser, _ string) {
	for _, name := range []string{"nasty", "shrunk", "grown", "summary"} {
		p := b.openTab(t, pages()[name], 1280, 800)
		p.load("")
		p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
		p.settle()
		differ := p.eval(`[...document.querySelectorAll("section")].flatMap(s => {
			const cells = q => [...s.querySelectorAll(q)].map(r => [...r.cells].map(c => c.textContent + "|" + (c.className.includes("num") ? c.title : "")).join(" "));
			const a = cells(".static table tbody tr"), b = cells(".virtual tbody tr:not(.spacer)");
			return a.flatMap((x, i) => x !== b[i] && b.length ? [s.id + ": " + x + " / " + b[i]] : []);
		}).slice(0, 5).join("\n")`)
		if differ != "" {
			t.Errorf("%s: %v", name, differ)
		}
	}
}
