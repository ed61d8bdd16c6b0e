package diag

import (
	"crypto/sha256"
	"fmt"
	"io"
)

// gitlabFinding is a finding in GitLab's report of code quality.
type gitlabFinding struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"` // the same while the finding stays, and of no other
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// WriteGitLab renders findings as a report of code quality, which GitLab shows beside the lines of a merge request.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func WriteGitLab(w io.Writer, ds Diagnostics) error {
	words := map[Severity]string{Error: "critical", Warning: "minor", Info: "info"}
	all := make([]gitlabFinding, 0, len(ds))
	seen := map[string]int{}
	for _, d := range ds {
		text := Visible(d.Message)
		if d.Hint != "" {
			text += ": " + Visible(d.Hint)
		}
		key := d.Range.File + "\x00" + d.Code + "\x00" + d.Message
		seen[key]++ // lines are no part of it: they move
		f := gitlabFinding{Description: text, CheckName: d.Code, Severity: words[d.Severity], Location: gitlabLocation{Path: d.Range.File},
			Fingerprint: fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key])))}
		f.Location.Lines.Begin = max(1, d.Range.Start.Line)
		all = append(all, f)
	}
	return WriteJSON(w, all)
}
