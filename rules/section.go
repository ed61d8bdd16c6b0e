package rules

import "slices"

// Kinds is a set of kinds of document.
type Kinds uint8

// The kinds of document that Sigma has.
const (
	DetectionRules Kinds = 1 << iota
	CorrelationRules
	FilterRules
	anyKind   = DetectionRules | CorrelationRules | FilterRules
	reporting = DetectionRules | CorrelationRules // documents whose matches become alerts
)

// String names a kind in messages.
func (k Kinds) String() string {
	return map[Kinds]string{DetectionRules: "rule", CorrelationRules: "correlation", FilterRules: "filter"}[k]
}

// Prose says how a section contains texts for people. In these, an unquoted colon is a frequent mistake.
type Prose uint8

// The ways a section contains them.
const (
	NoProse   Prose = iota
	ProseText       // one text
	ProseList       // a list of texts
)

// Section is one top-level key of a document.
type Section struct {
	Name     string
	In       Kinds // the documents that may have it
	Required Kinds // the documents that must have it
	Prose    Prose
	Distinct bool // no other kind of YAML file has such a key at its top: it tells Sigma's documents from others
}

// sections are all top-level keys, in the order in which they are read. Lists, extracts, ancestry, prevalence and joins
// come before the detection, which uses the names they define.
var sections = []Section{
	{Name: "title", In: anyKind, Required: anyKind, Prose: ProseText},
	{Name: "id", In: anyKind},
	{Name: "name", In: anyKind, Prose: ProseText},
	{Name: "related", In: anyKind},
	{Name: "sigma-version", In: anyKind},
	{Name: "taxonomy", In: anyKind},
	{Name: "status", In: anyKind},
	{Name: "level", In: anyKind},
	{Name: "description", In: anyKind, Prose: ProseText},
	{Name: "license", In: anyKind, Prose: ProseText},
	{Name: "author", In: anyKind, Prose: ProseText},
	{Name: "references", In: anyKind, Prose: ProseList},
	{Name: "date", In: anyKind},
	{Name: "modified", In: anyKind},
	{Name: "fields", In: anyKind, Prose: ProseList},
	{Name: "falsepositives", In: anyKind, Prose: ProseList, Distinct: true},
	{Name: "tags", In: anyKind, Prose: ProseList},
	{Name: "scope", In: anyKind},
	{Name: "schedule", In: anyKind},
	{Name: "suppress", In: reporting},
	{Name: "risk", In: reporting},
	{Name: "entities", In: reporting},
	{Name: "custom_details", In: reporting},
	{Name: "alert", In: reporting},
	{Name: "documentation", In: anyKind},
	{Name: "data_sources", In: anyKind},
	{Name: "changelog", In: anyKind},
	{Name: "approximate", In: anyKind},
	{Name: "regression_tests_path", In: anyKind, Distinct: true},
	{Name: "logsource", In: DetectionRules | FilterRules, Required: DetectionRules | FilterRules, Distinct: true},
	{Name: "lists", In: DetectionRules | FilterRules},
	{Name: "extract", In: DetectionRules},
	{Name: "ancestry", In: DetectionRules | FilterRules, Distinct: true},
	{Name: "prevalence", In: DetectionRules, Distinct: true},
	{Name: "joins", In: DetectionRules},
	{Name: "first_seen", In: DetectionRules, Distinct: true},
	{Name: "query", In: reporting},
	{Name: "detection", In: DetectionRules, Required: DetectionRules, Distinct: true},
	{Name: "filter", In: FilterRules, Required: FilterRules, Distinct: true},
	{Name: "correlation", In: CorrelationRules, Required: CorrelationRules, Distinct: true},
	{Name: "generate", In: CorrelationRules},
}

// Sections lists all top-level keys of documents, in the order in which they are read.
func Sections() []Section { return slices.Clone(sections) }
