package report

import (
	"slices"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/human"
)

// profilePlaces are the sites of a profile that grew by more than sampling can
// explain, or of a single one those that have most.
func profilePlaces(r *profile.Result) *placesView {
	m := measure{r}
	section := m.sites(Options{})
	v := &placesView{Title: section.Title, Empty: section.Empty, Rest: section.Tail, file: r.After.File, unit: m.unit(), single: r.Single}
	came := m.came()
	told := map[string]bool{}
	doubtful := m.doubtful()
	if len(doubtful) > 0 {
		v.Lead = inDoubt
	}
	for i := range r.Sites {
		s := &r.Sites[i]
		if !m.tells(s) && !slices.Contains(doubtful, s) || told[s.Fingerprint] {
			continue
		}
		told[s.Fingerprint] = true
		f := m.site(s)
		p := pagePlace{
			site: s, share: m.amount(s), err: m.doubt(s), ID: s.Fingerprint, Tier: originWords[s.Origin], Kind: s.Kind, Color: m.color(s.Kind),
			Amount: f.Amount, What: f.What, Brief: brief(f.What), Details: f.Details, Gist: m.gist(s, came), Part: thousandths(m.amount(s), max(came, 1)),
		}
		v.List = append(v.List, p)
		if len(v.Top) < topPlaces {
			v.Top = append(v.Top, p)
		}
	}
	v.ways = m.ways()
	v.Drawn = len(v.ways) > 1
	v.Shown = v.List[:min(len(v.List), staticRows)]
	return v
}

// tells says whether a site is among those that grew.
func (m measure) tells(s *profile.Site) bool {
	if m.r.Single {
		return s.After > 0
	}
	return s.Growth() > 0 && !s.Noise() && (m.r.Value.Unit != "bytes" || !isSmall(s.Growth(), m.r.Total.Growth()))
}

// came is what all sites that are told grew by.
func (m measure) came() (n uint64) {
	for i := range m.r.Sites {
		if s := &m.r.Sites[i]; m.tells(s) {
			n += m.amount(s)
		}
	}
	for _, s := range m.doubtful() {
		n += m.amount(s)
	}
	return n
}

// amount is what a site is told by.
func (m measure) amount(s *profile.Site) uint64 {
	if m.r.Single {
		return uint64(max(s.After, 0))
	}
	return uint64(max(s.Growth(), 0))
}

// doubt is what the amount of a site may be off by.
func (m measure) doubt(s *profile.Site) int64 {
	if m.r.Single {
		return 0
	}
	return s.Error
}

// color is that of a kind: what has none of its own is coloured in order.
func (m measure) color(kind string) int {
	if c, ok := kindColors[kind]; ok {
		return c
	}
	for i := range m.r.Kinds {
		if m.r.Kinds[i].Name == kind {
			return i % gray
		}
	}
	return gray
}

// unit is what a page calls the unit of values.
func (m measure) unit() string {
	switch m.r.Value.Unit {
	case "bytes":
		return ""
	case "nanoseconds":
		return "ns"
	}
	return m.things()
}

// gist is what a person who looks once should know of a site.
func (m measure) gist(s *profile.Site, came uint64) Phrase {
	p := Phrase{words(human.Percent(float64(m.amount(s)), float64(came)) + " of what grew")}
	if m.r.Single {
		p[0] = words(human.Percent(float64(m.amount(s)), float64(came)) + " of all")
	} else if s.Error > 0 {
		p = append(Phrase{words("± "), m.value(s.Error), dot}, p...)
	}
	p = append(p, dot, words(originWords[s.Origin]))
	if s.Place != "" {
		p = append(p, words(", "), name(s.Place))
	}
	return p
}

// ways is the tree of the stacks that changed most, from the first call down.
// The others are one way of their own, so that all of it adds up.
func (m measure) ways() []pageWay {
	type key struct {
		above int
		name  string
	}
	at := map[key]int{}
	ways := []pageWay{{above: -1}}
	flow := func(row int, n int64) {
		for ; row >= 0; row = ways[row].above {
			if n > 0 {
				ways[row].up += uint64(n)
			} else {
				ways[row].down += uint64(-n)
			}
		}
	}
	var seen int64
	for i := range m.r.Sites {
		site := &m.r.Sites[i]
		for k := range site.Stacks {
			s := &site.Stacks[k]
			row := 0
			for _, f := range slices.Backward(s.Frames) {
				step := key{row, f.Function}
				next, ok := at[step]
				if !ok {
					next = len(ways)
					at[step] = next
					ways = append(ways, pageWay{above: row, edge: f.Function})
				}
				row = next
				if f.Function == site.Function && ways[row].id == "" {
					ways[row].id = site.Fingerprint
				}
			}
			n := s.After - s.Before
			if m.r.Single {
				n = s.After
			}
			seen += n
			flow(row, n)
		}
	}
	whole := m.r.Total.Growth()
	if m.r.Single {
		whole = m.r.Total.After
	}
	if whole != seen && len(ways) > 1 {
		ways = append(ways, pageWay{above: 0, edge: "(other stacks)"})
		flow(len(ways)-1, whole-seen)
	}
	return ways
}
