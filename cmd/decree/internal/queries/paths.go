package queries

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/ruleset"
	"decree/rules"
)

// outputPaths gives each rule its path below an output folder. It is the rule's name. If several rules have that name,
// the folders of their files come before it. If they still clash, rules without a name of their own get their titles
// behind it, and of one file numbers from the second on, as rules of an old collection have one title. Rules that clash
// even then are refused when they are written.
func outputPaths(all []ruleset.Rule) map[*rules.Rule]string {
	wanted := map[string]int{}
	for _, r := range all {
		wanted[output.Fold(r.Slug())]++
	}
	folders := make([][]string, len(all))
	for i, r := range all {
		at := path.Dir(r.File.Path)
		if r.File.Disk != "" {
			if full, err := filepath.Abs(filepath.Join(r.File.Disk, filepath.FromSlash(at))); err == nil {
				at = filepath.ToSlash(full)
			}
		}
		folders[i] = strings.Split(at, "/")
	}
	shared := sharedStart(folders)
	out := map[*rules.Rule]string{}
	taken := map[string]int{}
	for i, r := range all {
		place := r.Slug()
		if wanted[output.Fold(place)] > 1 {
			parts := []string{}
			for _, folder := range folders[i][shared:] {
				parts = append(parts, output.Name(folder))
			}
			place = path.Join(append(parts, place)...)
		}
		out[r.IR.Source] = place
		taken[output.Fold(place)]++
	}
	for _, r := range all {
		if place := out[r.IR.Source]; taken[output.Fold(place)] > 1 && r.IR.Source.Name == "" {
			out[r.IR.Source] = path.Join(path.Dir(place), output.Name(path.Base(place)+"_"+r.IR.Source.Title))
		}
	}
	number(all, out)
	return out
}

// number puts a number behind the paths of rules without a name of their own that another rule of their file has
// already.
func number(all []ruleset.Rule, out map[*rules.Rule]string) {
	type use struct{ file, path string }
	used := map[use]int{}
	for _, r := range all {
		place := out[r.IR.Source]
		at := use{r.File.Path, output.Fold(place)}
		used[at]++
		if n := used[at]; n > 1 && r.IR.Source.Name == "" {
			out[r.IR.Source] = path.Join(path.Dir(place), output.Name(path.Base(place)+"_"+strconv.Itoa(n)))
		}
	}
}

// sharedStart counts the leading folders that all have in common.
func sharedStart(all [][]string) int {
	if len(all) == 0 {
		return 0
	}
	n := len(all[0])
	for _, folders := range all {
		n = min(n, len(folders))
		for i := range n {
			if folders[i] != all[0][i] {
				n = i
				break
			}
		}
	}
	return n
}
