// Package schema holds data models: dictionaries between Sigma's field names and one
// product's. In: YAML files (models/*.yml, embedded, or a user's). Out: for a log source,
// the product's table and scope, and for a field the column that holds it. The engine finds
// fields in raw events through it and the compilers name columns with it.
package schema

import "sync"

// Model is one product's dictionary.
type Model struct {
	Name        string   `yaml:"name"`
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	Extends     string   `yaml:"extends"`
	Time        []string `yaml:"time"`        // columns with the event's time; the first present counts
	Ingested    string   `yaml:"ingested"`    // column or function for the arrival time, "" = none
	ID          []string `yaml:"id"`          // columns that identify an event in results
	Passthrough bool     `yaml:"passthrough"` // an unlisted Sigma field is a column of that name
	// Open says that events may carry more than their log has, under names of their own: only a field that another log is known to have is then
	// none of a source's.
	Open bool `yaml:"open"`
	// Arrays says that the elements of lists have names of their own, `a.list{}.b`: of a field below others that a source does not list, all ways to write it are
	// asked.
	Arrays bool `yaml:"arrays"`
	// EmptyIsMissing says that the product cannot tell an empty text from a missing one.
	EmptyIsMissing bool `yaml:"empty_is_missing"`
	// EmptyListIsMissing says that the product has a field only where it has a value: not with an empty list or object, or with nulls alone.
	EmptyListIsMissing bool `yaml:"empty_list_is_missing"`
	// Missing is the product's word, in this case, for a value that is not there.
	Missing string `yaml:"missing"`
	// Lists is what the product keeps tables of values in: "watchlist" or "lookup"; "" is nothing.
	Lists string `yaml:"lists"`
	// Longest is how many characters a query may have where the product runs it by schedule; 0 is any number.
	Longest int `yaml:"longest"`
	// TableColumn is the column with the name of a row's table, by which the engine tells rows of an export apart that have it.
	TableColumn string `yaml:"table_column"`
	// Columns are those that every table of the product has.
	Columns map[string]string `yaml:"columns"`
	Sources []Source          `yaml:"sources"`

	pairs *sync.Map // category, product and service -> sources that are of both a category and a service
}

// Source is one log of the product and the Sigma log sources it answers. Several sources
// may answer one log source (Sysmon 1 and Security 4688); the first is preferred.
type Source struct {
	Name     string            `yaml:"name"`
	Category string            `yaml:"category"` // "*" answers any, "" only rules that name none
	Product  string            `yaml:"product"`
	Service  string            `yaml:"service"`
	Table    string            `yaml:"table"`   // KQL table, SPL base search or datamodel=Model.Dataset, EQL event category
	Indices  []string          `yaml:"indices"` // Elasticsearch's index patterns that hold it
	Scope    []ScopeTest       `yaml:"scope"`   // all must hold for an event to be of this source
	Fields   map[string]Column `yaml:"fields"`
	// Unlisted, when set, is put before the name of any Sigma field that Fields lacks, with
	// underscores for its spaces: the column of that name holds it.
	Unlisted string `yaml:"unlisted"`
	// UnlistedIn is the column with the XML that holds the fields that Fields lacks.
	UnlistedIn string `yaml:"unlisted_in"`
	// Requires says what must be so in the product for a query to find the events: a note with every query.
	Requires string `yaml:"requires"`
	// Log is the log that the events are of, by the service of Sigma that is its name, where its fields are known (logs.yml).
	Log string `yaml:"log"`
	// Names are what the log's events have, beside Fields; one that ends with a dot stands for all below it. None means that any name may be one.
	Names []string `yaml:"names"`
	// Replace takes this source instead of that of its name in the model that is extended.
	Replace bool `yaml:"replace"`
	// Ancestors is level -> Sigma field -> column on the event itself. A field named here is read
	// there alone; others come from the creation events of the processes above.
	Ancestors map[int]map[string]Column `yaml:"ancestors"`
	Entities  map[string]Column         `yaml:"entities"` // sha1, host, user, ...
	Keys      map[int][]string          `yaml:"keys"`     // level -> columns whose values name that process on its host
	// FallbackKeys name processes of events that lack a part of Keys.
	FallbackKeys map[int][]string `yaml:"fallback_keys"`
	// ReusedFallbackKeys says that FallbackKeys alone are used again, as bare process ids are.
	ReusedFallbackKeys bool              `yaml:"reused_fallback_keys"`
	UniqueKeys         bool              `yaml:"unique_keys"` // keys are never reused (GUIDs, pid + creation time)
	Reputation         Reputation        `yaml:"reputation"`
	Columns            map[string]string `yaml:"columns"` // every column of the table -> product type, for checks
}

// ScopeTest holds when the column's value is one of Values (case-insensitive text).
type ScopeTest struct {
	Column string `yaml:"column"`
	// Type and Key read a part of the column, as those of a field's Column do.
	Type   Type     `yaml:"type"`
	Key    string   `yaml:"key"`
	Values []string `yaml:"values"`
	// EngineOnly marks a test that only recognises raw events; a query's Table says it already.
	EngineOnly bool `yaml:"engine_only"`
	// Optional lets an event without the column pass.
	Optional bool `yaml:"optional"`
}

// Reads is the column that the test reads.
func (t ScopeTest) Reads() Column { return Column{Name: t.Column, Type: t.Type, Key: t.Key} }

// Type is a column's type in the product.
type Type string

// The column types. HashSet is Sysmon's "SHA1=...,MD5=..." text, and Pairs auditd's `type=EXECVE a0="ls"`, read through Key.
// Pattern is any other text that holds the value: Key is an expression whose first group is the value. XML is a Windows event's
// data as XML, where the value is the text of the element <Data Name="Key">.
// Digests are hashes of several algorithms, as several values or in one text, with or without the algorithms' names.
const (
	String   Type = "string"
	Int      Type = "int"
	Bool     Type = "bool"
	Datetime Type = "datetime"
	IP       Type = "ip"
	HashSet  Type = "hashset"
	Pairs    Type = "pairs"
	Pattern  Type = "pattern"
	XML      Type = "xml"
	Digests  Type = "digests"
)

// Column says where a Sigma field is in the product.
type Column struct {
	Name     string   `yaml:"column"`
	Also     []string `yaml:"also"`     // other names that exports give it, in order of preference; queries use Name
	OrElse   string   `yaml:"or_else"`  // the column that holds it where Name is empty, "" = none; in models for KQL
	Type     Type     `yaml:"type"`     // "" means string
	Holds    string   `yaml:"holds"`    // "filename": only the path's last component; "" = the whole value
	Optional bool     `yaml:"optional"` // of an ancestor: where an event lacks it, the ancestor's creation event is asked
	Filename string   `yaml:"filename"` // a companion column with only the last component, "" = none
	Key      string   `yaml:"key"`      // which hash of a HashSet, which name of Pairs, the expression of a Pattern, which element of XML
	// Requires says what must be so in the product for the column to be filled: a note with each query that reads it.
	Requires string `yaml:"requires"`
	// Values are the product's own words for Sigma's values ("true": egress), case-insensitive.
	Values map[string]string `yaml:"values"`
	// Numbers is "decimal" where Sysmon's `DWORD (0x0000001f)` is `31` and its `(Empty)` an empty text, and
	// "hexadecimal" where the former is `0x0000001f`.
	Numbers string `yaml:"numbers"`
	// Multivalue says that the column may hold several values.
	Multivalue bool `yaml:"multivalue"`
	// Written are the beginnings of paths that the product always writes otherwise (HKLM\: HKEY_LOCAL_MACHINE\). Only that is asked.
	Written map[string]string `yaml:"written"`
	// AlsoWritten are parts of values that the product may write otherwise (CurrentControlSet:
	// ControlSet???); a question mark is any one character. Both ways are asked.
	AlsoWritten map[string]string `yaml:"also_written"`
	// Unnamed says that a registry key's unnamed value, Sysmon's `(Default)`, has an empty name, so that its path ends with the backslash.
	// Both ways are asked.
	Unnamed bool `yaml:"unnamed"`
	// Spread are fields that the values are spread over; a test holds if it does for one of them.
	Spread []string `yaml:"spread"`
	// Under is the field with what stands before the last backslash of a path; this column has the
	// rest. Alone says that events about the former alone have no rest.
	Under string `yaml:"under"`
	Alone bool   `yaml:"alone"`
	// Never are beginnings that no event's value has (HKCU\, where Sysmon writes HKU\ and a user's SID): a test that asks for them can never hold.
	Never []string `yaml:"never"`
	// Prefix is what the product puts before each value.
	Prefix string `yaml:"prefix"`
	// Domain is the field with what stands before the backslash of `DOMAIN\user`; "-" where the product keeps none.
	Domain string `yaml:"domain"`
}

// Reputation says how the product tells a value's reputation. Columns are names on a
// reputation row, on an enriched event, or in a lookup's output.
type Reputation struct {
	Source       string `yaml:"source"`       // product's name for it: FileProfile, a lookup, an enrich policy
	Prefix       string `yaml:"prefix"`       // put before each column on an enriched event
	Availability string `yaml:"availability"` // column telling whether the look-up worked
	Failed       string `yaml:"failed"`       // its value when it failed
	Global       string `yaml:"global"`
	Signature    string `yaml:"signature"`
	Signer       string `yaml:"signer"`
	Issuer       string `yaml:"issuer"`
	Root         string `yaml:"root"`
	LocalCount   string `yaml:"local_count"` // enriched local count, below Prefix, "local." and the rule's name
	LocalRank    string `yaml:"local_rank"`  // enriched local rank, likewise
}
