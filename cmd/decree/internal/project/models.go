package project

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/compilers/dialects"
	"decree/rules/diag"
	"decree/rules/schema"
	"decree/rules/source"
)

// Model is a data model of the project's own. One that only extends a shipped model has that one's name, and stands for
// it.
type Model struct {
	Name    string
	File    string // opens from the working folder
	Dialect string // of its queries; empty if it has none
}

// readModels reads the heads of the model files. What else is in them is read where they are used.
func (r *reader) readModels(p *Project, n *yaml.Node) {
	for _, path := range r.paths(n, "models") {
		p.ofModels = append(p.ofModels, path)
		for _, file := range r.modelFiles(n, path) {
			r.readModel(p, n, file)
		}
	}
}

// modelFiles lists the YAML files of a folder; a file is itself.
func (r *reader) modelFiles(n *yaml.Node, path string) []string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return []string{path}
	}
	files, linked, err := yamlIn(path)
	if err != nil {
		r.Errorf("file-unreadable", r.Span(n), "", "cannot read the folder %q: %v", path, err)
		return nil
	}
	for _, link := range linked {
		note := r.Warnf
		if link.Severity == diag.Error {
			note = r.Errorf
		}
		note(link.Code, r.Span(n), link.Hint, "%s: %s", link.Range.File, link.Message)
	}
	for i, file := range files {
		files[i] = filepath.Join(path, filepath.FromSlash(file))
	}
	return files
}

func yamlIn(dir string) (files []string, linked diag.Diagnostics, err error) {
	folder, err := source.OpenFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	return folder.YAMLFiles(".", nil)
}

func (r *reader) readModel(p *Project, n *yaml.Node, path string) {
	data, err := source.ReadFile(path, source.ForModels)
	if err != nil {
		r.Errorf("file-unreadable", r.Span(n), "", "%v", err)
		return
	}
	file := source.New(nil, filepath.ToSlash(path), data, source.ForModels)
	r.texts[file.Shown()] = data
	top := file.One()
	if top == nil {
		r.Include(file)
		return
	}
	text := func(key string) string {
		var out string
		if value := source.Value(top, key); value != nil && value.Kind == yaml.ScalarNode && !source.IsNull(value) {
			out = value.Value
		}
		return out
	}
	m := Model{Name: cmp.Or(text("name"), text("extends")), File: path, Dialect: cmp.Or(text("dialect"), dialectOf(text("extends")))}
	at := slices.IndexFunc(p.Models, func(other Model) bool { return other.Name == m.Name })
	switch {
	case m.Name == "":
		file.Errorf("missing-key", file.Range(top), "begin it with `name:`, or with `extends:` and a shipped model", "the model has no name")
	case text("extends") != "" && !slices.Contains(schema.Names(), text("extends")):
		file.Errorf("bad-model", file.Range(source.Value(top, "extends")), diag.OneOf(text("extends"), schema.Names()), "unknown model %q in extends", text("extends"))
	case at >= 0:
		file.Errorf("duplicate-name", file.Range(cmp.Or(source.Value(top, "name"), top)), "rename one of them", "%s is model %q too", filepath.ToSlash(p.Models[at].File), m.Name)
	default:
		p.Models = append(p.Models, m)
	}
	r.Include(file)
}

// dialectOf gives the dialect of a shipped model, or "".
func dialectOf(model string) string {
	for _, d := range dialects.Names() {
		if slices.Contains(schema.NamesFor(d), model) {
			return d
		}
	}
	return ""
}

// ModelNames lists the models that a command may name: the project's and the shipped ones, sorted.
func (p *Project) ModelNames() []string {
	names := schema.Names()
	for _, m := range p.Models {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ModelsFor lists the models that have queries in a dialect, sorted.
func (p *Project) ModelsFor(dialect string) []string {
	names := schema.NamesFor(dialect)
	for _, m := range p.Models {
		if m.Dialect == dialect {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ModelFile gives the file of a model of the project's own, or "".
func (p *Project) ModelFile(name string) string {
	for _, m := range p.Models {
		if m.Name == name {
			return m.File
		}
	}
	return ""
}
