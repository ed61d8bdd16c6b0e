package main

import (
	"path"
	"path/filepath"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/rules"
)

// outputPlaces are the places of rules below an output folder: their names, and where several rules want one,
// the folders of their files before it. What is still one place then is refused when it is written.
func outputPlaces(all []loadedRule) map[*rules.Rule]string {
	wanted := map[string]int{}
	for _, r := range all {
		wanted[output.Fold(slug(r))]++
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
	for i, r := range all {
		place := slug(r)
		if wanted[output.Fold(place)] > 1 {
			parts := []string{}
			for _, folder := range folders[i][shared:] {
				parts = append(parts, output.Name(folder))
			}
			place = path.Join(append(parts, place)...)
		}
		out[r.IR.Source] = place
	}
	return out
}

// sharedStart is how many folders all begin with.
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
