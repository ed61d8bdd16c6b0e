package imported

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers/deployed"
	"decree/rules/diag"
)

// Report is what an import wrote and what it could not.
type Report struct {
	Product deployed.Product `json:"product"`
	Project string           `json:"project,omitempty"` // the project file, if it was written
	Rules   []Written        `json:"rules"`
	Kept    []string         `json:"kept,omitempty"` // files that were there
	Left    []Left           `json:"left"`
	Remarks []string         `json:"remarks,omitempty"`
}

// Written is a rule file, with how the package of the rule differs from what is deployed.
type Written struct {
	File    string           `json:"file"`
	Name    string           `json:"name"`
	ID      string           `json:"id"`    // in the product
	State   deployed.State   `json:"state"` // Same, Changed, NotPackaged or Renamed
	Changes []deployed.Field `json:"changes,omitempty"`
	unsaid  []deployed.Field
}

// NewWritten is the file of a deployed rule, not compared yet.
func NewWritten(file string, of deployed.Rule) Written {
	return Written{File: file, Name: of.Name, ID: of.ID, unsaid: of.Unsaid}
}

// Renamed is the state of a rule that is packaged under another name than that of the deployed one, which stays.
const Renamed deployed.State = "renamed"

// Compare notes how the packages of the rules differ from what is deployed. packaged are files of rules that are
// packaged: one that takes no deployed rule's place has another name.
func (r *Report) Compare(changes []deployed.Change, packaged map[string]bool) {
	byID := map[string]deployed.Change{}
	for _, c := range changes {
		byID[c.ID] = c
	}
	for i, w := range r.Rules {
		c, ok := byID[w.ID]
		switch {
		case !ok && packaged[w.File]:
			c.State = Renamed
		case !ok:
			c.State = deployed.NotPackaged
		case len(w.unsaid) > 0:
			c.State, c.Fields = deployed.Changed, append(c.Fields, w.unsaid...)
		}
		r.Rules[i].State, r.Rules[i].Changes = c.State, c.Fields
	}
}

// Print shows the report as text.
func (r Report) Print(s *stdio.Streams, dir string) {
	if r.Project != "" {
		fmt.Fprintf(s.Out, "wrote %s\n", diag.Visible(r.Project))
	}
	if len(r.Rules)+len(r.Kept) > 0 {
		fmt.Fprintf(s.Out, "wrote %s to %s\n", plural.Count(len(r.Rules), "rule"), diag.Visible(dir))
	}
	for _, name := range r.Kept {
		fmt.Fprintf(s.Out, "kept %s, which was there\n", diag.Visible(name))
	}
	r.printLeft(s)
	for _, remark := range r.Remarks {
		fmt.Fprintln(s.Out, diag.Visible(remark))
	}
	r.printChanges(s)
}

// mostNamed is how many rules that were not written for one reason are named.
const mostNamed = 5

// printLeft names the rules that were not written, by their reason where it is that of many.
func (r Report) printLeft(s *stdio.Streams) {
	if len(r.Left) == 0 {
		return
	}
	fmt.Fprintf(s.Out, "not written: %s\n", plural.Count(len(r.Left), "deployed rule"))
	of := map[string]int{}
	for _, l := range r.Left {
		of[l.Reason]++
	}
	more := false
	for _, l := range r.Left {
		switch n := of[l.Reason]; {
		case n > mostNamed:
			fmt.Fprintf(s.Out, "  %s and %d more: %s\n", diag.FirstVisible(l.Name), n-1, diag.Visible(l.Reason))
			of[l.Reason], more = 0, true
		case n > 0:
			fmt.Fprintf(s.Out, "  %s: %s\n", diag.FirstVisible(l.Name), diag.Visible(l.Reason))
		}
	}
	if more {
		fmt.Fprintln(s.Out, "--format json names each")
	}
}

// printChanges counts the properties that would change, over all rules.
func (r Report) printChanges(s *stdio.Streams) {
	states := map[deployed.State]int{}
	lost, otherwise := map[string]int{}, map[string]int{}
	for _, w := range r.Rules {
		states[w.State]++
		for _, f := range w.Changes {
			if len(f.Project) == 0 && f.Name != deployed.QueryField {
				lost[f.Name]++
			} else {
				otherwise[f.Name]++
			}
		}
	}
	if n := states[deployed.Same]; n > 0 {
		fmt.Fprintf(s.Out, "%s packaged as deployed\n", plural.Count(n, "rule"))
	}
	if n := states[deployed.NotPackaged]; n > 0 {
		fmt.Fprintf(s.Out, "%s cannot be packaged: decree package says why\n", plural.Count(n, "rule"))
	}
	if n := states[Renamed]; n > 0 {
		fmt.Fprintf(s.Out, "%s would be packaged under another name, and the deployed one stays: decree package says why\n", plural.Count(n, "rule"))
	}
	if n := states[deployed.Changed]; n > 0 {
		fmt.Fprintf(s.Out, "%s would change when deployed:\n", plural.Count(n, "rule"))
	}
	for _, part := range []struct {
		of   map[string]int
		what string
	}{{lost, "has no place in a rule and would be removed"}, {otherwise, "would be written in decree's way"}} {
		for _, name := range slices.SortedFunc(maps.Keys(part.of), func(a, b string) int { return cmp.Or(part.of[b]-part.of[a], cmp.Compare(a, b)) }) {
			fmt.Fprintf(s.Out, "  %s (%d): %s\n", diag.FirstVisible(name), part.of[name], part.what)
		}
	}
}
