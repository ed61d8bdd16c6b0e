// Package packages makes of queries what products deploy. It holds what the formats share; each format is a folder
// below.
//
// In: rules or correlations with their queries in the format's dialect, and the settings of the target. Out: files for
// the product's own tools, and findings about what the product refuses or cannot show.
//
// What must stay true:
//   - A package says only what the rule, its query's Result and documented defaults say. Nothing is guessed from the
//     query's text.
//   - Ids are the same in every build, and no two rules of a package have one (IDs). Versions rise when a rule changes
//     (VersionOf). Titles are unique and short enough (Titles).
//   - A limit of the product is a finding before deployment. An error leaves that rule out, never the others. What is
//     left out of a rule is a warning.
//   - A text of a rule never leaves its value: files are written by encoders, not by joining texts.
//   - The same input gives the same bytes.
package packages

import (
	"time"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Format is what one product deploys.
type Format interface {
	Name() string             // "sentinel", as a target names it
	Title() string            // "Microsoft Sentinel"
	Dialect() string          // of its queries: "kql"
	Models() []string         // data models of the product's tables, the preferred first
	Schedule() rules.Schedule // of a rule that has none, or a part of it
	Kinds() []string          // those of rules.EntityKinds that its alerts can be about without being told
	Package(Settings, []Input) Output
}

// Placed is a format that names the places where events are, so that an administrator sets each of them once.
type Placed interface {
	// Places are those with which a query on some log sources is compiled: the target's own, under their names. nil:
	// the product has no names for them in this data model.
	Places(m *schema.Model, own compilers.Places, of []rules.LogSource) compilers.Places
}

// Late is a format whose queries choose events by their own time, or the matches of correlations. They end before now,
// so that an event that arrives later than it is written is still found.
type Late interface {
	Delay(Input) time.Duration // how long before now the query of an input ends, which is not yet written
}

// Limited is a format whose product shows a query no more than a period.
type Limited interface {
	Shows(rules.Schedule) time.Duration // the longest that a query of that schedule may read back
}

// DelayTooLong tells whether a query reads further back than its product shows it, and would do so less without the
// delay with which it was compiled.
func DelayTooLong(f Format, in Input, opt compilers.Options, q *compilers.Query) bool {
	limited, ok := f.(Limited)
	return ok && q != nil && opt.Delay > 0 && q.Result.Lookback+q.Result.Reach > limited.Shows(in.Rule.Schedule)
}

// Replacing is a format whose package takes the place of the one that the product has.
type Replacing interface {
	Replaces() string // what installing a package removes from the product
}

// OptionsOf are the options with which the query of an input is compiled for a format.
func OptionsOf(f Format, in Input, opt compilers.Options) compilers.Options {
	opt.Show = in.Show
	if placed, ok := f.(Placed); ok {
		opt.Scope = placed.Places(opt.Model, opt.Scope, in.LogSources())
	}
	if late, ok := f.(Late); ok {
		opt.Delay = late.Delay(in)
	}
	return opt
}

// Settings are those of a target, from the project.
type Settings struct {
	Target       string           // its name, which is part of every id
	NearRealTime bool             // rules run as soon as events arrive, where the product can and the query allows it
	Scope        compilers.Places // where the events are, in Splunk
	App          App
}

// App is a Splunk app. Empty parts have defaults.
type App struct {
	Name               string // its id, and the name of its folder
	Title              string // as Splunk shows it
	Version            string // three numbers, such as 1.2.0
	Author             string
	EnterpriseSecurity bool // its searches make findings of Enterprise Security, and risk
}

// Input is a rule or a correlation with its query.
type Input struct {
	Rule        *rules.Rule     // its metadata; of a correlation the body. Its schedule is whole: see WithSchedule
	Correlation *ir.Correlation // nil for a rule
	Query       *compilers.Query
	Show        compilers.Show   // the fields with which the query was compiled: ShowOf or ShowOfCorrelation
	Places      compilers.Places // with which the query was compiled; of a Placed format its own
	Path        string           // of its files, without extension, unique among the inputs
}

// LogSources are those of the rule and of the rules that it joins, or of all rules that a correlation reads.
func (in Input) LogSources() []rules.LogSource {
	var out []rules.LogSource
	seen := map[*rules.Rule]bool{}
	var read func(*rules.Rule)
	read = func(r *rules.Rule) {
		if seen[r] {
			return
		}
		seen[r] = true
		out = append(out, r.LogSources()...)
		for _, j := range r.Joins {
			if j.Other != nil {
				read(j.Other)
			}
		}
	}
	if in.Correlation == nil {
		read(in.Rule)
		return out
	}
	for _, r := range in.Correlation.Rules() {
		read(r.Source)
	}
	return out
}

// File is a file of a package. Path is relative to the target's folder.
type File struct {
	Path, Text string
	Binary     bool // written byte by byte, without a newline at the end
	Rules      []*rules.Rule
}

// Output is what a format made.
type Output struct {
	Files []File
	Made  []Made // one for each packaged rule, in the order of the inputs
	Left  []Left // one for each rule that is not packaged
	Found diag.Diagnostics
}

// Left is a rule that the product does not take.
type Left struct {
	Rule *rules.Rule
	Why  diag.Diagnostics // errors: one or more
}

// Take keeps the findings of a rule. It tells whether the rule can be packaged: with an error it is left out.
func (o *Output) Take(r *rules.Rule, found diag.Diagnostics) bool {
	o.Found = append(o.Found, found...)
	if !found.HasErrors() {
		return true
	}
	o.Left = append(o.Left, Left{Rule: r, Why: found.OnlyErrors()})
	return false
}

// Made says what one rule became.
type Made struct {
	Rule    *rules.Rule `json:"-"`
	ID      string      `json:"id"`   // in the product
	Name    string      `json:"name"` // in the product
	Kind    string      `json:"kind"` // in the product's words: Scheduled, eql …
	Version string      `json:"version"`
	Files   []string    `json:"files"`
}
