// Package schema holds data models: mappings between Sigma's field names and those of one product. In: YAML files
// (models/*.yml, embedded, or a user's). Out: for a log source the product's table and scope, and for a field its
// column. The engine uses a model to find fields in raw events, and the compilers use it to name columns.
package schema

import (
	"decree/rules/ir"
	"decree/rules/source"
)

// Model is the field mapping of one product.
type Model struct {
	Name        string `yaml:"name"`
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Extends     string `yaml:"extends"`
	// the language of the product's queries; "" = events as their product writes them
	Dialect string `yaml:"dialect"`
	// of a dialect's models, a query is written for the lowest that can say the rule; 0 = only where it is named
	Order       int      `yaml:"order"`
	Time        []string `yaml:"time"`        // columns with the event's time; the first that is present counts
	Ingested    string   `yaml:"ingested"`    // column or function for the arrival time, "" = none
	ID          []string `yaml:"id"`          // columns that identify an event in results
	Passthrough bool     `yaml:"passthrough"` // a field that is not listed is a column of the same name
	// what stands for a space in the column of a field that is not listed; "" = a space
	Spaces string `yaml:"spaces"`
	// Open says that events may have fields that their log is not known to have. Then a source lacks a field only if
	// the field is known to belong to another log.
	Open bool `yaml:"open"`
	// Arrays says that the product marks lists in field names, as in `a.list{}.b`. A nested field that a source does
	// not list is then tested under all possible names. The event's text, _raw, is JSON in which tests of an array's
	// elements find the array.
	Arrays bool `yaml:"arrays"`
	// EmptyIsMissing says that the product cannot tell an empty text from a missing one. It is true of every model of
	// KQL.
	EmptyIsMissing bool `yaml:"empty_is_missing"`
	// EmptyListIsMissing says that the product drops a field whose value is an empty list or object, or has only nulls.
	EmptyListIsMissing bool `yaml:"empty_list_is_missing"`
	// Missing is the text, in this case, that the product writes for a missing value.
	Missing string `yaml:"missing"`
	// Lists is how the product stores tables of values: "watchlist" or "lookup". "" means that it cannot.
	Lists string `yaml:"lists"`
	// Verbatim are columns whose values stand in the raw text of an event, as they are or with the escapes of XML or
	// JSON.
	Verbatim []string `yaml:"verbatim"`
	// Longest is the maximum number of characters in a scheduled query. 0 means no limit.
	Longest int `yaml:"longest"`
	// MostValues is the number of values above which the product may refuse a query. 0 means that it does not mind.
	MostValues int `yaml:"most_values"`
	// TableColumn is the column with the name of a row's table. The engine uses it to assign the rows of an export to
	// tables.
	TableColumn string `yaml:"table_column"`
	// Columns are the columns that every table of the product has.
	Columns map[string]string `yaml:"columns"`
	// Recognise is how events of the model are told from those of others, where none is named. Without it, the model is
	// only used where it is named.
	Recognise []Sign   `yaml:"recognise"`
	Sources   []Source `yaml:"sources"`

	tellsOwn bool // the model's own file has Recognise, not only the one it extends

	derived *derived // nil until the model is loaded
}

// Source is one log of the product and the Sigma log source it answers. Several sources may answer one log source
// (Sysmon 1 and Security 4688); the first is preferred.
type Source struct {
	Name     string `yaml:"name"`
	Category string `yaml:"category"` // "*" answers any category, "" only rules without one
	Product  string `yaml:"product"`
	Service  string `yaml:"service"`
	// KQL table, SPL base search or datamodel=Model.Dataset, EQL event category
	Table   string      `yaml:"table"`
	Indices []string    `yaml:"indices"` // index patterns in Elasticsearch
	Scope   []ScopeTest `yaml:"scope"`   // an event belongs to this source if all tests hold
	// Recognise are signs of the source's events. An event whose heaviest signs are those of other sources is not this
	// one's. Where an event shows no source's sign, any source without or with signs may have it.
	Recognise []Sign            `yaml:"recognise"`
	Fields    map[string]Column `yaml:"fields"`
	// OwnColumns says that each of Columns is a field of its own name, and so is a property in one that holds JSON
	// (Column.Property).
	OwnColumns bool `yaml:"own_columns"`
	// Unlisted, if set, is a prefix for fields that are not in Fields: the column is the prefix and the field's name.
	Unlisted string `yaml:"unlisted"`
	// Below is a name -> a column with an object, or a property of one. A field below the name that is not in Fields is
	// a property of that object: with `request: Request` the field request.user.id is Request.user.id. Further columns
	// are other names of the object in exports, as in Column.Also.
	Below map[string]source.OneOrMore `yaml:"below"`
	// Elements are columns with an array -> the fields of its elements that have one value each, a text or a number. An
	// array in an element is named behind the other: Targets.changes.
	Elements map[string][]string `yaml:"elements"`
	// WholeKeys are columns with an object whose keys may have dots, such as Kubernetes' annotations: what follows the
	// column's name is one key.
	WholeKeys []string `yaml:"whole_keys"`
	// UnlistedIn is the column with XML that has the fields that are not in Fields.
	UnlistedIn string `yaml:"unlisted_in"`
	// Filled are the events of which no value of a column is in UnlistedIn. It is for models of KQL.
	Filled Filled `yaml:"filled"`
	// Requires says what must be set up in the product for a query to find the events. It is noted in every query.
	Requires string `yaml:"requires"`
	// Log is the log of the events, named by its Sigma service, if its fields are known (logs.yml).
	Log string `yaml:"log"`
	// OtherChannels tells that the source is of Windows' channels that no service names. It is asked of rules that name
	// such a channel, or describe channels by a pattern, and of no others.
	OtherChannels bool `yaml:"other_channels"`
	// Names are fields of the log's events besides Fields. A name that ends with a dot stands for everything below it.
	// If there are none, events may have any field.
	Names []string `yaml:"names"`
	// Open says that events may have other fields than those of Fields and Names. Such a field is asked for as it is
	// written, which queries note. A source lacks it only if it is an entity, or a column of another product for the
	// same log source.
	Open bool `yaml:"open"`
	// Envelope is the object in which an event may be as a whole. A field that is not in Fields is asked for there and
	// at the outermost level, however the rule writes it: with `envelope: data` the field data.a is a and data.a.
	Envelope string `yaml:"envelope"`
	// Replace means that this source replaces the source of the same name in the extended model.
	Replace bool `yaml:"replace"`
	// Ancestors is level -> Sigma field -> column on the event itself. A field listed here is read only from that
	// column. Other fields come from the creation events of the ancestors.
	Ancestors map[int]map[string]Column `yaml:"ancestors"`
	Entities  map[string]Column         `yaml:"entities"` // sha1, host, user, ...: names that rules may use as fields
	// Actor are fields and entities of the process that did what the event tells, where they are not those of Fields:
	// the hashes of a file are not its writer's.
	Actor map[string]Column `yaml:"actor"`
	Keys  map[int][]string  `yaml:"keys"` // level -> columns whose values identify that process on its host
	// FallbackKeys identify processes in events that lack a part of Keys.
	FallbackKeys map[int][]string `yaml:"fallback_keys"`
	// ReusedFallbackKeys says that values of FallbackKeys are reused over time, as bare process ids are.
	ReusedFallbackKeys bool `yaml:"reused_fallback_keys"`
	UniqueKeys         bool `yaml:"unique_keys"` // keys are never reused (GUIDs, pid + creation time)
	// KeysPerBoot says that UniqueKeys begin anew when the host restarts, as counters of the kernel do. Only the engine
	// reads it.
	KeysPerBoot bool              `yaml:"keys_per_boot"`
	Reputation  Reputation        `yaml:"reputation"`
	Columns     map[string]string `yaml:"columns"` // every column of the table -> product type, for checks
}

// ScopeTest holds if the column's value is one of Values, as text without case.
type ScopeTest struct {
	Column string `yaml:"column"`
	// Type and Key extract a part of the column, as in Column.
	Type   Type     `yaml:"type"`
	Key    string   `yaml:"key"`
	Values []string `yaml:"values"`
	// EngineOnly marks a test that is needed only to recognise raw events. In a query, Table implies it. Without Values
	// it asks whether the column is there.
	EngineOnly bool `yaml:"engine_only"`
	// Optional accepts events without the column.
	Optional bool `yaml:"optional"`
}

// Reads gives the column that the test reads.
func (t ScopeTest) Reads() Column { return Column{Name: t.Column, Type: t.Type, Key: t.Key} }

// Type is the type of a column in the product.
type Type string

// The column types. HashSet is Sysmon's "SHA1=...,MD5=..." text, and Pairs auditd's `type=EXECVE a0="ls"`, read through
// Key; a column that is also called otherwise may have the hash alone. Pattern is any other text that contains the
// value: Key is an expression whose first group is the value. XML is the data of a Windows event as XML: the value is
// the text of the element <Data Name="Key">. Digests are hashes of several algorithms, as several values or in one
// text, with or without the names of algorithms. Arguments are a list of texts that are one value: a command line, with
// a space between them. Directory is the path of a file without its name, which is in the column Key. Account is the
// name of a user, whose domain is in the column Key.
const (
	String    Type = "string"
	Int       Type = "int"
	Bool      Type = "bool"
	Datetime  Type = "datetime"
	IP        Type = "ip"
	HashSet   Type = "hashset"
	Pairs     Type = "pairs"
	Pattern   Type = "pattern"
	XML       Type = "xml"
	Digests   Type = "digests"
	Arguments Type = "arguments"
	Directory Type = "directory"
	Account   Type = "account"
)

// Column maps a Sigma field to the product.
type Column struct {
	Name string `yaml:"column"`
	// other names of the column in exports, in order of preference; queries use Name
	Also   []string `yaml:"also"`
	OrElse string   `yaml:"or_else"` // column to read if Name is empty, "" = none; in models for KQL and SPL
	// column to read in some of the events; in models for KQL and SPL
	Instead Instead `yaml:"instead"`
	Type    Type    `yaml:"type"` // "" means string
	// "filename", or "unix_filename" where paths have slashes: only the path's last component; "" = the whole value
	Holds    string `yaml:"holds"`
	Optional bool   `yaml:"optional"` // for an ancestor: if an event lacks it, the ancestor's creation event is used
	Filename string `yaml:"filename"` // a companion column with only the last component, "" = none
	// algorithm in a HashSet, name in Pairs, expression of a Pattern, element in XML, column with the name of a file in
	// a Directory, column with the domain of an Account
	Key string `yaml:"key"`
	// Requires says what must be set up in the product for the column to be filled. It is noted in each query that
	// reads the column.
	Requires string `yaml:"requires"`
	// Values are the product's own words for Sigma's values ("true": egress), case-insensitive. The product may have
	// several words for one value. A test of part of a value asks for the words of the values that it holds for. A word
	// is also a value of Sigma's, unless it has other words.
	Values map[string]source.OneOrMore `yaml:"values"`
	// Closed says that no other of Sigma's values is in the column: a test of one cannot be asked there. It is so of
	// each boolean column with Values.
	Closed bool `yaml:"closed"`
	// Missing is the text, in this case, that the product writes in this column for a missing value, if it is not the
	// model's. It is for models of SPL and of events.
	Missing string `yaml:"missing"`
	// Numbers is "decimal" if Sysmon's `DWORD (0x0000001f)` becomes `31` and its `(Empty)` an empty text. It is
	// "hexadecimal" if the former becomes `0x0000001f`.
	Numbers string `yaml:"numbers"`
	// Digits says that the product writes numbers in this column of text in one way, as the digits of whole numbers: 1,
	// never 01 or 1.0. Equality with a number is then equality of texts.
	Digits bool `yaml:"digits"`
	// Multivalue says that the column may have several values.
	Multivalue bool `yaml:"multivalue"`
	// Written are prefixes of paths that the product always writes differently (HKLM\: HKEY_LOCAL_MACHINE\). Only that
	// form is searched for.
	Written map[string]string `yaml:"written"`
	// AlsoWritten are parts of values that the product may write differently (CurrentControlSet: ControlSet???). A
	// question mark is any one character. Both forms are searched for.
	AlsoWritten map[string]string `yaml:"also_written"`
	// Unnamed says that the unnamed value of a registry key, Sysmon's `(Default)`, has an empty name, so its path ends
	// with a backslash. Both forms are searched for.
	Unnamed bool `yaml:"unnamed"`
	// Shared says that the column has the values of several fields, as a list of all arguments of a program, and does
	// not tell which is whose. A test holds if it holds for one of them, which the query notes. Whether a field is
	// there cannot be asked.
	Shared bool `yaml:"shared"`
	// Spread are fields that the values are spread over. A test holds if it holds for one of them.
	Spread []string `yaml:"spread"`
	// Array is the path of the array in the event's own JSON whose elements a test of the field's elements tests. ""
	// means that Name is the array. It is for models with Arrays.
	Array string `yaml:"array"`
	// Under is the field with the part of a path before its last backslash. This column has the rest. Alone says that
	// events about the first part only have no rest.
	Under string `yaml:"under"`
	Alone bool   `yaml:"alone"`
	// Never are prefixes that no value has. For example, Sysmon writes HKU\ and a user's SID, and never HKCU\. A test
	// for them can never hold.
	Never []string `yaml:"never"`
	// Prefix is a text that the product puts before values, without regard to case. Tests read the value after it.
	Prefix string `yaml:"prefix"`
	// Domain is the field with the part of `DOMAIN\user` before the backslash. "-" means that the product does not
	// store it. Bare is the field with the part behind it, if this column has both (an Account).
	Domain string `yaml:"domain"`
	Bare   string `yaml:"bare"`
	// Named is the column with the name of the host whose id this entity's column has. Tests of the entity read the
	// name.
	Named string `yaml:"named"`

	// InXML is a column with XML that may have the value where this one is empty (Source.Filled). "" means that none
	// has.
	InXML string `yaml:"-"`
	// Made is set if the value is an extract's: Name is the extract's name, and no column of the product.
	Made *Made `yaml:"-"`
}

// Made is a value that a rule makes of columns: From has the column of each field of Extract.From.
type Made struct {
	Extract *ir.Extract
	From    []Column
}

// Reputation says how the product provides the reputation of a value. Columns are columns of a reputation row, of an
// enriched event, or of a lookup's output.
type Reputation struct {
	// the product's name for its source: FileProfile, a lookup, an enrich policy
	Source              string `yaml:"source"`
	Prefix              string `yaml:"prefix"`       // prefix of each column on an enriched event
	Availability        string `yaml:"availability"` // column that tells whether the look-up worked
	Failed              string `yaml:"failed"`       // value of Availability after a failed look-up
	Global              string `yaml:"global"`
	Signature           string `yaml:"signature"`
	Signer              string `yaml:"signer"`
	Issuer              string `yaml:"issuer"`
	Root                string `yaml:"root"`
	CertificateValid    string `yaml:"certificate_valid"`
	RootSignerMicrosoft string `yaml:"root_signer_microsoft"`
	Software            string `yaml:"software"`
	Threat              string `yaml:"threat"`
	GlobalFirstSeen     string `yaml:"global_first_seen"`
	// local count on an enriched event, below Prefix, "local." and the rule's name
	LocalCount string `yaml:"local_count"`
	LocalRank  string `yaml:"local_rank"` // local rank on an enriched event, in the same place
}
