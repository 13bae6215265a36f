package live

import _ "embed"

// These are all the expressions that are ever run in a program, apart from the one
// that --clear-expr gives. They read; what they change is said where they are used.
var (
	//go:embed script/sample.js
	sampleScript string
	//go:embed script/profiler.js
	profilerScript string
	//go:embed script/collections.js
	collectionsScript string
	//go:embed script/close.js
	closeScript string
	//go:embed script/arm.js
	armScript string
	//go:embed script/biggest.js
	biggestScript string
)
