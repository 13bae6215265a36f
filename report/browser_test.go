package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		{"profile", testProfile},
		{"series", testSeries},
		{"less", testLess},
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
	p := b.openTab(t, failedCheck(t), 1280, 800)
	for name, d := range pages() {
		p.hold(d)
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
	p.click(`.left .crumbs button`)
	p.is(`document.querySelectorAll(".map .cell").length`, int(all))
	// The ways zoom, too, tell what is pointed at, and lead to places.
	p.click(`#icicle [aria-label^=".bus"]`)
	p.is(`document.querySelector("#icicle .crumbs [aria-current]").textContent`, ".bus")
	p.is(`document.querySelector("#icicle .info").textContent.startsWith("server .bus")`, true)
	p.eval(`document.querySelector("#icicle .place").focus()`)
	p.is(`document.querySelector("#icicle .info").textContent.startsWith("server .bus ._events .update")`, true)
	p.click(`#icicle .info a`)
	p.is(`location.hash`, "#leak=9f3a1c000003")
	p.eval(`document.querySelector("#icicle .place").focus()`)
	p.keys("Escape", "Escape", "Escape")
	p.is(`document.querySelector("#icicle .crumbs [aria-current]").textContent`, "heap")
	rec := several().Ranking.Reconciliation
	p.is(`document.querySelector("#icicle title").textContent.replace(/, zoom.*/, "")`, "heap: "+sizeDelta(rec.Growth).format(false)+
		", came "+size(rec.Accumulated+rec.InPlace+rec.Unattributed).format(true)+", went "+size(rec.Freed).format(true))
	p.is(`document.querySelectorAll("#icicle .went").length`, 2)
	p.click(`#icicle input`)
	p.keys("g", "o", "n", "e")
	p.is(`document.querySelector("#icicle .count").textContent`, "1 step found")
	p.is(`document.querySelectorAll("#icicle .way:not(.dim)").length`, 3) // with those that lead there
	p.is(`document.querySelector("#search").value`, "gone")
	p.keys("Escape")
	// The diagram is a table, too.
	p.click(`#ways summary`)
	p.is(`document.querySelectorAll("#ways tbody tr[aria-rowindex]").length`, len(several().Ranking.Ways))
	p.is(`document.querySelector("#ways tbody tr[aria-rowindex]").textContent.startsWith("heap")`, true)
	// The advice says how, in code, and the way there what each step retains.
	p.load("#leak=9f3a1c000001")
	p.is(`document.querySelector("#detail pre").textContent.includes("Map")`, true)
	p.is(`document.querySelectorAll("#detail .way-list li")[2].textContent`, "5.6 MiB.cache Map/srv/app/cache.js:3:21")
	p.load("")
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
	p.is(`document.querySelectorAll("#icicle .crumbs button").length`, 1)
	p.keys("Escape")
	p.is(`document.querySelectorAll("#icicle .crumbs button").length`, 0)
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
	p.click(`.copy`)
	p.wait(`document.querySelector(".copy").textContent === "Copied"`)
	p.is(`navigator.clipboard.readText().then(s => s === JSON.parse(document.getElementById("data").textContent).markdown)`, true)
	p.quiet()
}

// testSizes holds that nothing leaves its box, from a telephone to a wall.
func testSizes(t *testing.T, b *browser, _ string) {
	all := pages()
	p := b.openTab(t, all["several"], 375, 900)
	for _, name := range []string{"several", "series", "mean", "large", "one", "none"} {
		p.hold(all[name])
		p.load("")
		p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
		for _, width := range []int{375, 800, 1280, 1920, 3840} {
			p.resize(width, 900)
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
			// Amounts are never broken or cut.
			if cut := p.eval(`[...document.querySelectorAll(".amount, .num")].filter(e => e.offsetWidth > 0 && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === "hidden" ||
				e.matches(".top .amount") && e.getClientRects().length > 1)).map(e => e.textContent).slice(0, 3).join(" | ")`); cut != "" {
				t.Errorf("%s at %d: amounts cut: %v", name, width, cut)
			}
		}
		p.quiet()
	}
	// The answer needs no scrolling.
	p.resize(1280, 800)
	for name, d := range map[string]*Document{"several": all["several"], "series": all["series"], "failed": failedCheck(t)} {
		p.hold(d)
		p.load("")
		if bottom := p.eval(`document.querySelector(".answer").getBoundingClientRect().bottom`).(float64); bottom > 800 {
			t.Errorf("%s: the answer ends at %v", name, bottom)
		}
		p.is(`document.querySelectorAll(".top li").length > 0 && document.querySelectorAll(".sums li").length === 4`, true)
	}
}

// testHostile holds that names stay names.
func testHostile(t *testing.T, b *browser, _ string) {
	all := pages()
	p := b.openTab(t, all["mean"], 1280, 800)
	for _, name := range []string{"mean", "hostile", "nasty", "summary", "retainers"} {
		p.hold(all[name])
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
	all := pages()
	all["profile"] = goProfile(t)
	all["failed"] = failedCheck(t)
	const every = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice"
	p := b.openTab(t, all["series"], 1280, 800)
	for _, name := range []string{"series", "none", "summary", "retainers", "mean", "profile", "failed"} {
		p.hold(all[name])
		p.light()
		p.load("")
		p.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
		p.settle()
		p.accessible(script, strings.Fields(every)...)
		if name == "series" || name == "failed" { // which have all colours
			p.dark()
			p.settle()
			p.accessible(script, "wcag2aa")
		}
		p.quiet()
		if t.Failed() {
			t.Fatalf("page %s", name)
		}
	}
	p.hold(all["several"])
	p.resize(375, 800)
	p.load("")
	p.accessible(script, strings.Fields(every)...)
}

// failedCheck is a page with as many places and rules as the first screen shows.
func failedCheck(t *testing.T) *Document {
	t.Helper()
	return judgement(t, several(), nil, "growth > 1MiB", "listeners >= 0", "leak.max > 1MiB", "timers >= 0", "class:CachedRecord:count > 1000")
}

// goProfile is the report of two profiles of a Go program.
func goProfile(t *testing.T) *Document {
	t.Helper()
	return Profile(compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz"), Options{Tool: "heapdiff 1.2.3"})
}

// testProfile holds that the page of a profile speaks of call sites.
func testProfile(t *testing.T, b *browser, _ string) {
	r := compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz")
	p := b.openTab(t, goProfile(t), 1280, 800)
	p.load("")
	p.is(`document.querySelectorAll(".top li").length`, 3)
	p.is(`document.querySelector(".top .detail").textContent.startsWith("± 10.1 MiB")`, true)
	p.is(`document.querySelector("#detail dl").textContent.includes("± 10.1 MiB")`, true)
	p.is(`[...document.querySelectorAll("#detail .way-list li")].map(e => e.firstChild.textContent).slice(1, 3).join()`, "main.main,main.handle")
	p.is(`/retain|dominat/i.test(document.querySelector("main").innerText)`, false)
	p.is(`document.querySelector("#icicle title").textContent.startsWith("profile: `+sizeDelta(r.Total.Growth()).format(false)+`")`, true)
	p.click(`#functions th:nth-child(7) button`)
	p.is(`document.querySelector('#functions [aria-sort="descending"]').textContent`, "cumulative growth")
	p.is(`[...document.querySelectorAll("#by-kind th")].some(e => e.textContent === "±")`, true)
	p.quiet()
}

// testSeries holds that a series is drawn, and told in numbers.
func testSeries(t *testing.T, b *browser, _ string) {
	r := series()
	p := b.openTab(t, Compare(r, Options{}), 1280, 800)
	p.load("#series")
	p.is(`document.querySelectorAll("#trends .stack circle").length`, len(r.Between)+2)
	p.is(`document.querySelectorAll("#trends .stack polygon").length`, len(r.Kinds))
	p.is(`document.querySelectorAll("#trends figure").length`, len(r.Ranking.Lines))
	p.is(`[...document.querySelectorAll("#trends tbody tr:first-child td")].map(e => e.title)[1]`, size(r.Between[0].Size).format(true))
	p.click(`#trends figure a`)
	p.is(`document.querySelectorAll("#detail .trend circle").length`, len(r.Ranking.Lines[0].Sizes))
	p.quiet()
}

// testLess holds that a heap that shrank is told by what went.
func testLess(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, pages()["none"], 1280, 800)
	p.load("")
	p.is(`document.querySelector(".less .what").textContent`, "global.gone")
	p.is(`document.querySelector(".less .amount").textContent.startsWith("-")`, true)
	p.is(`document.querySelectorAll("#icicle .went").length`, 3)
	p.quiet()
}

// testSpeed holds that thousands of rows are no burden. What it measures is the
// page's own work, without the machine's other programs: many times what is
// meant to be, so that a busy machine does not matter.
func testSpeed(t *testing.T, b *browser, _ string) {
	p := b.openTab(t, pages()["large"], 1280, 800)
	paint := 1e9
	for range 3 {
		p.load("")
		paint = min(paint, p.eval(`performance.getEntriesByName("first-contentful-paint")[0].startTime`).(float64))
	}
	if t.Logf("first paint: %.0f ms", paint); paint > 2500 {
		t.Errorf("the first paint takes %.0f ms", paint)
	}
	p.is(`document.querySelectorAll("*").length < 9000`, true)
	least := func(action string) float64 {
		return p.eval(`(async () => { let least = Infinity; for (let i = 0; i < 5; i++) {
			const began = performance.now(); ` + action + `; document.body.offsetHeight; least = Math.min(least, performance.now() - began);
			await new Promise(f => requestAnimationFrame(f)); } return least })()`).(float64)
	}
	for name, action := range map[string]string{
		"sort":   `document.querySelector("#classes th button").click()`,
		"scroll": `(e => { e.scrollTop = 1000 + i * 20000; e.dispatchEvent(new Event("scroll")) })(document.querySelector("#classes .virtual"))`,
		"search": `(e => { e.value = "module" + i; e.dispatchEvent(new Event("input")) })(document.querySelector("#search"))`,
		"zoom":   `(list => list[i % 2 ? 0 : 2].dispatchEvent(new MouseEvent("click", {bubbles: true})))(document.querySelectorAll("#icicle .way"))`,
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
	for _, want := range []string{"What grew, and who holds it", "Where it came and went", "Heap by heap", "By kind", "Classes", "Grew in place", "How it was measured"} {
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
