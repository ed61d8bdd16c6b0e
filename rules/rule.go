package rules

import (
	"time"

	"decree/rules/diag"
)

// SigmaVersion is the version of Sigma's specification by which rules are read.
const SigmaVersion = "2.1"

// Rule is one Sigma detection rule with decree's own sections (lists, extract, ancestry,
// prevalence, joins) and its metadata, as written: nothing is expanded or lowered yet.
type Rule struct {
	Range diag.Range // the whole document; Range.File is the path as the user gave it

	Title, ID, Name, Description, Status, Level string
	Author, License, Date, Modified, Taxonomy   string
	References, Tags, FalsePositives            []string
	Fields, Scope                               []string
	Related                                     []Related
	LogSource                                   LogSource   // the first that the rule names
	OtherLogSources                             []LogSource // the others: its events are of any of them

	Searches   []Search    // search identifiers, in file order; nil once the rule is lowered, if it is only run
	Conditions []Condition // any of them makes the rule match; none: see OnlyWritten
	Lists      []List
	Elsewhere  []string // names of all lists that folders of lists have, readable or not; only hints use them
	Ancestry   []Ancestry
	Extracts   []*Extract // new fields made of others, in file order
	Prevalence []Prevalence
	Joins      []Join
	FirstSeen  []FirstSeen

	Queries []Query // written by hand, in file order; without a detection they are all that the rule is

	Schedule      Schedule
	Suppress      *Suppress // nil: every match alerts
	Alerting      Alerting
	Documentation Documentation
	DataSources   []DataSource
	Changelog     []Change
	Approximate   map[string][]string // target dialect -> accepted gap codes
	Accepted      []Accepted          // the same, with places

	RegressionTests string // Sigma's own regression data: a path from a folder above the rule

	Keys []KeyRange // where the metadata stands; nil once the rule is lowered, if it is only run
}

// Related is one entry of Sigma's `related`.
type Related struct {
	ID   string `yaml:"id"`
	Type string `yaml:"type"`
}

// Schedule is how a query is run: every Every, over the last Lookback. Zero = not set.
type Schedule struct{ Every, Lookback time.Duration }

// Documentation is the prose that Sigma has no key for.
type Documentation struct {
	OS                 []string `yaml:"os"`
	PermissionRequired []string `yaml:"permission_required"`
	Attack             string   `yaml:"attack"`
	Considerations     string   `yaml:"considerations"`
	Response           string   `yaml:"response"`
	BlindSpots         string   `yaml:"blind_spots"`
}

// DataSource is one log a rule was written for.
type DataSource struct {
	Provider            string `yaml:"provider"`
	Table               string `yaml:"table"`
	EventID             string `yaml:"event_id"`
	EventName           string `yaml:"event_name"`
	AttackDataSource    string `yaml:"attack_data_source"`
	AttackDataComponent string `yaml:"attack_data_component"`
}

// Change is one entry of the version history, newest first.
type Change struct {
	Version string `yaml:"version"`
	Date    string `yaml:"date"`
	Impact  string `yaml:"impact"`
	Notes   string `yaml:"notes"`
}

// Accepted is one gap of one target that a rule accepts, and where it says so.
type Accepted struct {
	Target, Code string
	TargetRange  diag.Range
	Range        diag.Range
}

// KeyRange is where in the rule's file a top-level key's value stands, or with an index of 0 or more one of its
// entries. Places are small, since every rule keeps some twenty of them.
type KeyRange struct {
	Key                                  string
	Index                                int32
	StartLine, StartCol, EndLine, EndCol int32
}

// Key gives the place of a top-level key's value, and of one of its entries where index is not
// negative. Without the key it is the rule's own place.
func (r *Rule) Key(key string, index int) diag.Range {
	for _, k := range r.Keys {
		if k.Key == key && int(k.Index) == index {
			return diag.Range{File: r.Range.File, Start: diag.Position{Line: int(k.StartLine), Col: int(k.StartCol)}, End: diag.Position{Line: int(k.EndLine), Col: int(k.EndCol)}}
		}
	}
	return r.Range
}
