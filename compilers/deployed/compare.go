package deployed

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"decree/rules/diag"
)

// State says how a rule of a project and the deployed one differ.
type State string

// The states. Without a mark of decree on the deployed rule, a difference is Changed.
const (
	New     State = "new"     // not deployed
	Same    State = "same"    // deployed as the project has it
	Changed State = "changed" // the project's rule and the deployed one differ
	// somebody changed the deployed rule, and the project's rule is as it was packaged
	ByHand      State = "changed by hand"
	Both        State = "changed in both" // somebody changed the deployed rule, and the project's rule changed, too
	Gone        State = "gone"            // decree packaged it for this target, and the project does not have it
	NotPackaged State = "not packaged"    // the project has it, and cannot package it
)

// Change is what differs at one rule.
type Change struct {
	State  State   `json:"state"`
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Fields []Field `json:"fields,omitempty"`

	project, deployed *Rule
}

// Field is a property that differs. Of the query it says only that it does: Queries has the texts.
type Field struct {
	Name     string   `json:"name"`
	Deployed []string `json:"deployed,omitempty"` // more than one where the property is a list
	Project  []string `json:"project,omitempty"`
}

// Queries are the deployed query and the project's.
func (c Change) Queries() (deployed, project string) {
	if c.deployed != nil {
		deployed = c.deployed.Query
	}
	if c.project != nil {
		project = c.project.Query
	}
	return deployed, project
}

// QueryField is the name under which a query differs.
const QueryField = "query"

// Settings of a comparison.
type Settings struct {
	Target  string          // of the project
	Refused map[string]bool // ids of rules that the project has and cannot package
	Partial bool            // the project's rules are only some: those that are not among them are not gone
}

// Compare compares what a project would deploy with what is deployed. Changes come by name; others is how many deployed
// rules are none of decree's for this target.
func Compare(p Product, project, deployed []Rule, s Settings) (changes []Change, others int) {
	byID, byName := map[string]int{}, map[string]int{}
	for i, r := range deployed {
		byID[strings.ToLower(r.ID)] = i
		// Splunk knows a search by its name, and Defender may give ids of its own
		if p == Splunk || r.Mark.Target == s.Target {
			byName[r.Name] = i
		}
	}
	matched := map[int]bool{}
	find := func(r Rule) (int, bool) {
		if i, ok := byID[strings.ToLower(r.ID)]; ok {
			return i, !matched[i]
		}
		i, ok := byName[r.Name]
		return i, ok && !matched[i]
	}
	for _, r := range project {
		i, ok := find(r)
		if !ok {
			changes = append(changes, Change{State: New, ID: r.ID, Name: r.Name, project: &r})
			continue
		}
		matched[i] = true
		changes = append(changes, compare(p, r, deployed[i]))
	}
	for i, r := range deployed {
		switch {
		case matched[i]:
		case s.Refused[strings.ToLower(r.ID)]:
			changes = append(changes, Change{State: NotPackaged, ID: r.ID, Name: r.Name, deployed: &r})
		case r.Mark.Target != s.Target || r.Mark.Target == "":
			others++
		case !s.Partial:
			changes = append(changes, Change{State: Gone, ID: r.ID, Name: r.Name, deployed: &r})
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return changes, others
}

// compare compares a rule with the deployed one.
func compare(p Product, project, deployed Rule) Change {
	c := Change{State: Same, ID: deployed.ID, Name: project.Name, project: &project, deployed: &deployed}
	c.Fields = differences(project, deployed)
	switch {
	case len(c.Fields) == 0:
	case deployed.Mark.Target == "":
		c.State = Changed
	case project.digest(p) == deployed.digest(p): // somebody switched it on or off, or set what packages never say
		c.State = ByHand
	case deployed.digest(p) == deployed.Mark.Digest:
		c.State = Changed
	case project.digest(p) == deployed.Mark.Digest:
		c.State = ByHand
	default:
		c.State = Both
	}
	return c
}

// differences are the properties that two rules have otherwise, in order, the query last.
func differences(project, deployed Rule) []Field {
	ours, theirs := map[string][]string{}, map[string][]string{}
	flatten(project.Properties, "", ours)
	flatten(deployed.Properties, "", theirs)
	both := maps.Clone(ours)
	maps.Copy(both, theirs)
	var out []Field
	for _, name := range slices.Sorted(maps.Keys(both)) {
		// the repository's form does not say it
		unsaid := name == "enabled" && (ours[name] == nil || theirs[name] == nil)
		if !unsaid && !slices.Equal(ours[name], theirs[name]) {
			out = append(out, Field{name, theirs[name], ours[name]})
		}
	}
	if project.Query != deployed.Query {
		out = append(out, Field{Name: QueryField})
	}
	return out
}

// flatten gives each property its path, with dots. A list is one property: of objects each is a text of JSON.
func flatten(of map[string]any, above string, to map[string][]string) {
	for name, v := range of {
		switch v := v.(type) {
		case map[string]any:
			flatten(v, above+name+".", to)
		case []any:
			all := []string{}
			for _, one := range v {
				all = append(all, entry(one))
			}
			to[above+name] = all
		default:
			to[above+name] = []string{text(v)}
		}
	}
}

// entry is an entry of a list as a text.
func entry(v any) string {
	switch v.(type) {
	case map[string]any, []any:
		text, err := diag.JSON(v)
		if err != nil {
			panic(err) // it was read from JSON
		}
		return string(text)
	}
	return text(v)
}
