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
	NotCompared State = "not compared"    // the project does not have it, or has it in a file that has errors
)

// Change is what differs at one rule.
type Change struct {
	State  State   `json:"state"`
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind,omitempty"` // of a part beside the rules; its id is its name
	Note   string  `json:"note,omitempty"`
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
	Broken  bool            // files of the project have errors: the rules that are not there may be in these
}

// The notes say what a state means for one rule.
const (
	staysNote  = "a new rule has its title, under another id: this one stays until somebody removes it"
	copyNote   = "it has the id of a rule of the project, as a copy has: it alerts, too, until somebody removes it"
	offNote    = "it has the id of a rule of the project, as a copy has: it is switched off, and stays until somebody removes it"
	brokenNote = "the project does not have it, or has it in a file that has errors"
)

// Compare compares what a project would deploy with what is deployed. Changes come by name; others is how many deployed
// rules are none of decree's for this target.
func Compare(p Product, project, deployed []Rule, s Settings) (changes []Change, others int) {
	have := newIndex(p, deployed, s.Target)
	added, own := map[string]bool{}, map[string]bool{}
	for _, r := range project {
		own[strings.ToLower(r.ID)] = true
		i, ok := have.find(r)
		if !ok {
			changes = append(changes, Change{State: New, ID: r.ID, Name: r.Name, project: &r})
			added[r.Name] = true
			continue
		}
		have.matched[i] = true
		changes = append(changes, compare(p, r, deployed[i]))
	}
	for i, r := range deployed {
		if have.matched[i] {
			continue
		}
		if c, told := s.unmatched(p, r, own, added); told {
			changes = append(changes, c)
		} else if !s.packaged(r) {
			others++
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return changes, others
}

// index finds the deployed rule that a rule of the project became.
type index struct {
	deployed []Rule
	byID     map[string]int // in lower case
	byName   map[string]int // of rules that a product knows by their names, or by ids of its own
	matched  map[int]bool   // those that were found for a rule
}

func newIndex(p Product, deployed []Rule, target string) *index {
	x := &index{deployed: deployed, byID: map[string]int{}, byName: map[string]int{}, matched: map[int]bool{}}
	for i, r := range deployed {
		x.byID[strings.ToLower(r.ID)] = i
		if p == Splunk || p == Defender && r.Mark.Target == target && !guidForm.MatchString(r.ID) { // an id of its own
			x.byName[r.Name] = i
		}
	}
	return x
}

func (x *index) find(r Rule) (int, bool) {
	if i, ok := x.byName[r.Name]; ok && strings.EqualFold(x.deployed[i].ID, r.ID) { // and not a copy of it
		return i, !x.matched[i]
	}
	if i, ok := x.byID[strings.ToLower(r.ID)]; ok {
		return i, !x.matched[i]
	}
	i, ok := x.byName[r.Name]
	return i, ok && !x.matched[i]
}

// packaged tells whether decree packaged a deployed rule for the target.
func (s Settings) packaged(r Rule) bool { return r.Mark.Target == s.Target && r.Mark.Target != "" }

// unmatched says what a deployed rule is that no rule of the project became; told is false if that is not told. own are
// the ids of the project's rules, added the names of its new ones.
func (s Settings) unmatched(p Product, r Rule, own, added map[string]bool) (c Change, told bool) {
	c = Change{State: Gone, ID: r.ID, Name: r.Name, deployed: &r}
	id := strings.ToLower(r.ID)
	switch {
	case s.Refused[id]:
		c.State = NotPackaged
	case !s.packaged(r):
		return c, false
	case own[id] && r.off(p):
		c.Note = offNote
	case own[id]:
		c.Note = copyNote
	case s.Partial:
		return c, false
	case s.Broken:
		c.State, c.Note = NotCompared, brokenNote
	case added[r.Name]:
		c.Note = staysNote
	}
	return c, true
}

// compare compares a rule with the deployed one.
func compare(p Product, project, deployed Rule) Change {
	c := Change{State: Same, ID: deployed.ID, Name: project.Name, project: &project, deployed: &deployed}
	c.Fields = differences(project, deployed)
	moved := false
	if p == Splunk { // it replaces a search by its name, whatever the id, and keeps one of another name
		names := identities(project, deployed)
		moved, c.Fields = len(names) > 0, append(names, c.Fields...)
	}
	switch {
	case len(c.Fields) == 0:
	case deployed.Mark.Target == "":
		c.State = Changed
	case !moved && project.packagedAs(p, deployed.Mark): // somebody changed what packages say, or what they never say
		c.State = ByHand
	case deployed.packagedAs(p, deployed.Mark):
		c.State = Changed
	case !moved && project.digest(p, project.off(p)) == deployed.digest(p, deployed.off(p)):
		c.State = ByHand
	default:
		c.State = Both
	}
	return c
}

// identities are the id and the name, where the one differs of what is the same by the other. A search of others has no
// id: it is then its name.
func identities(project, deployed Rule) []Field {
	var out []Field
	if deployed.ID != deployed.Name && !strings.EqualFold(project.ID, deployed.ID) {
		out = append(out, Field{"id", []string{deployed.ID}, []string{project.ID}})
	}
	if project.Name != deployed.Name {
		out = append(out, Field{"name", []string{deployed.Name}, []string{project.Name}})
	}
	return out
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
