package compilers

// Construct is a part of a rule that not every target supports.
type Construct string

// The constructs that a dialect may lack. Those absent from its Features are supported exactly.
const (
	Cased                Construct = "cased"                 // case-sensitive text
	Wildcards            Construct = "wildcards"             // inner * and ?
	Regexes              Construct = "regex"                 // regular expressions RE2 can run
	BacktrackingRegexes  Construct = "regex-backtracking"    // lookaround, backreferences
	Keywords             Construct = "keywords"              // values anywhere in the event
	Words                Construct = "word"                  // whole words
	ElementTests         Construct = "elements"              // what elements of an array must satisfy
	FieldRefs            Construct = "fieldref"              // one field against another
	TimeParts            Construct = "time-part"             // hour, weekday ...
	CIDRs                Construct = "cidr"                  // addresses inside a network
	DeepAncestors        Construct = "deep-ancestor"         // ancestors that the event does not record
	DeepUnderNegation    Construct = "deep-ancestor-negated" // the same, below not or or
	PrevalencePopulation Construct = "prevalence-population" // counting among a named population
	PrevalenceRank       Construct = "prevalence-rank"       // the N rarest values
	PrevalenceCount      Construct = "prevalence-count"      // a bound on the distinct count
	PrevalenceNegated    Construct = "prevalence-negated"    // rarity below not
	NamedValues          Construct = "named-values"          // values inside a longer text, as auditd writes them
	// a value that is in another column where the first is empty, or in some events
	SecondColumns    Construct = "second-column"
	GlobalPrevalence Construct = "prevalence-global" // reputation: vendor prevalence and signatures
	ExtractArgv      Construct = "extract-argv"      // an argument of a command line
	ExtractRegexes   Construct = "extract-re"        // what a group of an expression finds
	ExtractSplits    Construct = "extract-split"     // a part between separators
	ExtractURLParts  Construct = "extract-part"      // a part of a URL
	ExtractMaps      Construct = "extract-map"       // a text for each test that holds
	ExtractTexts     Construct = "extract-text"      // a text with fields in it
	ExtractTrims     Construct = "extract-trim"      // characters taken off, and the case
	ExtractSeveral   Construct = "extract-any"       // all arguments or parts
	Joins            Construct = "join"              // other events that are there, or are not
	FirstSeen        Construct = "first-seen"        // nothing with the same values in the time before
)

// Constructs are all constructs in the order of the constants, each with what it is.
var Constructs = []struct {
	Name  Construct
	Title string
}{
	{Cased, "case-sensitive text"}, {Wildcards, "* and ? inside a value"}, {Regexes, "regular expressions"}, {BacktrackingRegexes, "lookaround and backreferences"},
	{Keywords, "words anywhere in the event"}, {Words, "whole words"}, {ElementTests, "elements of an array"}, {FieldRefs, "a field against another field"}, {TimeParts, "parts of a time, as hour"}, {CIDRs, "addresses in a network"},
	{DeepAncestors, "processes above the parent"}, {DeepUnderNegation, "the same under not or or"}, {PrevalencePopulation, "counting in a named population"},
	{PrevalenceRank, "the N rarest values"}, {PrevalenceCount, "bounds on a distinct count"}, {PrevalenceNegated, "rarity under not"}, {NamedValues, "values in a longer text"},
	{SecondColumns, "a second column if one is empty"}, {GlobalPrevalence, "reputation of a value"},
	{ExtractArgv, "an argument of a command line"}, {ExtractRegexes, "a group of an expression"}, {ExtractSplits, "a part between separators"}, {ExtractURLParts, "a part of a URL"},
	{ExtractMaps, "a text for each test that holds"}, {ExtractTexts, "a text made of fields"}, {ExtractTrims, "a value trimmed or in one case"}, {ExtractSeveral, "all arguments or parts"},
	{Joins, "other events near in time"}, {FirstSeen, "values that are seen first"},
}

// Support says how a dialect handles a construct that it does not support exactly.
type Support struct {
	Approximate bool   // an approximation exists, which the rule or the command must accept
	Effect      string // of the approximation: false-positives, false-negatives or cost
	Message     string // what differs, or why the construct is not supported
	Hint        string // what to do instead
	ByModel     bool   // some data models of the dialect have what it needs, and lack nothing
	Partly      bool   // some forms of the construct are said exactly; what writes queries refuses the others
}

// Features is what a dialect lacks.
type Features map[Construct]Support
