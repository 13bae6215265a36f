package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
)

// TestGitLab holds what GitLab's documentation asks of a Code Quality report:
// these fields and no others, each of its form.
func TestGitLab(t *testing.T) {
	for name, d := range checked(t) {
		var list []map[string]any
		if err := json.Unmarshal(write(t, formatNamed(t, "gitlab"), d), &list); err != nil || list == nil {
			t.Fatalf("%s: %v", name, err)
		}
		prints := map[string]bool{}
		for _, entry := range list {
			keys := make([]string, 0, len(entry))
			for key := range entry {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			if got := strings.Join(keys, " "); got != "check_name description fingerprint location severity" {
				t.Errorf("%s: fields %s", name, got)
			}
			for _, key := range []string{"check_name", "description"} {
				if s, _ := entry[key].(string); s == "" || strings.ContainsAny(s, "\n\x1b") {
					t.Errorf("%s: %s is %q", name, key, s)
				}
			}
			severity, _ := entry["severity"].(string)
			if !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, severity) {
				t.Errorf("%s: severity %q", name, severity)
			}
			print, _ := entry["fingerprint"].(string)
			if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(print) || prints[print] {
				t.Errorf("%s: fingerprint %q", name, print)
			}
			prints[print] = true
			location, _ := entry["location"].(map[string]any)
			lines, _ := location["lines"].(map[string]any)
			path, _ := location["path"].(string)
			begin, _ := lines["begin"].(float64)
			if path == "" || strings.HasPrefix(path, "/") || strings.HasPrefix(path, "./") || begin < 1 || begin != float64(int(begin)) {
				t.Errorf("%s: location %v", name, location)
			}
		}
		if red := len(list) > 0; red != (judgementOf(d).Status != 0) {
			t.Errorf("%s: %d entries, %s", name, len(list), judgementOf(d).Status)
		}
	}
}
