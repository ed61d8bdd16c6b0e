package catalogue

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/history"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers/pages"
	"decree/rules"
)

// histories adds what git knows of each rule's file, and what changed since a revision.
func histories(s *stdio.Streams, p Parts, c *pages.Catalogue, of map[*rules.Rule]*pages.Detection) error {
	commits := map[string]map[string][]pages.Commit{} // folder -> file -> commits
	for _, r := range p.Set.Whole() {
		disk := r.File.Disk
		if disk == "" {
			continue // the shipped library has no history
		}
		if _, asked := commits[disk]; !asked {
			known, why, err := history.Of(disk, "")
			if err != nil {
				return err
			}
			if why != "" {
				fmt.Fprintf(s.Err, "warning: %s\n", why)
			}
			commits[disk] = known
		}
		of[r.IR.Source].Commits = commits[disk][r.File.Path]
	}
	if p.Since == "" {
		return nil
	}
	changed, err := p.Set.ChangedSince(p.Since)
	if err != nil {
		return err
	}
	c.Since = &pages.Since{Revision: p.Since, Changed: map[*rules.Rule]pages.Change{}}
	differs := map[string]map[string]string{}
	after := map[string]map[string][]pages.Commit{}
	for _, r := range p.Set.Whole() {
		disk := r.File.Disk
		if _, asked := differs[disk]; !asked {
			if differs[disk], err = history.Difference(disk, p.Since); err != nil {
				return err
			}
			if after[disk], _, err = history.Of(disk, p.Since); err != nil {
				return err
			}
			c.Since.Removed = append(c.Since.Removed, removed(disk, differs[disk])...)
		}
		if changed(r.IR.Source) {
			kind := map[string]string{"A": "new", "M": "changed", "T": "changed", "": "depends"}[differs[disk][r.File.Path]]
			c.Since.Changed[r.IR.Source] = pages.Change{Kind: kind, Commits: after[disk][r.File.Path]}
		}
	}
	slices.Sort(c.Since.Removed)
	return nil
}

// removed lists the YAML files of rules that are gone, as findings show them.
func removed(disk string, differs map[string]string) []string {
	var out []string
	for file, how := range differs {
		ext := path.Ext(file)
		test := strings.HasSuffix(strings.TrimSuffix(file, ext), ".test")
		if how == "D" && (ext == ".yml" || ext == ".yaml") && !test && !strings.HasPrefix(file, "lists/") {
			out = append(out, filepath.ToSlash(filepath.Join(disk, file)))
		}
	}
	return out
}
