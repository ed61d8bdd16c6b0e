package kql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
)

// suppression keeps of the rows with the same values the earliest, and each that comes the rule's time or more after
// the one that was kept last.
type suppression struct {
	of    *rules.Suppress
	time  string   // column
	keys  []string // columns of the values, in lower case
	began string   // column of the time of the row that is kept
	first string   // column: whether the row is that
}

func newSuppression(s *rules.Suppress, at string, n names) *suppression {
	out := &suppression{of: s, time: columnName(at), began: n.free("AlertAt"), first: n.free("Alerts")}
	for i := range s.By {
		out.keys = append(out.keys, n.free(fmt.Sprintf("Like%d", i+1)))
	}
	return out
}

// keyStage adds the columns of the values.
func (s *suppression) keyStage(text func(rules.NamedField) string) string {
	parts := make([]string, len(s.keys))
	for i, key := range s.keys {
		parts[i] = key + " = tolower(" + text(s.of.By[i]) + ")"
	}
	if len(parts) == 0 {
		return ""
	}
	return "| extend " + strings.Join(parts, ", ") + "\n"
}

// stages keep the alerts. A session begins anew where a row lies further from the first of the session than the time
// before the rule's: Kusto counts in ticks of 100 ns.
// https://learn.microsoft.com/en-us/kusto/query/row-window-session-function
func (s *suppression) stages() string {
	var sort []string
	var changed logic.Any
	for _, key := range s.keys {
		sort = append(sort, key+" asc")
		changed = append(changed, logic.Atom(key+" != prev("+key+")"))
	}
	longest := tickBefore(s.of.For)
	session := "row_window_session(" + strings.Join([]string{s.time, longest, longest}, ", ") + ")"
	if len(changed) > 0 {
		session = whereSyntax.Print(changed).CallLast("row_window_session", s.time, longest, longest)
	}
	begins := append(logic.Any{logic.Atom("isnull(prev(" + s.began + "))"), logic.Atom(s.began + " != prev(" + s.began + ")")}, changed...)
	return "| sort by " + strings.Join(append(sort, s.time+" asc"), ", ") + "\n" +
		"| extend " + s.began + " = " + session + "\n" +
		whereSyntax.Print(begins).Stage("| extend "+s.first+" =") + "\n" +
		"| where " + s.first + "\n" +
		"| project-away " + strings.Join(append([]string{s.began, s.first}, s.keys...), ", ") + "\n"
}

// tickBefore is the longest time that is less than a duration in whole seconds, as a literal.
func tickBefore(d time.Duration) string {
	seconds := int64(d/time.Second) - 1
	days, rest := seconds/86400, seconds%86400
	text := fmt.Sprintf("%02d:%02d:%02d.9999999", rest/3600, rest/60%60, rest%60)
	if days > 0 {
		text = fmt.Sprintf("%d.%s", days, text)
	}
	return "time(" + text + ")"
}

// notes say what the query of a rule or a correlation with a lookback cannot know.
func (s *suppression) notes(r *ir.Rule) []compilers.Note { return notesOfPeriod(r.Source) }

func notesOfPeriod(r *rules.Rule) []compilers.Note {
	if r.Schedule.Lookback == 0 {
		return nil
	}
	return []compilers.Note{{Code: "suppress-period", Effect: "false-positives", Range: r.Suppress.Range,
		Message: "alerts before the searched period suppress none in it: that the product suppresses alerts for " + timespan(r.Suppress.For) + " too is a setting, which a package sets where it can"}}
}

// suppress has the branches of a rule's query give the values by which its alerts are suppressed. It is nil if none
// are.
func suppress(branches []*writer, n names) *suppression {
	lead := branches[0].plan
	spec := lead.Rule.Source.Suppress
	if spec == nil {
		return nil
	}
	if len(lead.Model.Time) == 0 {
		branches[0].found.Errorf("suppress-field", spec.Range, "name the column under `time` in the data model", "data model %s has no column with the time of an event", lead.Model.Name)
		return nil
	}
	s := newSuppression(spec, lead.Model.Time[0], n)
	for _, name := range spec.By {
		checkSuppressedBy(branches, name)
	}
	for _, w := range branches {
		w.like = s.keyStage(func(name rules.NamedField) string {
			if text, ok := w.wholeText(ir.FieldNamed(name.Name)); ok {
				// they are suppressed as alike, or not, where the rule reads another value
				w.noteWhole(compilers.BothEffects, ir.FieldNamed(name.Name))
				return text
			}
			return `""`
		})
	}
	return s
}

// checkSuppressedBy reports a value that no table has, and notes which tables lack one that others have: an event
// without it is as one in which it is empty.
func checkSuppressedBy(branches []*writer, name rules.NamedField) {
	f := ir.FieldNamed(name.Name)
	known := false
	var lacking []string
	for _, w := range branches {
		if w.suppressesBy(name.Name) {
			known = true
			w.found = append(w.found, w.plan.CheckRead("kql", lacks, f, name.Range)...)
		} else if !slices.Contains(lacking, w.plan.Source.Table) {
			lacking = append(lacking, w.plan.Source.Table)
		}
	}
	lead := branches[0]
	switch {
	case known && len(lacking) > 0:
		lead.plan.Notes = append(lead.plan.Notes, compilers.Note{Code: "suppress-table", Effect: "false-negatives", Range: name.Range,
			Message: strings.Join(lacking, ", ") + " has no column for " + name.Name + ": alerts of its events are suppressed whatever the value"})
	case known:
	default:
		if unread := lead.plan.CheckRead("kql", lacks, f, name.Range); unread.HasErrors() {
			lead.found = append(lead.found, unread...)
			return
		}
		lead.found.Errorf("suppress-field", name.Range, "name another field or entity, or choose another --model", "data model %s has no column for %s in this log source", lead.plan.Model.Name, name.Name)
	}
}

// suppressesBy tells whether the table's events can have a value. A column that holds whatever an event says would be
// read for any name.
func (w *writer) suppressesBy(name string) bool {
	f := w.plan.Rule.Own(ir.FieldNamed(name))
	_, entity := w.plan.Source.Entities[name]
	_, ok := w.wholeText(f)
	return ok && (entity || w.plan.Source.Has(w.plan.Model, f))
}

// suppressStages keep the alerts of a correlation. They are suppressed by what it groups by alone: fields of the
// completing event are not compared here.
func (w *correlationWriter) suppressStages() []string {
	body := w.top.Source.Body
	spec := body.Suppress
	if spec == nil {
		return nil
	}
	for _, name := range spec.By {
		if !w.grouped(w.top, name.Name) {
			w.note(compilers.SuppressedByProduct(body))
			return nil
		}
	}
	w.note(notesOfPeriod(body)...)
	s := newSuppression(spec, "At", w.names)
	text := s.keyStage(func(name rules.NamedField) string { return w.groupName(name.Name) }) + s.stages()
	return strings.Split(strings.TrimPrefix(strings.TrimSuffix(text, "\n"), "| "), "\n| ")
}
