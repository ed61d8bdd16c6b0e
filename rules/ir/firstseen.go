package ir

import (
	"decree/rules"
)

// firstSeen is a join that finds nothing before the event: of the events of the rule's log sources that satisfy a name
// of the rule, or of all.
func (l *lowerer) firstSeen(f rules.FirstSeen) Node {
	at := Base{f.Range}
	others := &Rule{Source: &rules.Rule{Range: l.rule.Range, Title: "events of the log source", LogSource: l.rule.LogSource, OtherLogSources: l.rule.OtherLogSources}, Condition: &Const{at, true}}
	n := &Join{Base: at, Name: f.Name, To: rules.RuleReference{Text: "any event of the log source", Range: f.Range}, Rule: others, First: true,
		Before: f.Over, Bounds: []rules.Bound{{Op: "eq", Value: 0, Range: f.Range}}}
	if f.Among != "" {
		others.Source.Title, n.To.Text = f.Among, f.Among
		others.Condition = l.name(f.Among, f.Range)
		Inspect(others.Condition, func(below Node) bool {
			switch below.(type) {
			case *Prevalence, *Join:
				l.errorf("first-seen-nested", f.Range, "look among a search identifier or an ancestry", "first_seen %q looks among a condition that needs other events itself", f.Name)
			}
			return true
		})
	}
	for _, field := range f.Fields {
		own := l.field(field.Name, 0, field.Range)
		l.single(own, field.Range, "first_seen")
		n.Mine, n.Theirs, n.SameAt = append(n.Mine, own), append(n.Theirs, own), append(n.SameAt, field.Range)
	}
	return n
}

// finishFirstSeen gives the rules of first_seen conditions what is known once the whole rule is lowered.
func (r *Rule) finishFirstSeen() {
	for _, j := range r.Joins() {
		if j.First {
			j.Rule.Condition = simplify(j.Rule.Condition)
			j.Rule.Lists, j.Rule.Extracts = r.Lists, r.Extracts
		}
	}
}
