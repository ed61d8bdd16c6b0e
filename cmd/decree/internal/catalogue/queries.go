package catalogue

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/compilers/pages"
	"decree/rules/diag"
	"decree/rules/schema"
)

// held finds what data models have of rules. Each model is loaded once.
type held struct {
	project *project.Project
	models  map[string]*schema.Model
}

func newHeld(p *project.Project) *held { return &held{p, map[string]*schema.Model{}} }

func (h *held) model(name string) (*schema.Model, error) {
	if m, ok := h.models[name]; ok {
		return m, nil
	}
	m, err := models.Load(h.project, name, "")
	if err == nil {
		h.models[name] = m
	}
	return m, err
}

// query is a query as pages show it.
func (h *held) query(q queries.Result) (pages.Query, error) {
	out := pages.Query{Target: q.Target.Name, Title: q.Target.Name, Language: q.Target.Dialect.Title(), Fidelity: fidelity.Of(q), Query: q.Query}
	if q.Target.Name == q.Target.Dialect.Name() {
		out.Title = q.Target.Dialect.Title()
	}
	if q.Query == nil {
		why := q.Found
		if !q.Skipped {
			why = why.OnlyErrors()
		}
		out.Why = reasons(why)
		return out, nil
	}
	if q.Model == "" {
		return out, nil // the query is written by hand
	}
	m, err := h.model(q.Model)
	if err != nil {
		return out, err
	}
	if out.Model = m.Name; m.Title != "" {
		out.Model = m.Title + " (" + m.Name + ")"
	}
	for _, r := range ofRule(q.Source) {
		for _, s := range m.Answering(r) {
			if s.Requires != "" && !slices.Contains(out.Requires, s.Requires) {
				out.Requires = append(out.Requires, s.Requires)
			}
		}
	}
	return out, nil
}

// reasons are findings as pages show them.
func reasons(of diag.Diagnostics) []pages.Reason {
	var out []pages.Reason
	for _, d := range of {
		out = append(out, pages.Reason{Code: d.Code, Message: d.Message, Hint: d.Hint})
	}
	return out
}

// values are the columns of an event, by their names. What is inside a column is JSON.
func values(fields map[string]any) []pages.Value {
	var out []pages.Value
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := ""
		switch v := fields[name].(type) {
		case nil:
			continue
		case string:
			text = v
		case map[string]any:
			for _, inner := range values(v) {
				out = append(out, pages.Value{Name: name + "." + inner.Name, Value: inner.Value})
			}
			continue
		case []any:
			data, err := json.Marshal(v)
			if err != nil {
				panic(err) // it was read from JSON
			}
			text = string(data)
		default:
			text = fmt.Sprint(v)
		}
		if text != "" {
			out = append(out, pages.Value{Name: name, Value: text})
		}
	}
	return out
}
