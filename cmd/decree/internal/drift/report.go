// Package drift shows how what a project would deploy differs from what is deployed. In: the changes that
// deployed.Compare found. Out: text, with queries as unified diffs, or JSON.
package drift

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"decree/compilers/deployed"
)

// Report is what differs between a target of a project and an export.
type Report struct {
	Product   deployed.Product `json:"product"`
	Target    string           `json:"target"`
	Export    string           `json:"export"`
	Changes   []Change         `json:"changes"` // but those that are the same
	Unchanged int              `json:"unchanged"`
	Others    int              `json:"others"` // deployed rules that are none of decree's for this target
	Remarks   []string         `json:"remarks,omitempty"`
}

// Change is a change with its query as a diff.
type Change struct {
	deployed.Change
	Query string `json:"query_diff,omitempty"` // unified: from what is deployed to what the project has
}

// New makes a report.
func New(x *deployed.Export, export, target string, changes []deployed.Change, others int) Report {
	out := Report{Product: x.Product, Target: target, Export: export, Changes: []Change{}, Others: others, Remarks: x.Remarks}
	for _, c := range changes {
		if c.State == deployed.Same {
			out.Unchanged++
			continue
		}
		one := Change{Change: c}
		for _, f := range c.Fields {
			if f.Name == deployed.QueryField {
				from, to := c.Queries()
				one.Query = unified(from, to)
			}
		}
		out.Changes = append(out.Changes, one)
	}
	return out
}

// Drifted tells whether anything differs.
func (r Report) Drifted() bool { return len(r.Changes) > 0 }

// unified is the unified diff of two texts, without the line that names the program.
func unified(from, to string) string {
	text := string(diff.Diff("deployed", []byte(from+"\n"), "project", []byte(to+"\n")))
	_, text, _ = strings.Cut(text, "\n")
	return text
}
