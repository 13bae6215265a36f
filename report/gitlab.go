package report

import (
	"io"
)

// codeQuality is an entry of a GitLab Code Quality report: all fields that
// GitLab reads.
type codeQuality struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"`
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
}

// writeGitLab writes a Code Quality report. What is ignored is not in it:
// GitLab knows no suppressions.
func writeGitLab(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("Code Quality")
	}
	list := []codeQuality{}
	for _, i := range j.issues() {
		if i.level == suppressed {
			continue
		}
		entry := codeQuality{
			Description: i.message, CheckName: "heapdiff/" + i.rule, Fingerprint: i.print, Severity: "major",
			Location: codeQualityLocation{Path: j.snapshot(), Lines: codeQualityLines{1}},
		}
		if i.level == warned {
			entry.Severity = "minor"
		}
		if i.located {
			entry.Location = codeQualityLocation{visible(i.source.file), codeQualityLines{i.source.line}}
		}
		list = append(list, entry)
	}
	return encodeJSON(w, list)
}
