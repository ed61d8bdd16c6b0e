package pages

import (
	"path"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
)

// Catalogue is what pages are made of.
type Catalogue struct {
	Title      string
	Links      []Link // beside the catalogue's own, on every page
	Detections []*Detection
	Layer      string // its file with the layer of ATT&CK Navigator, or ""
	DeTTECT    string // its file for DeTT&CT, or ""
	Since      *Since // nil without a revision
}

// Link is a text that leads to an address.
type Link struct{ Text, URL string }

// Detection is a rule or a correlation with all that was made of it.
type Detection struct {
	Rule        *ir.Rule        // of a correlation: its metadata
	Correlation *ir.Correlation // nil for a rule
	File        string          // its path, as findings show it
	Slug        string          // its name: a path with slashes, unique among all
	ByName      bool            // its page is found by its name, since another detection has the same id
	LogSources  []rules.LogSource
	Queries     []Query // one for each target
	Packages    []Package
	Fields      []Field
	Filters     []*rules.Filter // of the environment, that cover it
	Tests       *Tests          // nil if it has none
	Commits     []Commit        // that changed its file, the latest first
}

// Source is the rule as it is written; of a correlation, its metadata.
func (d *Detection) Source() *rules.Rule { return d.Rule.Source }

// Path is that of the detection's page: its id, which stays when it is renamed; or its slug.
func (d *Detection) Path() string {
	if d.ByName {
		return "rules/" + d.Slug
	}
	return PathOf(d.Source(), d.Slug)
}

// PathOf is the path of a rule's page where no other rule has its id.
func PathOf(r *rules.Rule, slug string) string {
	if rules.IsUUID(r.ID) {
		return "rules/" + strings.ToLower(r.ID)
	}
	return "rules/" + slug
}

// LogSource writes its log sources as users do: windows/process_creation.
func (d *Detection) LogSource() string {
	var out []string
	for _, ls := range d.LogSources {
		if name := ls.Name(); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// Query is the detection in one target.
type Query struct {
	Target   string // its name
	Title    string // for people
	Language string // for people: Microsoft KQL
	Model    string // data model, with its title
	Fidelity string // exact, approximate, hand-written, refused, skipped or left out
	Query    *compilers.Query
	File     string   // of the query, in the catalogue
	Assets   []string // of what must be deployed beside it
	Why      []Reason // of a refusal
	Requires []string // what must be set up in the product
}

// Reason is a finding in words.
type Reason struct{ Code, Message, Hint string }

// Package is what a product deploys of the detection, or why it deploys nothing.
type Package struct {
	Target, Format      string
	Kind, Name, Version string
	Files               []string // in the catalogue
	// errors for which the package leaves the rule out; it has no kind, name, version and files then
	Why []Reason
}

// Field is a field or an entity that the detection reads, and what each target calls it.
type Field struct {
	Name   string
	Entity bool
	// whose value it is if it is not the event's own and no field of Sigma's names it: parent, grandparent or actor
	Of      string
	Columns map[string][]string // target -> columns with notes; a target without the field has none
}

// Tests are the detection's regression tests.
type Tests struct {
	Cases  []Case
	Passed int
	// Covered of Goals parts of the rule decide a test; Goals is 0 where that was not measured.
	Covered, Goals int
	Uncovered      []string
	// Killed of Mutants small changes of the rule fail a test; Mutants is 0 where that was not measured.
	Killed, Mutants int
	Survivors       []string
}

// Case is one test.
type Case struct {
	Name, Model string
	Passed      bool
	Expected    string
	Events      int
	Examples    []Example // the first events that are found, and that are not
}

// Example is an event of a test.
type Example struct {
	Label  string
	Found  bool
	Fields []Value
}

// Value is a named value of an event.
type Value struct{ Name, Value string }

// Commit is a change in git.
type Commit struct{ ID, Date, Author, Subject string }

// Since says what changed since a revision.
type Since struct {
	Revision string
	Changed  map[*rules.Rule]Change
	Removed  []Former // rules that are gone
}

// Former is a rule as it was before: its title, and its file as findings show it.
type Former struct{ Title, File string }

// Change is how a detection changed.
type Change struct {
	Kind    string   // one of the kinds below
	From    string   // the file where it was, if it was moved
	Was     string   // its title before, if that was another
	Commits []Commit // since the revision, of its own file
}

// The kinds of changes.
const (
	NewDetection      = "new"
	ChangedDetection  = "changed"
	MovedDetection    = "moved"   // to another file
	ChangedDependency = "depends" // only something that it uses changed
)

// fileName is the last part of a path.
func fileName(file string) string { return path.Base(file) }
