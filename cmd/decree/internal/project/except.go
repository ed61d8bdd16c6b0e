package project

import (
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/targets"
	"decree/rules/source"
)

// except reads the rules that a target leaves out. Whether the project has them is known where rules are read.
func (r *reader) except(t *aTarget, n *yaml.Node) {
	if source.IsNull(n) {
		return
	}
	for _, item := range source.Items(n) {
		var text string
		r.Text(&text, item, "an entry of except")
		switch {
		case item.Kind != yaml.ScalarNode:
		case text == "":
			r.Errorf("empty-value", r.Span(item), "write the id or name of a rule, or a file or folder of rules", "except has an empty entry")
		default:
			path := filepath.FromSlash(text)
			if !filepath.IsAbs(path) {
				path = filepath.Join(r.dir, path)
			}
			t.Except = append(t.Except, targets.Exception{Text: text, Path: path, At: r.Span(item)})
		}
	}
}
