package report

import (
	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/internal/human"
)

type pressureJSON struct {
	External      uint64 `json:"external_size"`
	Heap          uint64 `json:"heap_size"`
	ExternalLevel string `json:"external_level"`
	Handles       int    `json:"handles"`
	HandlesLevel  string `json:"handles_level"`
}

func newPressureJSON(r *diff.Result) pressureJSON {
	_, p := r.Pressure()
	return pressureJSON{p.External, p.Heap, advice.External(p.External, p.Heap).String(), p.Handles, advice.Handles(p.Handles).String()}
}

// worries are how levels are said in a sentence.
var worries = map[advice.Level]string{advice.Warning: "a warning", advice.Critical: "critical", advice.Imminent: "how a crash begins"}

// pressure says what there is too much of outside the JavaScript heap; nothing
// if it is as usual.
func pressure(r *diff.Result) []Phrase {
	was, p := r.Pressure()
	var facts []Phrase
	if level := advice.External(p.External, p.Heap); level != advice.Normal {
		ratio := "more than"
		if p.Heap > 0 {
			ratio = human.Percent(float64(p.External), float64(p.Heap)) + " of"
		}
		facts = append(facts, Phrase{
			words("Outside the JavaScript heap, in buffers and texts: "), size(was.External), words(" → "), size(p.External),
			words(", " + ratio + " the heap's own "), size(p.Heap), words(", which is " + worries[level] + "; below 50% is normal"),
		})
	}
	if level := advice.Handles(p.Handles); level != advice.Normal {
		facts = append(facts, Phrase{
			words("Sockets, files and other handles: "), count(was.Handles), words(" → "), count(p.Handles),
			words(", which is " + worries[level] + "; below 100 is normal"),
		})
	}
	return facts
}
