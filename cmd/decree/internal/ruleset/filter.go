package ruleset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

// Filters says which filters apply to rules, and how their conditions are read.
type Filters struct {
	Dir       string
	Condition string
}

// AddTo adds the flags --filters and --filter-condition.
func (f *Filters) AddTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.Dir, "filters", "", "`DIR` of Sigma filters: they suppress what they describe in the rules that they name")
	cmd.Flags().StringVar(&f.Condition, "filter-condition", "",
		"how filter conditions are read: `MODE` is suppress (suppress what it describes) or require (it must hold). By default a condition with 'not' must hold, and one without is suppressed; a mixture is an error")
	usage.Complete(cmd, "filter-condition", parse.FilterConditions)
	if err := cmd.MarkFlagDirname("filters"); err != nil {
		panic(err) // the flag was defined one line above
	}
}

// applyFilters applies every filter of a folder to the rules that it covers. Findings about filters are added to the set. A filter that covers
// no rule is a finding.
func (set *Set) applyFilters(f Filters) error {
	dir := f.Dir
	if at, err := os.Stat(dir); err == nil && !at.IsDir() {
		return errors.New("not a folder")
	}
	folder, err := source.OpenFolder(dir)
	if err != nil {
		return err
	}
	files, err := parse.FilterFiles(folder)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no filter files (.yml, .yaml) in this folder", dir)
	}
	for _, file := range files {
		set.filterFiles = append(set.filterFiles, filepath.Join(dir, filepath.FromSlash(file)))
		filters, found := parse.Filters(folder, file, parse.FilterCondition(f.Condition))
		foreign := len(filters) == 0 && !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code != parse.NotARule })
		found, passed := passOver(File{}, parse.File{Foreign: foreign && len(found) > 0}, found)
		if foreign && len(passed) > 0 {
			set.foreign++
		}
		set.PassedOver = append(set.PassedOver, passed...)
		for _, f := range filters {
			set.Lists.Answer(f.Body)
			found = append(found, set.apply(f)...)
		}
		if all := append(passed, found...); len(all) > 0 {
			if data, err := folder.Read(file); err == nil {
				set.texts[all[0].Range.File] = data
			}
			set.Found = append(set.Found, found...)
		}
		if found.HasErrors() {
			set.Failed++
		}
	}
	set.Found.Sort()
	return nil
}

// apply applies a filter to each rule that it covers.
func (set *Set) apply(f *rules.Filter) diag.Diagnostics {
	required, found := ir.LowerFilter(f)
	if required == nil {
		return found
	}
	covered := 0
	for i, r := range set.Rules {
		if f.Covers(r.IR.Source) {
			covered++
			set.Rules[i].IR = r.IR.Filtered(required)
		}
	}
	if covered == 0 {
		found.Warnf("filter-covers-nothing", f.Body.Range, set.whyNothing(f), "filter %q applies to none of the given rules", f.Body.Title)
	}
	return found
}

// whyNothing gives a hint why a filter covers no rule.
func (set *Set) whyNothing(f *rules.Filter) string {
	for _, ref := range f.Rules {
		for _, c := range set.read {
			if ref.Names(c.of.Body) {
				return fmt.Sprintf("%q is a correlation: name the rules that it reads", c.of.Body.Title)
			}
		}
		for _, r := range set.Rules {
			if r.IR.Source.Name == "" && r.Slug() == ref.Text {
				return fmt.Sprintf("%s has no name: add `name: %s` to it, or write its id under `rules`", r.IR.Source.Range.File, ref.Text)
			}
		}
	}
	return "check the ids and names under `rules`, and the log source"
}
