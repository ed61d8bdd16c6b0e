package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"decree/cmd/decree/internal/fieldmap"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/compilers/pages"
	"decree/rules/ir"
	"decree/rules/schema"
)

// ofRule gives the rule, or those that a correlation reads, each after the rules that it joins.
func ofRule(of ruleset.Rule) []*ir.Rule {
	read := []*ir.Rule{of.IR}
	if of.Correlation != nil {
		read = of.Correlation.Rules()
	}
	var out []*ir.Rule
	for _, r := range read {
		for _, one := range append(r.Joined(), r) {
			if !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
	}
	return out
}

// fields adds the columns of one target to the fields of a detection.
func (h *held) fields(d *pages.Detection, q queries.Result) error {
	if q.Model == "" {
		return nil
	}
	m, err := h.model(q.Model)
	if err != nil {
		return err
	}
	all := ofRule(q.Source)
	for _, r := range all {
		fields, entities := fieldmap.Reads(r)
		for _, name := range readElsewhere(q, r, all) {
			if isEntity(m, r, name) {
				entities = append(entities, name)
			} else {
				fields = append(fields, name)
			}
		}
		for i, name := range slices.Concat(fields, entities) {
			entity := i >= len(fields) && !isField(m, r, name)
			addField(d, q, pages.Field{Name: name, Entity: entity}, fieldmap.Held(m, r, name, entity))
		}
		for _, p := range fieldmap.OfOthers(r) {
			addField(d, q, pages.Field{Name: p.Value().Name, Of: p.Spec.Of}, fieldmap.Counted(m, r, p))
		}
	}
	return nil
}

// addField adds the columns of a field or entity of a rule's events.
func addField(d *pages.Detection, q queries.Result, of pages.Field, columns []fieldmap.Column) {
	at := slices.IndexFunc(d.Fields, func(f pages.Field) bool { return f.Name == of.Name && f.Entity == of.Entity && f.Of == of.Of })
	if at < 0 {
		at = len(d.Fields)
		of.Columns = map[string][]string{}
		d.Fields = append(d.Fields, of)
	}
	if q.Skipped || q.LeftOut {
		return
	}
	for _, c := range columns {
		if text := cmp.Or(c.Column, strings.Join(c.Notes, ", ")); !c.Lacks && !slices.Contains(d.Fields[at].Columns[q.Target.Name], text) {
			d.Fields[at].Columns[q.Target.Name] = append(d.Fields[at].Columns[q.Target.Name], text)
		}
	}
}

// readElsewhere gives the fields and entities of a rule's events that its condition does not read: what joins compare,
// a correlation groups by or counts, alerts show, and suppression goes by. Extracts are left out: what they are made of
// is read already.
func readElsewhere(q queries.Result, r *ir.Rule, all []*ir.Rule) []string {
	var out []string
	for _, joining := range all {
		for _, f := range joining.ReadOf(r) {
			out = append(out, fieldmap.Named(f))
		}
	}
	if c := q.Source.Correlation; c != nil {
		for _, f := range c.Reads(r) {
			out = append(out, fieldmap.Named(f))
		}
	} else if r == q.Source.IR {
		for _, f := range r.Source.Alerting.Reads() {
			out = append(out, f.Name)
		}
		if r.Source.Suppress != nil {
			for _, f := range r.Source.Suppress.By {
				out = append(out, f.Name)
			}
		}
	}
	return slices.DeleteFunc(out, func(name string) bool {
		return slices.ContainsFunc(r.Extracts, func(e *ir.Extract) bool { return e.Spec.Name == name })
	})
}

// isEntity tells whether some log of a rule's events knows an entity of a name.
func isEntity(m *schema.Model, r *ir.Rule, name string) bool {
	return slices.ContainsFunc(m.Candidates(r), func(s *schema.Source) bool { _, ok := s.Entities[name]; return ok })
}

// isField tells whether some log of a rule's events has a field of a name, and none an entity.
func isField(m *schema.Model, r *ir.Rule, name string) bool {
	held := func(c fieldmap.Column) bool { return !c.Lacks }
	return !isEntity(m, r, name) && slices.ContainsFunc(fieldmap.Held(m, r, name, false), held)
}
