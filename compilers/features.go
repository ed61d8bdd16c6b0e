package compilers

// Construct names something a rule can say that not every target can.
type Construct string

// The constructs a dialect may lack. Those absent from its Features are exact.
const (
	Cased                Construct = "cased"                 // case-sensitive text
	Wildcards            Construct = "wildcards"             // inner * and ?
	Regexes              Construct = "regex"                 // regular expressions RE2 can run
	BacktrackingRegexes  Construct = "regex-backtracking"    // lookaround, backreferences
	Keywords             Construct = "keywords"              // values anywhere in the event
	FieldRefs            Construct = "fieldref"              // one field against another
	TimeParts            Construct = "time-part"             // hour, weekday ...
	CIDRs                Construct = "cidr"                  // addresses inside a network
	DeepAncestors        Construct = "deep-ancestor"         // ancestors the event does not carry
	DeepUnderNegation    Construct = "deep-ancestor-negated" // the same, below not or beside or
	PrevalencePopulation Construct = "prevalence-population" // counting among a named population
	PrevalenceRank       Construct = "prevalence-rank"       // the N rarest values
	PrevalenceCount      Construct = "prevalence-count"      // a bound on the distinct count
	PrevalenceNegated    Construct = "prevalence-negated"    // rarity below not
	NamedValues          Construct = "named-values"          // values inside a longer text, as auditd writes them
	SecondColumns        Construct = "second-column"         // a value that is in another column where the first is empty
	GlobalPrevalence     Construct = "prevalence-global"     // reputation: vendor prevalence and signatures
)

// Support is how a dialect deals with a construct it cannot say exactly.
type Support struct {
	Approximate bool   // an approximation exists, to be accepted by the rule or the command
	Effect      string // of the approximation: false-positives, false-negatives or cost
	Message     string // what differs, or why it cannot be said
	Hint        string // what to do instead
}

// Features is what a dialect lacks.
type Features map[Construct]Support
