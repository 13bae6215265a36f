// Package v8snapshot reads .heapsnapshot and .heaptimeline files, as written by
// Node, Chrome, Electron, Deno and others, into a [graph.Graph].
//
// A snapshot is one JSON object whose two long arrays of integers are 99 % of
// its bytes:
//
//	{"snapshot":{"meta":{"node_fields":["type","name","id",…],…},"node_count":3,"edge_count":4},
//	"nodes":[9,1,1,0,1,0,0
//	,3,17,3,96,2,0,0
//	,…],
//	"edges":[5,1,7
//	,…],
//	"locations":[…],
//	"strings":["<dummy>","global",…]}
//
// The file is never held whole. Workers take turns in cutting the arrays into
// pieces of whole records, which needs no more than counting commas, and each
// turns the digits of its pieces into columns:
//
//	bytes ─▶ text ─┬─ header, unknown sections: token by token
//	               ├─ nodes, edges: pieces ─▶ workers ─▶ columns
//	               └─ strings: straight into graph.Strings
//
// Fields are found by the names that meta gives them. Keys may stand in any
// order, white space anywhere; unknown fields, sections and types are passed
// over or kept by name. What cannot be right is an *input.SyntaxError with the
// byte it was found at.
//
// The graph comes out as the file has it. What Chrome DevTools makes of it
// (detachedness, moved sizes, edges that do not retain, classes) is the work of
// the package rules.
package v8snapshot
