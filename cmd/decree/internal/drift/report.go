// Package drift shows how what a project would deploy differs from what is deployed. In: the changes that
// deployed.Compare found. Out: text, with queries as unified diffs, or JSON.
package drift

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"decree/cmd/decree/internal/plural"
	"decree/compilers/deployed"
	"decree/rules/diag"
)

// Report is what differs between a target of a project and an export.
type Report struct {
	Product   deployed.Product `json:"product"`
	Target    string           `json:"target"`
	Export    string           `json:"export"`
	Changes   []Change         `json:"changes"` // but those that are the same
	Unchanged int              `json:"unchanged"`
	Others    int              `json:"others"`             // deployed rules that are none of decree's for this target
	LeftOut   int              `json:"left_out,omitempty"` // deployed rules of this target that a selection of the project's rules leaves out
	Remarks   []string         `json:"remarks,omitempty"`
	Findings  diag.Diagnostics `json:"findings,omitempty"` // for which rules of the project could not be compared
}

// Change is a change with its query as a diff.
type Change struct {
	deployed.Change
	Query string `json:"query_diff,omitempty"` // unified: from what is deployed to what the project has
}

// New makes a report.
func New(x *deployed.Export, export, target string, changes []deployed.Change, others int) Report {
	out := Report{Product: x.Product, Target: target, Export: export, Changes: []Change{}, Others: others, Remarks: append(slices.Clone(x.Remarks), ofOtherTargets(x, target, changes)...)}
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
	compared := idsOf(changes)
	for _, r := range x.Rules {
		if r.Mark.Target == target && !compared[r.ID] {
			out.LeftOut++
		}
	}
	return out
}

// idsOf gives the ids of rules that were compared.
func idsOf(changes []deployed.Change) map[string]bool {
	ids := map[string]bool{}
	for _, c := range changes {
		ids[c.ID] = true
	}
	return ids
}

// ofOtherTargets remarks on rules that decree packaged for other targets, and that are none of this one's rules.
func ofOtherTargets(x *deployed.Export, target string, changes []deployed.Change) []string {
	compared, count := idsOf(changes), map[string]int{}
	for _, r := range x.Rules {
		if r.Mark.Target != "" && r.Mark.Target != target && !compared[r.ID] {
			count[r.Mark.Target]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		out = append(out, fmt.Sprintf("decree packaged %s for the target %s, and this is %s: if it was renamed, these stay beside its rules",
			plural.Count(count[name], "rule"), name, target))
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
