// Package trend decides whether a series of measurements leaks.
//
// In: values of one quantity over time, best taken right after a major garbage
// collection; what is left then is what something holds. Out: a [Verdict] with
// the evidence for it.
//
// One window after another, from two minutes to an hour, is looked at:
//
//	points   at least 6, over 60 % of the window; more than 20 become the minima of 20 blocks
//	trend    Mann-Kendall: exact below 10 points, else with Hamed and Rao's correction for autocorrelation
//	slope    Theil-Sen, with its interval; the lower end must be above zero
//	size     the growth is worth speaking of
//	spread   it goes on until the end: no step, no warm-up that is over
//	urgency  a short window counts only if the limit is near; an hour always counts
//	hold     the same was found before, at least a block ago
//
// Load that truly grows for an hour looks like a leak to any such rule: show the
// load beside the verdict.
//
// Everything here is a pure function of its arguments; there is no clock.
//
//   - H. B. Mann, Nonparametric tests against trend, Econometrica 13, 1945.
//   - P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968.
//   - K. H. Hamed, A. R. Rao, A modified Mann-Kendall trend test for autocorrelated data,
//     Journal of Hydrology 204, 1998.
package trend
