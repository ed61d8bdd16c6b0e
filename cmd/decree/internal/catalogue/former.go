package catalogue

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/since"
	"decree/compilers/pages"
	"decree/rules"
	"decree/rules/parse"
)

// former are the rules of a file that it no longer has, or whose title was another: by what stays when a rule is moved
// or renamed.
type former struct {
	lost    map[string]pages.Former // no longer in the file where they were
	titles  map[string]string       // of all that were in files that changed
	present map[string]bool         // those that are in files that changed
}

// identity is what a rule keeps when it is moved or renamed: its id, or else its name, or else its title.
func identity(id, name, title string) string {
	switch {
	case id != "":
		return "id " + strings.ToLower(rules.CanonicalID(id))
	case name != "":
		return "name " + name
	}
	return "title " + title
}

// read adds the files of a folder that differ from a revision.
func (f *former) read(disk, rev string, differs map[string]string) {
	for file := range differs {
		if !parse.IsRuleFile(file) {
			continue
		}
		before := map[string]string{}
		if text, was := since.Text(disk, rev, file); was {
			before = titles(text)
		}
		at := filepath.Join(disk, filepath.FromSlash(file))
		var now map[string]string
		if text, err := os.ReadFile(at); err == nil { // without the file it has no rules now
			now = titles(text)
		}
		for key, title := range before {
			f.titles[key] = title
			if _, is := now[key]; !is {
				f.lost[key] = pages.Former{Title: title, File: filepath.ToSlash(at)}
			}
		}
		for key := range now {
			f.present[key] = true
		}
	}
}

// titles gives the titles of the rules of a file, by their identities. What cannot be read has none: the rules' own
// findings say why.
func titles(text []byte) map[string]string {
	out := map[string]string{}
	for documents := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var r struct{ ID, Name, Title string }
		if err := documents.Decode(&r); err != nil {
			return out
		}
		if r.Title != "" {
			out[identity(r.ID, r.Name, r.Title)] = r.Title
		}
	}
}

// change says how a rule changed. how is what git says of its file.
func (f *former) change(r *rules.Rule, how string) pages.Change {
	key := identity(r.ID, r.Name, r.Title)
	before, was := f.lost[key]
	title, had := f.titles[key]
	switch {
	case was:
		out := pages.Change{Kind: pages.MovedDetection, From: before.File}
		if title != r.Title {
			out.Was = title
		}
		return out
	case how == "":
		return pages.Change{Kind: pages.ChangedDependency}
	case how == "A" || !had:
		return pages.Change{Kind: pages.NewDetection}
	case title != r.Title:
		return pages.Change{Kind: pages.ChangedDetection, Was: title}
	}
	return pages.Change{Kind: pages.ChangedDetection}
}
