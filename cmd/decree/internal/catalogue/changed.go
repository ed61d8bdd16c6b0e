package catalogue

import (
	"cmp"
	"fmt"
	"slices"

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
	before := former{map[string]pages.Former{}, map[string]string{}, map[string]bool{}}
	for _, r := range p.Set.All() {
		disk := r.File.Disk
		if _, asked := differs[disk]; !asked {
			if differs[disk], err = history.Difference(disk, p.Since); err != nil {
				return err
			}
			if after[disk], _, err = history.Of(disk, p.Since); err != nil {
				return err
			}
			before.read(disk, p.Since, differs[disk])
		}
		before.present[identity(r.IR.Source.ID, r.IR.Source.Name, r.IR.Source.Title)] = true
	}
	for _, r := range p.Set.Whole() {
		if changed(r.IR.Source) {
			change := before.change(r.IR.Source, differs[r.File.Disk][r.File.Path])
			change.Commits = after[r.File.Disk][r.File.Path]
			c.Since.Changed[r.IR.Source] = change
		}
	}
	for key, was := range before.lost {
		if !before.present[key] {
			c.Since.Removed = append(c.Since.Removed, was)
		}
	}
	slices.SortFunc(c.Since.Removed, func(a, b pages.Former) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Title, b.Title)) })
	return nil
}
