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
func (g *gathering) histories(s *stdio.Streams) error {
	commits := map[string]map[string][]pages.Commit{} // folder -> file -> commits
	for _, r := range g.Set.Whole() {
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
		g.of[r.IR.Source].Commits = commits[disk][r.File.Path]
	}
	if g.Since == "" {
		return nil
	}
	return g.changes()
}

// folderChange is what git says of a folder since a revision, by file.
type folderChange struct {
	differs map[string]string
	commits map[string][]pages.Commit
}

// changes adds what changed since the revision: in each detection, and those that are gone.
func (g *gathering) changes() error {
	changed, err := g.Set.ChangedSince(g.Since)
	if err != nil {
		return err
	}
	since := &pages.Since{Revision: g.Since, Changed: map[*rules.Rule]pages.Change{}}
	g.catalogue.Since = since
	folders := map[string]folderChange{}
	before := former{map[string]pages.Former{}, map[string]string{}, map[string]bool{}}
	for _, r := range g.Set.All() {
		disk := r.File.Disk
		if _, asked := folders[disk]; !asked {
			if folders[disk], err = folderSince(disk, since.Revision); err != nil {
				return err
			}
			before.read(disk, since.Revision, folders[disk].differs)
		}
		before.present[identity(r.IR.Source.ID, r.IR.Source.Name, r.IR.Source.Title)] = true
	}
	for _, r := range g.Set.Whole() {
		if changed(r.IR.Source) {
			of := folders[r.File.Disk]
			change := before.change(r.IR.Source, of.differs[r.File.Path])
			change.Commits = of.commits[r.File.Path]
			since.Changed[r.IR.Source] = change
		}
	}
	for key, was := range before.lost {
		if !before.present[key] {
			since.Removed = append(since.Removed, was)
		}
	}
	slices.SortFunc(since.Removed, func(a, b pages.Former) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Title, b.Title)) })
	return nil
}

// folderSince asks git about a folder.
func folderSince(disk, revision string) (c folderChange, err error) {
	if c.differs, err = history.Difference(disk, revision); err != nil {
		return c, err
	}
	c.commits, _, err = history.Of(disk, revision)
	return c, err
}
