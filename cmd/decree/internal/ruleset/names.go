package ruleset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"decree/cmd/decree/internal/project"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// isName tells whether what the user gave as a path may be the name of a rule: there is no such file.
func isName(path string) bool {
	if path == "" || source.IsYAML(path) {
		return false
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// expand replaces patterns among the paths of a selection by the files that match.
func (sel *Selection) expand() {
	var paths []string
	for _, path := range sel.Paths {
		if files, err := source.Matching(path); err == nil && len(files) > 0 {
			paths = append(paths, files...)
			continue
		}
		paths = append(paths, path) // a name, or not there
	}
	sel.Paths = paths
}

// takeNames takes the names of rules from the paths of a selection. They are those of rules of the project, or without
// a project and with Library of rules that decree ships.
func (sel *Selection) takeNames(p *project.Project) {
	var paths []string
	for _, path := range sel.Paths {
		if isName(path) {
			sel.names = append(sel.names, path)
			continue
		}
		paths = append(paths, path)
	}
	if len(sel.names) == 0 {
		return
	}
	sel.Paths = paths
	if sel.besideLibrary = sel.Library || len(p.Rules) == 0; !sel.besideLibrary {
		sel.beside = p.Rules
	}
}

// Places are the files and folders that hold what a selection may take.
func (sel Selection) Places(p *project.Project) []string {
	if len(sel.Paths) == 0 && !sel.Library {
		return p.Rules
	}
	sel.expand()
	sel.takeNames(p)
	sel.takeFilters(p)
	return slices.Concat(sel.Paths, sel.ofFilters, sel.beside)
}

// choose notes the rules and correlations that the user called by name, parts of others as well, and those with errors.
// It is an error if a name is of none.
func (set *Set) choose(sel Selection) error {
	set.chosen = map[*rules.Rule]bool{}
	for _, name := range sel.names {
		called := set.called(name)
		if len(called) == 0 {
			return set.unknownRule(name, sel.besideLibrary)
		}
		for _, body := range called {
			set.chosen[body] = true
		}
	}
	return nil
}

// called gives the rules and correlations with a name or an id. If there is none, it gives those without a name in
// files of that name, and else those of that title.
func (set *Set) called(name string) []*rules.Rule {
	var byName, byFile, byTitle []*rules.Rule
	add := func(from File, body *rules.Rule) {
		switch r := (Rule{File: from, IR: unread(body)}); {
		case r.IsCalled(name) || body.Name != "" && strings.EqualFold(name, r.Slug()):
			byName = append(byName, body)
		case strings.EqualFold(name, r.Slug()):
			byFile = append(byFile, body)
		case strings.EqualFold(strings.TrimSpace(name), body.Title):
			byTitle = append(byTitle, body)
		}
	}
	for _, f := range set.parsed {
		for _, body := range slices.Concat(f.file.Rules, f.file.Written, f.file.Broken) {
			add(f.from, body)
		}
	}
	for _, c := range set.read {
		add(c.from, c.of.Body)
	}
	switch {
	case len(byName) > 0:
		return byName
	case len(byFile) > 0:
		return byFile
	}
	return byTitle
}

// IsCalled tells whether a rule has a name or an id.
func (r Rule) IsCalled(name string) bool { return IsCalled(r.IR.Source, name) }

// IsCalled tells whether a rule has a name or an id.
func IsCalled(r *rules.Rule, name string) bool {
	return strings.EqualFold(name, r.Name) || strings.EqualFold(name, r.ID)
}

// unknownRule is the error that what the user gave is neither a file nor the name, the id or the title of a rule.
func (set *Set) unknownRule(name string, ofLibrary bool) error {
	if source.Meant(name) != "" || strings.ContainsAny(name, `/\*`) || name == "-" {
		return source.NotFound(name)
	}
	var known []string
	for _, r := range set.All() {
		for _, name := range []string{r.Slug(), r.IR.Source.ID, r.IR.Source.Title} {
			if name != "" {
				known = append(known, name)
			}
		}
	}
	of := "of the project"
	if ofLibrary {
		of = "that decree ships"
	}
	text := fmt.Sprintf("%s: no such file or folder, and no rule %s has this name, id or title", diag.Visible(name), of)
	if near := diag.Closest(name, known); near != "" {
		text += "; did you mean " + diag.Visible(near) + "?"
	}
	if set.Failed > 0 {
		text += "; a file with errors may have it: see decree validate"
	}
	return errors.New(text)
}
