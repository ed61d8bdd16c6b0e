// Package models loads the data model that a user names, or the file that overlays one, and lists those that events are
// recognised as. In: a name or a file. Out: a data model, or an error that names those that exist.
package models

import (
	"fmt"
	"os"
	"slices"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/usage"
	"decree/rules/schema"
)

// words are names that people have for a model.
var words = map[string]string{"evtx": "windows", "sysmon": "windows"}

// Own loads the models of a project.
func Own(p *project.Project) ([]*schema.Model, error) {
	own := make([]*schema.Model, len(p.Models))
	for i, m := range p.Models {
		var err error
		if own[i], err = schema.LoadFile(m.File); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// Load gives the model of a name: one of the project's own, or else a shipped one. A file wins over the name.
func Load(p *project.Project, name, file string) (*schema.Model, error) {
	if file != "" {
		if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // reading a pipe may never end
			return nil, fmt.Errorf("--model-file %s: not a regular file", file)
		}
		return schema.LoadFile(file)
	}
	if own := p.ModelFile(name); own != "" {
		return schema.LoadFile(own)
	}
	if other, ok := words[name]; ok {
		name = other
	}
	if slices.Contains(schema.Names(), name) {
		return schema.Shipped(name)
	}
	return nil, usage.UnknownChoice("model", name, p.ModelNames())
}
