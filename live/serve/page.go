package serve

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/heapdiff/heapdiff/report"
)

// The page looks as reports do, and asks nobody but this server.
var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// servePage allows its own style and script, and nothing else to anybody.
func servePage() http.HandlerFunc {
	style := report.PageStyle() + pageStyle
	text := strings.NewReplacer("{{style}}", style, "{{script}}", pageScript).Replace(pageText)
	policy := "default-src 'none'; style-src " + hashOf(style) + "; script-src " + hashOf(pageScript) +
		"; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Write([]byte(text)) // who went away needs no answer
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
