package project

import (
	"os"
	"path/filepath"

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
// commands that name no file never read it.
func (p *Project) Misses(file string) (bool, error) {
	if !p.Exists() {
		return false, nil
	}
	in, err := within(p.Dir(), file)
	if err != nil || !filepath.IsLocal(in) {
		return false, err
	}
	for _, path := range p.Rules {
		in, err := within(path, file)
		if err != nil {
			return false, err
		}
		if in == "." || filepath.IsLocal(in) && parse.IsRuleFile(filepath.ToSlash(in)) {
			return false, nil
		}
	}
	return true, nil
}

// within gives the path of a file in a folder. It need not be there.
func within(dir, file string) (string, error) {
	top, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	at, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	return filepath.Rel(top, at)
}

// leadsOut tells whether a path is a link to a place outside the project's folder.
func (r *reader) leadsOut(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	top, topErr := filepath.EvalSymlinks(r.dir)
	if err != nil || topErr != nil {
		return true
	}
	real, err = filepath.Abs(real)
	top, topErr = filepath.Abs(top)
	if err != nil || topErr != nil {
		return true
	}
	within, err := filepath.Rel(top, real)
	return err != nil || !filepath.IsLocal(within)
}
