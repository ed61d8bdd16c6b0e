// Package techniques scores the rules of a set for the techniques of ATT&CK that they detect, and writes them in a form
// that a user chose. In: a rule set. Out: rules with their techniques and scores; a file's bytes.
package techniques

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"decree/cmd/decree/internal/assessment"
	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/pages"
	"decree/compilers/pages/layers"
	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
)

// Rules gives what a layer shows of each rule and correlation of a set, with its score by a scale, and what was found
// in the tests that were run for it. site is the address of the rules' pages, or "".
func Rules(s *stdio.Streams, set *ruleset.Set, scale layers.Scale, site string) (out []layers.Rule, found diag.Diagnostics, err error) {
	scores, found, err := scoresOf(s, set, scale)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range set.Whole() {
		m := r.IR.Source
		one := layers.Rule{Title: m.Title, Level: m.Level, Status: m.Status, Tags: m.Tags, Score: scores[r.Slug()]}
		one.Changed, _ = rules.ReadDate(cmp.Or(m.Modified, m.Date)) // lint reports what is not a date
		if site != "" {
			one.Page = strings.TrimSuffix(site, "/") + "/" + pages.PathOf(m, r.Slug()) + ".html"
		}
		out = append(out, one)
	}
	return out, found, nil
}

// Unknown reports the tags of a set that name no tactic and no technique of ATT&CK, or one that it no longer has: a
// layer and the pages leave them out.
func Unknown(set *ruleset.Set) (found diag.Diagnostics) {
	for _, r := range set.Whole() {
		m := r.IR.Source
		for _, i := range attack.Of(m.Tags).Unknown {
			message, hint, newer := attack.LeftOut(m.Tags[i])
			found.Warnf("unknown-attack-tag", m.Key("tags", i), hint, "%s", message)
			if newer {
				found[len(found)-1].Severity = diag.Info
			}
			set.KeepRule(r)
		}
	}
	return found
}

// scoresOf gives each rule's score by its slug, in percent, for the scales that a rule has one by.
func scoresOf(s *stdio.Streams, set *ruleset.Set, scale layers.Scale) (out map[string]float64, found diag.Diagnostics, err error) {
	switch scale {
	case layers.Fidelity:
		out, err = exactShare(set)
		return out, nil, err
	case layers.Mutation:
		return killedShare(s, set)
	}
	return map[string]float64{}, nil, nil
}

// exactShare gives the share of each rule's targets that have an exact query.
func exactShare(set *ruleset.Set) (map[string]float64, error) {
	chosen := set.Project.Targets
	if len(chosen) == 0 {
		chosen = targets.All
	}
	results, err := queries.Compile(set, chosen, queries.Options{})
	if err != nil {
		return nil, err
	}
	asked, exact := map[string]float64{}, map[string]float64{}
	for _, r := range results {
		switch fidelity.Of(r) {
		case "skipped", fidelity.LeftOut:
			continue // its log source is another product's, or the project leaves it out
		case "exact":
			exact[r.Rule]++
		}
		asked[r.Rule]++
	}
	out := map[string]float64{}
	for rule, n := range asked {
		out[rule] = 100 * exact[rule] / n
	}
	return out, nil
}

// killedShare gives the share of each rule's mutants that its tests notice.
func killedShare(s *stdio.Streams, set *ruleset.Set) (map[string]float64, diag.Diagnostics, error) {
	tests := ruletests.Load(set, nil)
	judged, err := assessment.Measure(tests, true)
	if err != nil {
		return nil, nil, err
	}
	out := map[string]float64{}
	for _, a := range judged {
		if total := a.Mutation.Total(); total > 0 {
			out[a.Rule] = 100 * float64(a.Mutation.Killed) / float64(total)
		}
	}
	assessment.ShowSkipped(s, tests)
	return out, tests.Found, nil
}

// Write writes a layer, DeTT&CT's file, or a table for people.
func Write(format, name string, all []layers.Covered, scale layers.Scale, gaps []attack.Technique) ([]byte, error) {
	switch format {
	case "layer":
		return layers.Navigator(name, all, scale, gaps)
	case "dettect":
		return layers.DeTTECT(name, all)
	}
	rows := [][]string{{"technique", "name", "score", "rules"}}
	for _, c := range all {
		rows = append(rows, []string{c.ID, c.Name, strconv.FormatFloat(scale.Score(c), 'f', -1, 64), strconv.Itoa(len(c.Rules))})
	}
	for _, t := range gaps {
		rows = append(rows, []string{t.ID, t.Name, "-", "0"})
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	var out bytes.Buffer
	err := table.Text(&out, rows)
	return out.Bytes(), err
}
