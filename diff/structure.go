package diff

import (
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// structuralName is a class name without what differs from process to process:
// "system / Context / scope @51061" is named by the id of an object.
func structuralName(name string) string {
	at := strings.LastIndex(name, " @")
	if at < 0 || at+2 == len(name) || strings.Trim(name[at+2:], "0123456789") != "" {
		return name
	}
	return name[:at]
}

// structuralKey names a class across processes: the ids of scripts are left
// out, as they depend on the order in which scripts were loaded.
func structuralKey(c *graph.Class) string {
	if !c.Located {
		return "," + structuralName(c.Name)
	}
	l := c.Location
	return strconv.Itoa(int(l.Line)) + "," + strconv.Itoa(int(l.Column)) + "," + structuralName(c.Name)
}
