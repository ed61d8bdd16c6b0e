package main

import (
	"bytes"
	"fmt"

	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/testreport"
	"decree/compilers"
	"decree/rules/diag"
)

// buildSummary is dist/summary.json.
type buildSummary struct {
	Environment string `json:"environment,omitempty"` // whose lists are in the queries
	Rules       int    `json:"rules"`
	Passed      int    `json:"tests_passed"`
	Failed      int    `json:"tests_failed"`
	Refused     int    `json:"refused"` // queries that a target cannot write
	// rules of another product than the target's, for each target
	Skipped int `json:"skipped"`
	// rules that the project leaves out of a target on purpose, for each target
	LeftOut int `json:"left_out,omitempty"`
	// rules with a query that the package of a target leaves out, for each target
	NotPackaged int                 `json:"not_packaged,omitempty"`
	Queries     []builtQuery        `json:"queries"`
	Packages    []packaging.Package `json:"packages,omitempty"`
}

// stoppedBuild is what a build that writes nothing says as JSON.
type stoppedBuild struct {
	Stopped  string             `json:"stopped"`
	Findings diag.Diagnostics   `json:"findings"`
	Tests    *testreport.Report `json:"tests"`
}

type builtQuery struct {
	Rule     string           `json:"rule"`
	ID       string           `json:"id"`
	Target   string           `json:"target"`
	Dialect  string           `json:"dialect"`
	Model    string           `json:"model"`
	File     string           `json:"file,omitempty"`
	Fidelity string           `json:"fidelity"` // exact, approximate, hand-written, refused, skipped or left out
	Assets   int              `json:"assets"`
	Notes    []compilers.Note `json:"notes,omitempty"`
	// NotPackaged are the errors for which the package of the target leaves the rule out.
	NotPackaged diag.Diagnostics `json:"not_packaged,omitempty"`
}

func (b *builder) summary(t testedRules, c compiledRules, report fidelity.Report) buildSummary {
	without := queries.WithoutQuery(c.queries)
	sum := buildSummary{Environment: b.set.Environment, Rules: len(b.set.Whole()), Passed: t.outcomes.Passed, Failed: t.outcomes.Failed,
		Refused: without.Refused, Skipped: without.Skipped, LeftOut: without.LeftOut, NotPackaged: report.NotPackaged(), Packages: c.packages.Packages}
	for _, r := range c.queries {
		sum.Queries = append(sum.Queries, newBuiltQuery(r, c.packages.NotPackaged(r)))
	}
	return sum
}

// withSummary adds the file of the summary.
func withSummary(files []output.File, summary buildSummary) ([]output.File, error) {
	var text bytes.Buffer
	err := diag.WriteJSON(&text, summary)
	return append(files, output.File{Path: "summary.json", Text: text.String()}), err
}

func newBuiltQuery(c queries.Result, notPackaged diag.Diagnostics) builtQuery {
	q := builtQuery{Rule: c.Rule, ID: c.Source.IR.Source.ID, Target: c.Target.Name, Dialect: c.Target.Dialect.Name(), Model: c.Model, Fidelity: fidelity.Of(c), NotPackaged: notPackaged}
	if c.Query != nil {
		q.File, q.Assets, q.Notes = c.Files()[0].Path, len(c.Query.Assets), c.Query.Notes
	}
	return q
}

func (b buildSummary) print(s *stdio.Streams, to folderWritten) error {
	without := ""
	if counted := (queries.Without{Refused: b.Refused, Skipped: b.Skipped, LeftOut: b.LeftOut}); counted.Any() || b.NotPackaged > 0 {
		without = "; " + counted.String()
	}
	if b.NotPackaged > 0 {
		without += fmt.Sprintf(", %d not packaged", b.NotPackaged)
	}
	became := fmt.Sprintf("%s valid, %s passed, %d failed%s", plural.Count(b.Rules, "rule"), plural.Count(b.Passed, "test"), b.Failed, without)
	written := to.String()
	separator := "; "
	if len(became)+len(separator)+len(written) > s.PageColumns() {
		separator = "\n"
	}
	_, err := fmt.Fprintf(s.Out, "\n%s%s%s\n", became, separator, written)
	return err
}
