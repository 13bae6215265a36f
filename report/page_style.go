package report

// PageStyle is the style of the pages that are written, for others that are to look
// like them.
func PageStyle() string { return pageStyle }
