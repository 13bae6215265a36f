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
	p := &tab{T: t, b: b}
	p.hold(d)
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

// hold makes a document's page what is loaded next.
func (p *tab) hold(d *Document) {
	p.Helper()
	file := filepath.Join(p.TempDir(), "report.html")
	if err := os.WriteFile(file, writePage(p.T, d), 0o644); err != nil {
		p.Fatal(err)
	}
	p.url = "file://" + file
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

func (p *tab) dark()  { p.scheme("dark") }
func (p *tab) light() { p.scheme("light") }

func (p *tab) scheme(scheme string) {
	p.Helper()
	p.do("Emulation.setEmulatedMedia", object{"features": []object{{"name": "prefers-color-scheme", "value": scheme}, still}})
}

// load opens the page, at a place of it, and waits until it is drawn.
func (p *tab) load(hash string) {
	p.Helper()
	p.do("Page.navigate", object{"url": p.url + hash})
	p.wait(`document.readyState === "complete" && location.href.startsWith("` + p.url + `")`)
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

// accessible fails if axe finds a violation of the rules with these tags.
func (p *tab) accessible(script string, tags ...string) {
	p.Helper()
	p.into(nil, p.session, "Runtime.evaluate", object{"expression": script})
	only, _ := json.Marshal(tags)
	found := p.eval(`axe.run(document, {runOnly: ` + string(only) + `}).then(r => r.violations.map(v =>
		v.id + ": " + v.help + "\n" + v.nodes.slice(0, 3).map(n => "  " + n.target.join(" ") + "  " + n.html.slice(0, 160) + "\n  " + (n.failureSummary || "")).join("\n")).join("\n"))`)
	if found != "" {
		p.Errorf("axe: %s", found)
	}
}
