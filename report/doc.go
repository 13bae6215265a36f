// Package report turns what the other stages found into something a person, or
// another program, reads.
//
// What comes in is the plain data of a comparison or an inspection; what goes
// out are bytes:
//
//	*diff.Result        ──┐
//	*inspect.Summary    ──┼──▶ Document ──▶ text · md · html · json
//	*inspect.Retainers  ──┘
//
// A [Document] is a report before it has a format: a headline, findings, tables,
// warnings. Its pieces are [Value]s, which know whether they are a size, a count,
// this program's words or somebody else's name; how each is written, aligned and
// made harmless is the writer's business. A new stage is one builder file, a new
// format one writer and one line in [Formats].
//
// Names come out of a heap and are hostile. Every writer passes each of them
// through visible and then through the escaping of its own format.
//
// The same input gives the same bytes: there is no clock, no map order and no
// locale in here.
package report
