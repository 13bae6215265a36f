package report

// style paints text with ANSI colours, or leaves it as it is.
type style struct{ on bool }

// ink is a way to paint: the parameters of an ANSI sequence.
type ink string

const (
	plain  ink = ""
	bold   ink = "1"
	dim    ink = "2"
	red    ink = "31"
	green  ink = "32"
	yellow ink = "33"
)

// paint wraps s in the sequence and its end. Only the colour ends inside of s,
// so a painted s can be painted bold or dim around it.
func (st style) paint(i ink, s string) string {
	if !st.on || i == plain || s == "" {
		return s
	}
	end := "\x1b[39m"
	if i == bold || i == dim {
		end = "\x1b[22m"
	}
	return "\x1b[" + string(i) + "m" + s + end
}

// trend paints a change: growth red, the opposite green.
func (st style) trend(v Value, s string) string {
	switch v.Trend() {
	case 1:
		return st.paint(red, s)
	case -1:
		return st.paint(green, s)
	}
	return s
}
