package report

import (
	"net/url"
	slashed "path"
	"strconv"
	"strings"
)

// source is a place in a source file, counted from 1. Column may be 0.
type source struct {
	file         string // relative to the root, with slashes
	line, column int
}

// sourceOf reads "script:line:column", or "file:line", and finds the file it means. What is no
// file below root, such as a module of the platform, is none.
func sourceOf(where, root string) (s source, ok bool) {
	rest, column := cutNumber(where)
	script, line := cutNumber(rest)
	if line < 0 && column > 0 {
		line, column = column, 0
	}
	if line <= 0 || script == "" {
		return source{}, false
	}
	if after, isURL := strings.CutPrefix(script, "file://"); isURL {
		plain, err := url.PathUnescape(after)
		if err != nil {
			return source{}, false
		}
		script = plain
	}
	script = slashed.Clean(strings.ReplaceAll(script, `\`, "/"))
	if len(script) > 3 && script[0] == '/' && script[2] == ':' {
		script = script[1:] // /C:/folder
	}
	root = slashed.Clean(strings.ReplaceAll(root, `\`, "/"))
	file, below := strings.CutPrefix(script, strings.TrimSuffix(root, "/")+"/")
	if !below || file == "" || strings.ContainsAny(file, "\x00\n\r") {
		return source{}, false
	}
	return source{file, line, max(column, 0)}, true
}

// cutNumber cuts the number off that follows the last colon.
func cutNumber(s string) (rest string, n int) {
	at := strings.LastIndexByte(s, ':')
	if at < 0 {
		return s, -1
	}
	n, err := strconv.Atoi(s[at+1:])
	if err != nil {
		return s, -1
	}
	return s[:at], n
}
