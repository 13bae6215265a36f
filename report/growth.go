package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/internal/human"
)

// toldInFull is how many places are told with all that is known of them where
// there is little room.
const toldInFull = 3

// places are the sections about what grew by place: the program's own first,
// then what stopped or comes and goes, then what libraries and the engine keep.
func places(r *diff.Result, o Options) []Section {
	var own, passing, foreign []*growth.Line
	for i := range r.Ranking.Lines {
		switch l := &r.Ranking.Lines[i]; l.Tier {
		case growth.Leak, growth.Growth:
			own = append(own, l)
		case growth.WarmUp, growth.Churn:
			passing = append(passing, l)
		default:
			foreign = append(foreign, l)
		}
	}
	grew := Section{Title: "What grew, and who holds it", Places: true, Full: toldInFull, Empty: nothingGrew(r)}
	rec := &r.Ranking.Reconciliation
	all := rec.Accumulated + rec.InPlace + rec.Unattributed
	for _, l := range own {
		grew.Findings = append(grew.Findings, Finding{
			Amount: sizeDelta(int64(l.Share)), What: tagged(l), Details: about(l), Gist: gist(l, all),
		})
	}
	if slices.ContainsFunc(own, func(l *growth.Line) bool { return len(l.CoOwners) > 0 }) {
		grew.Lead = inEqualParts
	}
	grew.Tail = remainder(r.Ranking)
	stopped := Section{Title: "No leak: stopped growing, or comes and goes", Places: true}
	for _, l := range passing {
		stopped.Findings = append(stopped.Findings, Finding{Amount: sizeDelta(int64(l.Share)), What: tagged(l), Details: []Phrase{course(l)}})
	}
	return []Section{grew, stopped, others(foreign, o)}
}

// inEqualParts says what a share is.
var inEqualParts = Phrase{words("What several places hold counts in equal parts for each of them, so that the sizes add up.")}

// nothingGrew says so, and does not hide what came without a place.
func nothingGrew(r *diff.Result) string {
	said := "Nothing grew: no place of the program's own gained as many objects as it takes to count (--min-count)."
	if r.Growth() > 0 || r.Ranking.Reconciliation.Accumulated > 0 {
		said = "No place of the program's own gained as many objects as it takes to count (--min-count)."
		if len(r.Between) > 0 {
			said = "No place of the program's own grew in every step by as many objects as it takes to count (--min-count)."
		}
	}
	if r.Ranking.Reconciliation.Unattributed > max(r.Before.Size/20, 64<<10) {
		said += " What came all the same accumulates nowhere; the tables below say of what classes it is."
	}
	return said
}

// tagged is the sentence about a place, and how it went if that is known.
func tagged(l *growth.Line) Phrase {
	if l.Tier == growth.Growth {
		return sentence(l)
	}
	return append(Phrase{words(string(l.Tier) + "  ")}, sentence(l)...)
}

// sentence says what a place gained.
func sentence(l *growth.Line) Phrase {
	if l.InPlace {
		return Phrase{name(l.Path), words(" grew in place: "), size(l.SizeBefore), words(" → "), size(l.SizeAfter)}
	}
	holder, verb := l.Path, " leads to "
	if at := strings.LastIndex(l.Path, " → ["); at >= 0 && strings.HasSuffix(l.Path[at:], "] "+l.Class) {
		holder, verb = l.Path[:at], " holds "
	}
	p := Phrase{name(holder), words(verb)}
	if l.CountAfter <= l.CountBefore {
		return append(p, words("more "), what(l.Class))
	}
	return append(p, natural(l.CountAfter-l.CountBefore), words(" more "), what(l.Class))
}

// what names a class in a sentence.
func what(class string) Value {
	switch class {
	case "()":
		return words("closures")
	case "":
		return words("objects")
	}
	if value, ok := strings.CutPrefix(class, "("); ok && strings.HasSuffix(value, ")") {
		return words(strings.TrimSuffix(value, ")") + "s") // strings, numbers
	}
	return name(class)
}

// about is what more there is to say of a place, the most useful first.
func about(l *growth.Line) []Phrase {
	list := []Phrase{append(append(identified(l), dot), mending(l)...)}
	if l.HolderID != 0 {
		list[0] = append(append(list[0], dot), heldBy(l)...)
	}
	if c := course(l); len(l.Counts) > 0 {
		list = append(list, c)
	}
	var where Phrase
	if l.PerIteration != (growth.Rate{}) {
		where = append(where, words(anIteration(l.PerIteration)))
	}
	if l.Location != "" {
		if len(where) > 0 {
			where = append(where, dot)
		}
		where = append(where, definedAt(l)...)
	}
	if len(where) > 0 {
		list = append(list, where)
	}
	if came := came(l); came != nil {
		list = append(list, came)
	}
	list = append(list, madeBy(l.Allocated)...)
	return append(list, counsel(l)...)
}

// heldBy names the object that holds.
func heldBy(l *growth.Line) Phrase {
	if l.Holders > 1 {
		return Phrase{words("the largest holder of "), natural(l.Holders), words(" is "), objectID(l.HolderID)}
	}
	return Phrase{words("holder "), objectID(l.HolderID)}
}

// definedAt says where the class of what came is defined, which need not be
// where it is kept.
func definedAt(l *growth.Line) Phrase {
	what, verb := what(cmp.Or(l.Located, l.Class)), " is defined at "
	if what.Kind == Words {
		verb = " are defined at "
	}
	return Phrase{what, words(verb), name(l.Location)}
}

// toldOfWhatCame is how many classes of what came are named.
const toldOfWhatCame = 4

// came says what the bytes are of, if they are not all of one class.
func came(l *growth.Line) Phrase {
	classes := byClass(l.Children)
	if len(classes) < 2 {
		return nil
	}
	p := Phrase{words("what came: ")}
	for i, c := range classes[:min(len(classes), toldOfWhatCame)] {
		if i > 0 {
			p = append(p, dot)
		}
		p = append(p, size(c.Size), words(" of "))
		if c.Count > 1 {
			p = append(p, natural(c.Count), words(" "))
		}
		p = append(p, what(c.Class))
	}
	if len(classes) > toldOfWhatCame {
		p = append(p, dot, words("and others"))
	}
	return p
}

// byClass adds up what came of a class on several ways, most bytes first.
func byClass(children []growth.Child) []growth.Child {
	var out []growth.Child
	for _, c := range children {
		if i := slices.IndexFunc(out, func(had growth.Child) bool { return had.Class == c.Class }); i >= 0 {
			out[i].Count += c.Count
			out[i].Size += c.Size
		} else {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b growth.Child) int { return cmp.Compare(b.Size, a.Size) })
	return out
}

// mending says what becomes free if the place is mended, and who else must be.
func mending(l *growth.Line) Phrase {
	const little = 200 // one part in so many is no reason to look further
	switch {
	case l.Kind == growth.Engine && l.Exclusive >= l.Share:
		return Phrase{words("the engine's own")} // nobody can mend it
	case l.Exclusive >= l.Share:
		return Phrase{words("mending it frees all of it")}
	case l.Share-l.Exclusive < l.Share/little:
		return Phrase{words("mending it frees nearly all of it")}
	}
	p := Phrase{words("mending it alone frees "), size(l.Exclusive)}
	others := slices.DeleteFunc(slices.Clone(l.CoOwners), func(c growth.CoOwner) bool { return c.Size < l.Share/little })
	if len(others) == 0 {
		return append(p, words("; the rest is held by others, too"))
	}
	p = append(p, words("; the rest is also held by "))
	for i, c := range others[:min(len(others), holdsShown)] {
		if i > 0 {
			p = append(p, words(", "))
		}
		p = append(p, ownerOf(c))
	}
	if more := len(others) - holdsShown; more > 0 {
		p = append(p, words(" and "), count(more), words(" more"))
	}
	return p
}

// ownerOf names another place that holds the same. What hangs at the roots
// themselves, such as open handles, has no name.
func ownerOf(c growth.CoOwner) Value {
	if c.Owner == "" {
		return words("the runtime itself")
	}
	return name(c.Owner)
}

// course is how a place went through a series.
func course(l *growth.Line) Phrase {
	var p Phrase
	if !l.InPlace {
		for i, n := range l.Counts {
			if i > 0 {
				p = append(p, words(" → "))
			}
			p = append(p, natural(n))
		}
		if len(p) > 0 {
			p = append(p, words(" "), what(l.Class))
		}
	}
	for i, n := range l.Sizes {
		switch {
		case i > 0:
			p = append(p, words(" → "))
		case len(p) > 0:
			p = append(p, dot)
		}
		p = append(p, size(n))
	}
	if len(l.Sizes) > 0 && !l.InPlace {
		p = append(p, words(" in all, shared or not"))
	}
	return p
}

// identified says by what a place is known, to this program and to ignores.
func identified(l *growth.Line) Phrase {
	return Phrase{words(string(l.Tier)), dot, words(string(l.Kind)), dot, words(l.Fingerprint)}
}

// anIteration writes a rate.
func anIteration(r growth.Rate) string {
	bytes := decimal(r.Size) + " B an iteration"
	switch r.Count {
	case 0:
		return bytes
	case 1:
		return "1 object and " + bytes
	}
	return decimal(r.Count) + " objects and " + bytes
}

func decimal(x float64) string {
	if x >= 1000 {
		return human.Count(uint64(x + 0.5))
	}
	digits := 1
	if x < 10 {
		digits = 2
	}
	text := strconv.FormatFloat(x, 'f', digits, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func natural(n uint64) Value { return Value{Kind: Count, Number: n} }

// remainder says what no place accounts for, and that nothing is left out.
func remainder(r *growth.Ranking) Phrase {
	rec := &r.Reconciliation
	p := Phrase{}
	if r.Hidden.Lines > 0 {
		p = append(p, count(r.Hidden.Lines), plural(r.Hidden.Lines, " place", " places"), words(" too small to be listed: "), size(r.Hidden.Size), words(". "))
	}
	p = append(p,
		words("Accumulated "), size(rec.Accumulated), words(", "), size(rec.Own), words(" of it by containers growing, + grew in place elsewhere "), size(rec.InPlace),
		words(" + unattributed "), size(rec.Unattributed), words(" − freed "), size(rec.Freed),
		words(" = growth "), sizeDelta(rec.Growth))
	if rec.Accumulated+rec.InPlace+rec.Unattributed > 0 {
		p = append(p, words("; "), words(human.Percent(rec.Coverage, 1)), words(" of what came has a place"))
	}
	return p
}
