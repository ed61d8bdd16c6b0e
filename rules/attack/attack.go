// Package attack knows the tactics and techniques of MITRE ATT&CK. In: the tags of a rule. Out: tactics and techniques
// with their ids, names and links. Its table (attack.csv) names its source, its version and its licence.
package attack

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed attack.csv
var table string

// Version is the version of names and tactics that products show.
const Version = "18.1"

// Newest is the version that tags are checked against. It has other tactics, and products do not know all of them yet.
const Newest = "19"

// Major is the version without what comes after its first dot.
func Major() string {
	major, _, _ := strings.Cut(Version, ".")
	return major
}

// Tactic is a goal of an adversary.
type Tactic struct {
	ID   string // TA0002
	Slug string // execution
	Name string // Execution
}

// URL is the tactic's page.
func (t Tactic) URL() string { return "https://attack.mitre.org/tactics/" + t.ID + "/" }

// Technique is a technique, or a sub-technique.
type Technique struct {
	ID        string // T1059, or T1059.001
	Name      string
	Status    string   // of version 18.1: current, deprecated, revoked, or later for what only version 19 has
	Tactics   []string // slugs in version 18.1
	tactics19 []string // slugs in version 19; empty for a technique that it does not have
}

// Parent is the id without the sub-technique.
func (t Technique) Parent() string {
	id, _, _ := strings.Cut(t.ID, ".")
	return id
}

// IsSub tells whether it is a sub-technique.
func (t Technique) IsSub() bool { return t.Parent() != t.ID }

// URL is the technique's page.
func (t Technique) URL() string {
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(t.ID, ".", "/") + "/"
}

// tactics are those of version 18.1, in the order of the matrix. https://attack.mitre.org/tactics/enterprise/
var tactics = []Tactic{
	{"TA0043", "reconnaissance", "Reconnaissance"}, {"TA0042", "resource-development", "Resource Development"}, {"TA0001", "initial-access", "Initial Access"},
	{"TA0002", "execution", "Execution"}, {"TA0003", "persistence", "Persistence"}, {"TA0004", "privilege-escalation", "Privilege Escalation"},
	{"TA0005", "defense-evasion", "Defense Evasion"}, {"TA0006", "credential-access", "Credential Access"}, {"TA0007", "discovery", "Discovery"},
	{"TA0008", "lateral-movement", "Lateral Movement"}, {"TA0009", "collection", "Collection"}, {"TA0011", "command-and-control", "Command and Control"},
	{"TA0010", "exfiltration", "Exfiltration"}, {"TA0040", "impact", "Impact"},
}

// splitTactic is what version 19 splits into the tactics split19.
const splitTactic = "defense-evasion"

var split19 = []string{"stealth", "defense-impairment"}

var techniques = sync.OnceValue(func() map[string]Technique {
	r := csv.NewReader(strings.NewReader(table))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic(err) // the table is part of the program
	}
	out := make(map[string]Technique, len(rows))
	for _, row := range rows {
		out[row[0]] = Technique{ID: row[0], Name: row[1], Status: row[2], Tactics: strings.Fields(row[3]), tactics19: strings.Fields(row[4])}
	}
	return out
})

// TechniqueOf finds a technique by its id, in any case.
func TechniqueOf(id string) (Technique, bool) {
	t, ok := techniques()[strings.ToUpper(id)]
	return t, ok
}

// TacticOf finds a tactic by its slug. Version 19's two parts of Defense Evasion are that tactic.
func TacticOf(slug string) (Tactic, bool) {
	if slices.Contains(split19, slug) {
		slug = splitTactic
	}
	i := slices.IndexFunc(tactics, func(t Tactic) bool { return t.Slug == slug || strings.EqualFold(t.ID, slug) })
	if i < 0 {
		return Tactic{}, false
	}
	return tactics[i], true
}

// Mapping is what a rule's tags say of ATT&CK.
type Mapping struct {
	Tactics    []Tactic    // in the order of the matrix: those tagged, and those of each technique's parent
	Techniques []Technique // sorted by id, those that are current
	tagged     map[string]bool
	// Unknown are the indices of tags that name a technique or a tactic that version 18.1 does not have, or has no
	// longer. Groups, software, mitigations, campaigns and data sources are something else.
	Unknown []int
}

// IsTagged tells whether a tag names the tactic itself, and not only a technique of it.
func (m Mapping) IsTagged(t Tactic) bool { return m.tagged[t.Slug] }

// Of reads tags.
func Of(tags []string) Mapping {
	m := Mapping{tagged: map[string]bool{}}
	named := map[string]bool{}
	for i, tag := range tags {
		name, ok := strings.CutPrefix(tag, "attack.")
		if !ok {
			continue
		}
		tactic, isTactic := TacticOf(name)
		technique, isTechnique := TechniqueOf(name)
		switch {
		case isTactic:
			named[tactic.Slug], m.tagged[tactic.Slug] = true, true
		case isTechnique && technique.Status == "current":
			if !slices.ContainsFunc(m.Techniques, func(had Technique) bool { return had.ID == technique.ID }) {
				m.Techniques = append(m.Techniques, technique)
			}
			parent, known := TechniqueOf(technique.Parent())
			if !known {
				parent = technique
			}
			for _, slug := range parent.Tactics {
				named[slug] = true
			}
		case !IsOther(name):
			m.Unknown = append(m.Unknown, i)
		}
	}
	for _, t := range tactics {
		if named[t.Slug] {
			m.Tactics = append(m.Tactics, t)
		}
	}
	slices.SortFunc(m.Techniques, func(a, b Technique) int { return strings.Compare(a.ID, b.ID) })
	return m
}

// other is the form of the ids that are neither techniques nor tactics. There is no table of these.
var other = regexp.MustCompile(`^(?i:[gscm]|ds)\d{4}$`)

// IsOther tells whether a name is the id of a group, software, a campaign, a mitigation or a data source.
func IsOther(name string) bool { return other.MatchString(name) }

// Has tells whether a technique serves a tactic.
func (t Technique) Has(tactic Tactic) bool { return slices.Contains(t.Tactics, tactic.Slug) }

// Tactics are those of version 18.1, in the order of the matrix.
func Tactics() []Tactic { return slices.Clone(tactics) }

// TacticsOf gives the tactics that a technique serves in a mapping: of those of its parent the tagged ones, or all if
// none is tagged.
func (m Mapping) TacticsOf(t Technique) []Tactic {
	parent, known := TechniqueOf(t.Parent())
	if !known {
		parent = t
	}
	var all, tagged []Tactic
	for _, tactic := range tactics {
		if parent.Has(tactic) {
			all = append(all, tactic)
			if m.IsTagged(tactic) {
				tagged = append(tagged, tactic)
			}
		}
	}
	if len(tagged) > 0 {
		return tagged
	}
	return all
}

// LeftOut says why what shows ATT&CK leaves out a tag that is among the Unknown of a Mapping, and what to do. newer
// tells whether only version 19 has it: then nothing is wrong.
func LeftOut(tag string) (message, hint string, newer bool) {
	name := strings.TrimPrefix(tag, "attack.")
	switch t, _ := TechniqueOf(name); t.Status {
	case "later":
		return fmt.Sprintf("%s is of ATT&CK %s, and products show %s: it is left out", name, Newest, Version), "nothing to do, or add the tag that ATT&CK " + Version + " has for it", true
	case "revoked", "deprecated":
		return fmt.Sprintf("%s is %s in ATT&CK %s: it is left out", name, t.Status, Version), "see what replaces it at " + t.URL(), false
	}
	return fmt.Sprintf("ATT&CK %s has no %s: it is left out", Version, name), "look it up at https://attack.mitre.org", false
}
