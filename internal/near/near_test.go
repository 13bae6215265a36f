package near

import "testing"

func TestName(t *testing.T) {
	names := []string{"growth", "heap.delta", "heap.percent", "count"}
	for typed, want := range map[string]string{
		"growht": "growth", "heap.dleta": "heap.delta", "heappercent": "heap.percent",
		"cuont": "count", "Session": "", "": "",
	} {
		if got := Name(typed, names); got != want {
			t.Errorf("Name(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"json", "jsn", 1}, {"json", "josn", 1}, {"kitten", "sitting", 3}} {
		if got := mistakes(c.a, c.b); got != c.want {
			t.Errorf("mistakes(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
