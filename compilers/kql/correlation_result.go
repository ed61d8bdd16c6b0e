package kql

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/anycase"
	"decree/rules/ir"
)

// resultColumn is a column of the event that completed a correlation, under the product's own name.
type resultColumn struct {
	name   string
	column string             // in the statements
	of     map[*writer]string // expression for it on an event of a rule, in each table
	rules  map[*ir.Rule]bool  // rules whose events have it
	kinds  map[string]bool    // its types in the tables
}

// hostNames are the columns that name what another identifies.
var hostNames = map[string]string{"DeviceId": "DeviceName"}

// collectResultColumns collects the columns of a result: those that identify the event, its host and user, and the
// fields that the top correlation or the rule names in `fields:`. Defender's custom detections require the first three.
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules#required-columns-in-the-query-results
func (w *correlationWriter) collectResultColumns(read map[*ir.Rule][]*writer) {
	w.eachTable(read, w.addIdentity)
	for _, name := range w.top.Source.Body.Fields {
		known := false
		w.eachTable(read, func(r *ir.Rule, one *writer) { known = w.addNamedField(one, r, name) || known })
		if !known {
			w.note(compilers.Note{Code: "field-not-shown", Effect: "exact", Range: w.top.Source.Body.Range,
				Message: "`fields:` names " + name + ", which no rule's log source has: the result does not show it"})
		}
	}
	w.eachTable(read, func(r *ir.Rule, one *writer) {
		for _, name := range slices.Concat(r.Source.Fields, w.alertFields()) {
			w.addNamedField(one, r, name)
		}
	})
}

// addIdentity adds the columns that identify an event of a rule in one table, its host and its user.
func (w *correlationWriter) addIdentity(r *ir.Rule, one *writer) {
	p := one.plan
	for _, id := range p.Model.ID {
		if kind, ok := p.Source.Columns[id]; ok {
			w.addResultColumn(r, one, id, columnName(id), kind)
		}
	}
	before := len(w.resultColumns)
	w.addField(one, r, ir.Field{Name: "host"})
	for _, s := range w.resultColumns[before:] {
		w.hosts = append(w.hosts, s.column)
	}
	if host, ok := p.Column(ir.Field{Name: "host"}); ok && hostNames[host.Name] != "" {
		w.addNamedField(one, r, hostNames[host.Name])
	}
	w.addField(one, r, ir.Field{Name: "user"})
	if c, ok := p.Column(ir.Field{Name: "User"}); ok && c.Domain != "" {
		w.addField(one, r, ir.Field{Name: c.Domain})
	}
}

// alertFields are the fields that the correlation's alert shows, but for what it is grouped by.
func (w *correlationWriter) alertFields() []string {
	var out []string
	for _, f := range w.top.Source.Body.Alerting.Reads() {
		if !w.grouped(w.top, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// eachTable goes through the tables of each rule.
func (w *correlationWriter) eachTable(read map[*ir.Rule][]*writer, do func(*ir.Rule, *writer)) {
	for _, r := range w.top.Rules() {
		for _, one := range read[r] {
			do(r, one)
		}
	}
}

// addNamedField shows a field, or a column of the table.
func (w *correlationWriter) addNamedField(one *writer, r *ir.Rule, name string) bool {
	if w.addField(one, r, ir.FieldNamed(name)) {
		return true
	}
	kind, ok := one.plan.Source.Columns[name]
	if ok {
		w.addResultColumn(r, one, name, columnName(name), kind)
		w.shows(ir.FieldNamed(name), name)
	}
	return ok
}

// shows records that a result column has the value of a field.
func (w *correlationWriter) shows(f ir.Field, column string) {
	if !slices.Contains(w.columnsOf[f], column) {
		w.columnsOf[f] = append(w.columnsOf[f], column)
	}
}

func (w *correlationWriter) addField(one *writer, r *ir.Rule, f ir.Field) bool {
	if own := r.Own(f); own.Extract != nil && own.Extract.Several() {
		w.note(compilers.Note{Code: "field-not-shown", Effect: "exact", Range: w.top.Source.Body.Range, Message: own.Name + " has several values: the result does not show them"})
		return true
	}
	columns, _ := one.plan.Whole(r.Own(f))
	for _, c := range columns {
		expr, name := one.fieldValue(f.Name, c)
		w.addResultColumn(r, one, name, expr, one.plan.Source.Columns[c.Name])
		w.shows(f, name)
		if kind, ok := one.plan.Source.Columns[c.Filename]; ok {
			w.addResultColumn(r, one, c.Filename, columnName(c.Filename), kind)
		}
	}
	return len(columns) > 0
}

func (w *correlationWriter) addResultColumn(r *ir.Rule, one *writer, name, expr, kind string) {
	if name == w.time {
		return
	}
	at := slices.IndexFunc(w.resultColumns, func(s *resultColumn) bool { return s.name == name })
	if at < 0 {
		at = len(w.resultColumns)
		s := &resultColumn{name: name, column: columnName(name), of: map[*writer]string{}, rules: map[*ir.Rule]bool{}, kinds: map[string]bool{}}
		if anycase.Contains(reserved, name) || madeName.MatchString(name) {
			s.column = w.names.free("Own_" + name)
		}
		w.resultColumns = append(w.resultColumns, s)
	}
	s := w.resultColumns[at]
	s.rules[r] = true
	if s.of[one] == "" {
		s.of[one] = expr
		s.kinds[kind] = true
	}
}

// eventColumns are the columns of a rule's table that its results show. If the tables have several types for a column,
// it becomes text.
func (w *correlationWriter) eventColumns(one *writer) []string {
	var out []string
	for _, s := range w.resultColumns {
		expr := s.of[one]
		switch {
		case expr == "":
			continue
		case len(s.kinds) > 1 && !strings.HasPrefix(expr, "tostring("):
			expr = "tostring(" + expr + ")"
		}
		if expr != s.column {
			expr = s.column + " = " + expr
		}
		out = append(out, expr)
	}
	return out
}

// resultColumnsOf are the columns that matches of an input bring.
func (w *correlationWriter) resultColumnsOf(in ir.Input) []string {
	below := []*ir.Rule{in.Rule}
	if in.Correlation != nil {
		below = in.Correlation.Rules()
	}
	var out []string
	for _, s := range w.resultColumns {
		if slices.ContainsFunc(below, func(r *ir.Rule) bool { return s.rules[r] }) {
			out = append(out, s.column)
		}
	}
	return out
}

// resultProjection are the columns of the query's result.
func (w *correlationWriter) resultProjection() []string {
	out := []string{columnName(w.time) + " = At"}
	w.projected = []string{w.time}
	put := func(name, from string) {
		w.projected = append(w.projected, name)
		if name = columnName(name); name != from {
			from = name + " = " + from
		}
		out = append(out, from)
	}
	for _, s := range w.resultColumns {
		if w.isGroup(s) {
			w.resultGroups[s.name] = s.name
			put(s.name, w.groupName(s.name))
			continue
		}
		put(s.name, s.column)
	}
	if !w.hasProjected("Event") {
		put("Event", "Event")
	}
	for _, g := range w.top.GroupBy {
		if w.resultGroups[g.Name] != "" {
			continue
		}
		name := w.resultGroup(g.Name)
		w.resultGroups[g.Name] = name
		put(name, w.groupName(g.Name))
	}
	if valued(w.top) && !w.hasProjected("Value") {
		put("Value", "Value")
	}
	return out
}

// isGroup tells whether a column has the value that the correlation is grouped by: the result shows it once.
func (w *correlationWriter) isGroup(s *resultColumn) bool {
	return s.kind() == "string" && slices.ContainsFunc(w.top.GroupBy, func(g ir.Column) bool {
		return g.Name == s.name && !slices.ContainsFunc(g.Fields, func(f ir.Field) bool { return f != ir.FieldNamed(g.Name) })
	})
}

func (w *correlationWriter) hasProjected(name string) bool {
	return anycase.Contains(w.projected, name)
}

// resultGroup names a value that the correlation is grouped by in the result.
func (w *correlationWriter) resultGroup(name string) string {
	if w.hasProjected(name) || strings.EqualFold(name, "Value") {
		return w.groupName(name)
	}
	return name
}

// kind is the column's type in the result.
func (s *resultColumn) kind() string {
	for kind := range s.kinds {
		if len(s.kinds) == 1 {
			return kind
		}
	}
	return "string"
}

// result says what the query returns. A field whose value is in several columns has none.
func (w *correlationWriter) result() *compilers.Result {
	columns := map[ir.Field]string{}
	for f, names := range w.columnsOf {
		if len(names) == 1 {
			columns[f] = names[0]
		}
	}
	r := compilers.NamedResult(columns, w.resultGroups)
	r.Columns, r.Time = w.projected, w.time
	r.Lookback, r.Reach = w.top.Source.Body.Schedule.Lookback, w.reach
	for _, b := range w.searched {
		r.Searches(b.Plan, b.Sources...)
	}
	return r
}
