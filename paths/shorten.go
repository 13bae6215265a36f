package paths

import "strconv"

// longestPeriod is how many steps of a chain may come before it repeats itself:
// a chain of promises goes through a reaction, a function and its variables.
const longestPeriod = 6

// shorten replaces what repeats itself at least three times, as the nodes of a
// list do, by its first round and one step that counts the others.
func shorten(steps []Step) []Step {
	if len(steps) < 4 {
		return steps
	}
	var out []Step
	for i := 0; i < len(steps); {
		period, rounds := repeats(steps[i:])
		if rounds < 3 {
			out = append(out, steps[i])
			i++
			continue
		}
		out = append(out, steps[i:i+period]...)
		i += period * rounds
		last := steps[i-1]
		last.Edge = "(… ×" + strconv.Itoa(rounds-1) + ")"
		out = append(out, last)
	}
	return out
}

// repeats returns the shortest period in which the steps begin to repeat
// themselves, and how many rounds there are.
func repeats(steps []Step) (period, rounds int) {
	for period := 1; period <= longestPeriod; period++ {
		same := 0
		for same+period < len(steps) && alike(steps[same], steps[same+period]) {
			same++
		}
		if rounds := same/period + 1; rounds >= 3 {
			return period, rounds
		}
	}
	return 0, 0
}

func alike(a, b Step) bool { return a.Edge == b.Edge && a.Class == b.Class }
