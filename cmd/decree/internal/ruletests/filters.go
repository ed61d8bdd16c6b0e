package ruletests

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
	"decree/rules/diag"
)

// filterTests are the cases of the test file beside a filter file. They test the rules that the filter covers.
type filterTests struct {
	ruleset.AppliedFilter
	cases []*regression.Case
}

// loadFilters reads the test file beside every filter file. The name of a case begins with that of the filter's file.
func (t *Tests) loadFilters(set *ruleset.Set) ([]filterTests, error) {
	var out []filterTests
	for _, f := range set.Filters {
		in := f.File
		file, second := in.TestFile()
		if second != "" {
			t.Found.Errorf("second-test-file", diag.Range{File: path.Join(in.Disk, second)}, "merge the two files", "the filter has a second test file: %s is run, and this one is not", path.Base(file))
		}
		data, err := in.Folder.Read(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.Folder.Shown(file), err)
		}
		parsed, found := regression.Parse(in.Folder, file, data, set.FilterCondition)
		set.KeepFile(parsed.Shown, ruleset.File{Folder: in.Folder, Disk: in.Disk, Path: file})
		t.Found = append(t.Found, found...)
		for _, c := range parsed.Cases {
			of := "filter " + strings.TrimSuffix(path.Base(in.Path), path.Ext(in.Path)) + ": "
			c.Name = of + c.Name
			if c.SameAs != nil {
				c.SameAs.Case = of + c.SameAs.Case
			}
			for _, own := range c.Filters {
				set.Lists.Answer(own.Body)
			}
		}
		out = append(out, filterTests{f, parsed.Cases})
	}
	return out, nil
}
