package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// addFilters adds the --filters flag.
func addFilters(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "filters", "", "folder of Sigma filter documents: what they describe is suppressed in the rules they name")
	if err := cmd.MarkFlagDirname("filters"); err != nil {
		panic(err) // the flag was defined one line above
	}
}

// applyFilters lays every filter of a folder over the rules it covers. Findings about filters
// go beside those about rules; a filter that covers no rule is one.
func (set *ruleSet) applyFilters(dir string) error {
	if dir == "" {
		return nil
	}
	folder, err := rules.OpenFolder(dir)
	if err != nil {
		return err
	}
	files, err := folder.FilterFiles()
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no filter files (.yml, .yaml) in this folder", dir)
	}
	for _, file := range files {
		filters, found := folder.ParseFilters(file)
		for _, f := range filters {
			found = append(found, set.apply(f)...)
		}
		if len(found) > 0 {
			if data, err := folder.Read(file); err == nil {
				set.sources[found[0].Range.File] = data
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

// apply lays a filter over each rule that it covers.
func (set *ruleSet) apply(f *rules.Filter) diag.Diagnostics {
	not, found := ir.LowerFilter(f)
	if not == nil {
		return found
	}
	covered := 0
	for i, r := range set.Rules {
		if f.Covers(r.IR.Source) {
			covered++
			set.Rules[i].IR = r.IR.Filtered(not)
		}
	}
	if covered == 0 {
		found.Warnf("filter-covers-nothing", f.Body.Range, "check the ids and names under `rules`, and the log source",
			"the filter %q covers none of the rules given", f.Body.Title)
	}
	return found
}

// loadFiltered loads rules and lays filters over them.
func loadFiltered(paths []string, filters string) (*ruleSet, error) {
	set, err := loadRules(paths)
	if err != nil {
		return nil, err
	}
	if err := set.applyFilters(filters); err != nil {
		return nil, fmt.Errorf("--filters %s: %w", filepath.Clean(filters), err)
	}
	if filters != "" {
		set.correlate() // anew, over the filtered rules; what is wrong was found before
	}
	return set, nil
}
