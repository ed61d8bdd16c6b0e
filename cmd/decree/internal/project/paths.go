package project

import (
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/parse"
	"decree/rules/source"
)

// paths reads a list of paths, relative to the project file, and gives them as the working folder reaches them. Each
// must exist. A path may lead out of the project only if it is written so, as ../shared or as an absolute path: a link
// inside the project may not.
func (r *reader) paths(n *yaml.Node, what string) (out []string) {
	if source.IsNull(n) {
		return nil
	}
	for _, item := range source.Items(n) {
		var written string
		r.Text(&written, item, "an entry of "+what)
		if item.Kind != yaml.ScalarNode {
			continue
		}
		if written == "" {
			r.Errorf("missing-file", r.Span(item), "write one path, relative to this file", "%s has an entry without a path", what)
			continue
		}
		path := filepath.FromSlash(written)
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.dir, path)
		}
		switch _, err := os.Stat(path); {
		case os.IsNotExist(err) && strings.ContainsAny(written, "*?"):
			r.Errorf("file-not-found", r.Span(item), "name the folder: all files in it and below it are read", "the path %q of %s does not exist, and paths have no wildcards", written, what)
		case os.IsNotExist(err) && strings.Contains(written, `\`):
			r.Errorf("file-not-found", r.Span(item), "write `"+strings.ReplaceAll(written, `\`, "/")+"`: the same path is then read on every system", "the path %q of %s does not exist", written, what)
		case os.IsNotExist(err):
			r.Errorf("file-not-found", r.Span(item), "the path is relative to this file; make the folder, or remove the path", "the path %q of %s does not exist", written, what)
		case err != nil:
			r.Errorf("file-unreadable", r.Span(item), "", "cannot read %q: %v", written, err)
		case filepath.IsLocal(filepath.FromSlash(written)) && r.leadsOut(path):
			r.Errorf("file-outside-folder", r.Span(item), "write the path to which it leads", "%q is a link that leads out of the project", written)
		default:
			out = append(out, path)
		}
	}
	return out
}

// Misses tells whether a rule file of a path would be in the project's folder and in none of its rules, so that
// commands that name no file never read it. Links count as what they lead to.
func (p *Project) Misses(file string) (bool, error) {
	if !p.Exists() {
		return false, nil
	}
	at, err := Resolved(file)
	if err != nil {
		return false, err
	}
	for i, path := range append([]string{p.Dir()}, p.Rules...) {
		path, err := Resolved(path)
		if err != nil {
			return false, err
		}
		in, err := filepath.Rel(path, at)
		switch {
		case i == 0 && (err != nil || !filepath.IsLocal(in)):
			return false, nil // on another drive, or beside the project
		case err != nil || i == 0:
		case in == "." || filepath.IsLocal(in) && parse.IsRuleFile(filepath.ToSlash(in)):
			return false, nil
		}
	}
	return true, nil
}

// RulesFolder is the first of the project's rules that is a folder, or "".
func (p *Project) RulesFolder() string {
	for _, path := range p.Rules {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
	}
	return ""
}

// Resolved is the absolute path to which a path leads. Neither the file nor its folders need be there.
func Resolved(path string) (string, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for rest := ""; ; {
		if to, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(to, rest), nil
		}
		up := filepath.Dir(at)
		if up == at {
			return filepath.Join(at, rest), nil
		}
		at, rest = up, filepath.Join(filepath.Base(at), rest)
	}
}

// leadsOut tells whether a path is a link to a place outside the project's folder.
func (r *reader) leadsOut(path string) bool {
	to, err := Resolved(path)
	top, topErr := Resolved(r.dir)
	return err != nil || topErr != nil || !source.Within(top, to)
}
