// Package live looks at programs that run: it finds them, samples them, takes
// their heap snapshots and says what is wrong with them. Nothing is added to the
// program and nothing restarted.
//
//	Find, Resolve     which programs there are, and which one is meant: a Target
//	Open              a Source of samples: Node over its inspector, Go over pprof, else /proc
//	Tracker           samples over time become rates, culprits and verdicts
//	Watch             samples at intervals, through restarts and lost connections
//	Capture           a snapshot or profile, streamed into a file
//	Diagnose          one look at everything
//
// What touches the program (a signal, a collection, a snapshot, a query of its
// objects) is told to an audit function with how long it stood still.
package live
