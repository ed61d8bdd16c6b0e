package packages

import (
	"slices"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Part says what a column tells of a thing.
type Part string

// The parts. Whole is the thing itself: the address, the hash, the name of a user or a host as the data model has it.
const (
	Whole       Part = ""
	Domain      Part = "domain"       // of a user
	Name        Part = "name"         // of a user, where the whole is its domain and its name in one text
	CommandLine Part = "command line" // of a process
	ProcessID   Part = "id"           // of a process
	Path        Part = "path"         // of a process's image
)

// Mention is a column of a query's result that tells of a thing.
type Mention struct {
	Kind   string // one of rules.EntityKinds
	Part   Part
	Column string
	Field  string // as the rule or the data model names it
	Given  bool   // the rule names it in `entities`
}

// entities are reported without being named, in this order, where the data model has them.
var entities = []Mention{
	{Kind: "host", Field: "host"}, {Kind: "user", Field: "user"},
	{Kind: "sha1", Field: "sha1"}, {Kind: "sha256", Field: "sha256"}, {Kind: "md5", Field: "md5"},
	{Kind: "ip", Field: "ip"}, {Kind: "domain", Field: "domain"}, {Kind: "url", Field: "url"},
}

// fields are reported without being named where the rule tests or shows them, or its log source is a category, whose
// events have them.
var fields = []Mention{
	{Kind: "user", Part: Name, Field: "UserName"}, {Kind: "user", Part: Domain, Field: "UserDomain"},
	{Kind: "process", Part: CommandLine, Field: "CommandLine"}, {Kind: "process", Part: ProcessID, Field: "ProcessId"}, {Kind: "process", Part: Path, Field: "Image"},
	{Kind: "file", Field: "TargetFilename"}, {Kind: "file", Field: "ImageLoaded"},
	{Kind: "ip", Field: "DestinationIp"}, {Kind: "ip", Field: "SourceIp"}, {Kind: "ip", Field: "IpAddress"}, {Kind: "ip", Field: "ClientIP"}, {Kind: "ip", Field: "c-ip"},
	{Kind: "domain", Field: "QueryName"}, {Kind: "domain", Field: "DestinationHostname"},
	{Kind: "url", Field: "c-uri"},
}

// ShowOf names the fields that a package of a rule shows: the rule's query is compiled with them.
func ShowOf(f Format, r *ir.Rule) compilers.Show {
	show := showOf(f, r.Source)
	tested := map[string]bool{}
	ir.Inspect(r.Condition, func(n ir.Node) bool {
		if m, ok := n.(*ir.Match); ok && m.Field.Level == 0 {
			tested[m.Field.Name] = true
		}
		return true
	})
	ofCategory := !slices.ContainsFunc(r.Source.LogSources(), func(ls rules.LogSource) bool { return ls.Category == "" })
	for _, m := range fields {
		if (ofCategory || tested[m.Field] || slices.Contains(r.Source.Fields, m.Field)) && slices.Contains(f.Kinds(), m.Kind) {
			show.Found = append(show.Found, m.Field)
		}
	}
	return show
}

// ShowOfCorrelation names the fields that a package of a correlation shows.
func ShowOfCorrelation(f Format, c *ir.Correlation) compilers.Show {
	show := showOf(f, c.Source.Body)
	for _, m := range fields {
		grouped := slices.ContainsFunc(c.Source.GroupBy, func(f rules.NamedField) bool { return f.Name == m.Field })
		if (grouped || slices.Contains(c.Source.Body.Fields, m.Field)) && slices.Contains(f.Kinds(), m.Kind) {
			show.Found = append(show.Found, m.Field)
		}
	}
	for _, m := range aliased(c) {
		if slices.Contains(f.Kinds(), m.Kind) {
			show.Found = append(show.Found, m.Field)
		}
	}
	return show
}

// aliased are the aliases that a correlation groups by and that stand for the same part of a thing in all its inputs.
func aliased(c *ir.Correlation) (out []Mention) {
	if c == nil {
		return nil
	}
	all := slices.Concat(entities, fields)
	for _, by := range c.Source.GroupBy {
		var same *Mention
		for i := range c.Source.Inputs {
			field := c.Source.FieldOf(by.Name, i)
			at := slices.IndexFunc(all, func(m Mention) bool { return m.Field == field })
			if at < 0 || field == by.Name || same != nil && (same.Kind != all[at].Kind || same.Part != all[at].Part) {
				same = nil
				break
			}
			same = &Mention{Kind: all[at].Kind, Part: all[at].Part, Field: by.Name}
		}
		if same != nil {
			out = append(out, *same)
		}
	}
	return out
}

func showOf(f Format, r *rules.Rule) compilers.Show {
	var show compilers.Show
	for _, named := range r.Alerting.Reads() {
		show.Asked = append(show.Asked, named.Name)
	}
	if r.Suppress != nil {
		for _, named := range r.Suppress.By {
			if !slices.Contains(show.Asked, named.Name) {
				show.Asked = append(show.Asked, named.Name)
			}
		}
	}
	for _, m := range entities {
		if slices.Contains(f.Kinds(), m.Kind) {
			show.Found = append(show.Found, m.Field)
		}
	}
	return show
}

// Mentions are the things that an alert is about: those that the rule names, and those that are found in the query's
// result. What the rule names and the result lacks is left out, with a finding.
func Mentions(in Input) ([]Mention, diag.Diagnostics) {
	var out []Mention
	var lacking diag.Diagnostics
	add := func(m Mention) {
		same := func(had Mention) bool { return had.Kind == m.Kind && had.Column == m.Column }
		if !slices.ContainsFunc(out, same) {
			out = append(out, m)
		}
	}
	for _, e := range in.Rule.Alerting.Entities {
		column, ok := Column(in, e.Field, &lacking)
		if ok {
			add(Mention{Kind: e.Kind, Part: partOf(e), Column: column, Field: e.Field.Name, Given: true})
		}
	}
	for _, m := range slices.Concat(entities, fields, aliased(in.Correlation)) {
		column, ok := in.Query.Result.Column(m.Field)
		if ok && slices.Contains(in.Show.Found, m.Field) && in.Query.Result.Lists(m.Field) {
			m.Column = column
			add(m)
		}
	}
	return out, lacking
}

// TellRisk says that a product has no risk that a rule adds to, if the rule has one. Its severity stands for it.
func TellRisk(r *rules.Rule, product string) diag.Diagnostics {
	risk := r.Alerting.Risk
	if risk.Score == 0 && len(risk.Objects) == 0 {
		return nil
	}
	return diag.Diagnostics{Told("package-risk", risk.Range, "let `level` say how much it matters", "%s has no risk that a rule adds to: it is left out", product)}
}

// partOf says what a named field tells of its thing. A process is told by its command line, if the field is not another
// known part.
func partOf(e rules.Entity) Part {
	for _, m := range fields {
		if m.Kind == e.Kind && m.Field == e.Field.Name {
			return m.Part
		}
	}
	if e.Kind == "process" {
		return CommandLine
	}
	return Whole
}

// Column is the column of the result with the value of a field that the rule's alert shows. If there is none, a finding
// says that it is left out.
func Column(in Input, f rules.NamedField, to *diag.Diagnostics) (string, bool) {
	column, ok := in.Query.Result.Column(f.Name)
	if !ok {
		to.Warnf("package-column", f.Range, "name a field that is a column of its own in data model "+in.Query.Model+", or add it to the correlation's `fields`",
			"the query does not return one column with the value of %s: the alert does not show it", f.Name)
	}
	return column, ok
}

// TextColumn is the column that stands for a field in a text of the alert: that of Column, or the name of what it is
// the id of.
func TextColumn(in Input, f rules.NamedField, to *diag.Diagnostics) (string, bool) {
	if name, ok := in.Query.Result.NameOf(f.Name); ok {
		return name, true
	}
	return Column(in, f, to)
}
