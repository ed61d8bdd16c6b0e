package kql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// joinedEvents is one join: a statement with the matches of the other rule, one with the times at which the join holds
// for events of the rule, and a column that says whether it holds for an event.
//
// A statement sorts the others' moments and the rule's own events of each key by time, and sums up who is in reach: a
// match is added `after` before its time and subtracted `before` after it. So the cost is that of sorting, however many
// matches an event has near it, and a join never multiplies events. Both ends of the window belong to it: at equal
// times additions come first, and the rule's own events before subtractions.
// https://learn.microsoft.com/en-us/kusto/query/row-cumsum-function
type joinedEvents struct {
	node    *ir.Join
	keys    []string // columns of the rule's events
	flag    string   // column: true where it holds, else null
	windows string   // statement
}

// joinOf is a prepared join; nil if it is not prepared.
func (w *writer) joinOf(n *ir.Join) *joinedEvents {
	i := slices.IndexFunc(w.joined, func(j *joinedEvents) bool { return j.node == n })
	if i < 0 {
		return nil
	}
	return w.joined[i]
}

// addJoin prepares a join.
func (w *writer) addJoin(n *ir.Join) {
	if w.joinOf(n) != nil {
		return
	}
	j := &joinedEvents{node: n, flag: w.names.free("Joined_" + n.Name)}
	for i := range n.Mine {
		j.keys = append(j.keys, w.names.free(fmt.Sprintf("JoinKey%d", i+1)))
	}
	w.joined = append(w.joined, j)
	if w.plan.Rule.Source.Schedule.Lookback > 0 {
		if n.After > 0 && w.plan.Model.Ingested != "" {
			w.plan.NoteOf(n, "join-arrival", "false-negatives", "an event is judged "+timespan(n.After)+" after it arrived: other events that arrive later than that are not found")
		}
	} else if n.First {
		w.plan.NoteOf(n, "first-seen-period", "false-positives", "values that came before the searched period are not known: choose it longer than what is of interest, by "+timespan(n.Before))
	} else {
		w.plan.NoteOf(n, "join-period", "false-negatives", "other events outside of the searched period are not found: choose it longer than what is of interest, by "+reachInWords(n))
	}
}

func reachInWords(n *ir.Join) string {
	var parts []string
	if n.Before > 0 {
		parts = append(parts, timespan(n.Before)+" before it")
	}
	if n.After > 0 {
		parts = append(parts, timespan(n.After)+" after it")
	}
	return strings.Join(parts, ", ")
}

// predicate holds where the join does.
func (j *joinedEvents) predicate() logic.Pred { return logic.Atom("isnotnull(" + j.flag + ")") }

// splitAtJoins separates the conditions that need no other event from those that do.
func splitAtJoins(conjuncts []ir.Node) (plain, joining []ir.Node) {
	for _, n := range conjuncts {
		if ir.AsksJoin(n) {
			joining = append(joining, n)
		} else {
			plain = append(plain, n)
		}
	}
	return plain, joining
}

// joinEvents writes the events so far as a statement, and gives the stages that say of each which joins hold.
func (w *writer) joinEvents(lets *strings.Builder, base []string) []string {
	if len(w.joined) == 0 {
		return base
	}
	events := w.names.free("candidates")
	var extended []string
	for _, j := range w.joined {
		for i, f := range j.node.Mine {
			text, _ := w.wholeText(f) // the plan has checked that it is there
			w.noteWhole(w.uncountedBy(j.node, j.node.Bounds), f)
			extended = append(extended, fmt.Sprintf("%s = tolower(%s)", j.keys[i], text))
		}
	}
	base = append(base, "extend "+strings.Join(extended, ", "))
	fmt.Fprintf(lets, "let %s = materialize(\n%s);\n", events, indent(pipe(base)))
	stages := []string{events}
	at := columnName(w.plan.Model.Time[0])
	oldest := w.oldestLet(lets, events, at)
	for _, j := range w.joined {
		w.joinLets(lets, j, events, oldest)
		when := w.names.free("JoinedAt")
		project := []string{when + " = At", j.flag + " = true"}
		on := []string{fmt.Sprintf("$left.%s == $right.%s", at, when)}
		w.joinColumns = append(append(w.joinColumns, j.flag, when), j.keys...)
		for i, key := range j.keys {
			theirs := w.names.free("JoinedKey")
			w.joinColumns = append(w.joinColumns, theirs)
			project = append(project, fmt.Sprintf("%s = Key%d", theirs, i+1))
			on = append(on, fmt.Sprintf("$left.%s == $right.%s", key, theirs))
		}
		stages = append(stages, fmt.Sprintf("join kind=leftouter (%s | project %s) on %s", j.windows, strings.Join(project, ", "), strings.Join(on, ", ")))
	}
	return stages
}

// oldestLet writes a statement with the time of the earliest event that joins others, where the rule's events are
// chosen by when they arrived.
// https://learn.microsoft.com/en-us/kusto/query/toscalar-function
func (w *writer) oldestLet(lets *strings.Builder, events, at string) string {
	if w.plan.Rule.Source.Schedule.Lookback == 0 || w.plan.Model.Ingested == "" {
		return ""
	}
	name := w.names.free("oldest")
	fmt.Fprintf(lets, "let %s = toscalar(%s | summarize min(%s));\n", name, events, at)
	return name
}

// dropJoins removes the columns that joins added.
func (w *writer) dropJoins() []string {
	if len(w.joinColumns) == 0 {
		return nil
	}
	return []string{"project-away " + strings.Join(w.joinColumns, ", ")}
}

// joinLets writes the statements of a join.
func (w *writer) joinLets(lets *strings.Builder, j *joinedEvents, events, oldest string) {
	others := w.otherMatches(lets, j, oldest)
	var keys, sorted, mine []string
	var restart logic.Any
	var present logic.All
	for i, key := range j.keys {
		name := fmt.Sprintf("Key%d", i+1)
		keys, sorted = append(keys, name), append(sorted, name+" asc")
		restart = append(restart, logic.Atom(name+" != prev("+name+")"))
		mine = append(mine, name+" = "+key)
		present = append(present, logic.Atom("isnotempty("+key+")"))
	}
	by := strings.Join(keys, ", ")
	moments := append([]string{others}, j.moments(keys, sorted)...)
	moments = append(moments, "mv-expand Step = dynamic([1, -1]) to typeof(long)",
		fmt.Sprintf("project %s, Step, Change = iff(Step == 1, Enters, -Leaves), Moment = iff(Step == 1, At%s, At%s)", by, shift(" - ", j.node.After), shift(" + ", j.node.Before)))
	own := []string{events, where(present), fmt.Sprintf("project %s, Moment = %s", strings.Join(mine, ", "), columnName(w.plan.Model.Time[0])), "distinct " + by + ", Moment", "extend Step = tolong(" + j.ownStep() + "), Change = tolong(0)"}
	var bounds logic.All
	for _, b := range j.node.Bounds {
		bounds = append(bounds, logic.Atom("Near "+comparisons[b.Op]+" "+compilers.Number(b.Value)))
	}
	stages := []string{fmt.Sprintf("union\n    (\n%s    ),\n    (\n%s    )", indent(indent(indent(pipe(moments)))), indent(indent(indent(pipe(own))))),
		"sort by " + strings.Join(append(sorted, "Moment asc", "Step desc"), ", "),
		"extend Near = " + whereSyntax.Print(restart).CallLast("row_cumsum", "Change"),
		"where Step == " + j.ownStep(), where(bounds), "project " + by + ", At = Moment"}
	j.windows = w.names.free(j.node.Name)
	fmt.Fprintf(lets, "let %s = %s;\n", j.windows, strings.TrimSuffix(pipe(stages), "\n"))
}

// ownStep sorts the rule's own events among the moments of others at the same time: between those that enter the window
// and those that leave it, or before both where others of the event's own time do not count.
func (j *joinedEvents) ownStep() string {
	if j.node.First {
		return "2"
	}
	return "0"
}

// shift adds a time to another, or subtracts it.
func shift(operator string, d time.Duration) string {
	if d == 0 {
		return ""
	}
	return operator + timespan(d)
}

// moments gives each match's number of those that enter and leave the window at its time. Of different values, one
// enters only if no match of the same value is in the window already, and leaves only if none takes its place.
func (j *joinedEvents) moments(keys, sorted []string) []string {
	if j.node.Distinct == nil {
		return []string{"summarize Enters = count() by " + strings.Join(append(slices.Clone(keys), "At"), ", "), "extend Leaves = Enters"}
	}
	span := timespan(j.node.Before + j.node.After)
	alone := func(beside, away string) string {
		var same logic.All
		for _, name := range append(slices.Clone(keys), "Value") {
			same = append(same, logic.Atom(name+" == "+beside+"("+name+")"))
		}
		return whereSyntax.Print(logic.Not{Term: append(same, logic.Atom(away+" <= "+span))}).Call("tolong")
	}
	return []string{"where isnotempty(Value)", "distinct " + strings.Join(append(slices.Clone(keys), "Value", "At"), ", "),
		"sort by " + strings.Join(append(slices.Clone(sorted), "Value asc", "At asc"), ", "),
		"extend Enters = " + alone("prev", "At - prev(At)") + ", Leaves = " + alone("next", "next(At) - At")}
}

// otherMatches writes the matches of the other rule: their times, keys and values. oldest is the time of the earliest
// event that joins them, or "".
func (w *writer) otherMatches(lets *strings.Builder, j *joinedEvents, oldest string) string {
	read := slices.Clone(j.node.Theirs)
	if j.node.Distinct != nil {
		read = append(read, *j.node.Distinct)
	}
	tables, found := tablesOf(j.node.Rule, w.plan.Rule.Source.Schedule.Lookback, read, w.plan.Options(), w.names)
	w.found = append(w.found, found...)
	if len(tables) == 0 {
		return ""
	}
	var parts []string
	for _, one := range tables {
		one.since = w.since + shift(" + ", j.node.Before)
		if oldest != "" {
			one.oldest = oldest + shift(" - ", j.node.Before)
		}
		own, text := one.parts()
		lets.WriteString(own)
		w.indexed = w.indexed && one.indexed
		project := []string{"At = " + columnName(one.plan.Model.Time[0])}
		var present logic.All
		for i, f := range j.node.Theirs {
			project = append(project, fmt.Sprintf("Key%d = tolower(%s)", i+1, w.textOfOther(one, tables, j, f, i)))
			present = append(present, logic.Atom(fmt.Sprintf("isnotempty(Key%d)", i+1)))
		}
		if j.node.Distinct != nil {
			project = append(project, fmt.Sprintf("Value = tolower(%s)", w.textOfOther(one, tables, j, *j.node.Distinct, 0)))
		}
		parts = append(parts, text+"| project "+strings.Join(project, ", ")+"\n| "+where(present))
		w.found = append(w.found, one.found...)
		w.plan.Notes = compilers.AddNotes(w.plan.Notes, w.plan.NotesOfJoined(j.node, one.plan.Notes)...)
		w.assets = compilers.AddAssets(w.assets, one.assets...)
		w.searched = append(w.searched, &compilers.Branch{Plan: one.plan, Sources: one.sources})
		w.joinedReach = max(w.joinedReach, j.node.Before+one.before())
	}
	name := w.names.free(strings.ToLower(strings.Join(strings.Fields(j.node.To.Text), "_")))
	fmt.Fprintf(lets, "let %s = %s;\n", name, strings.TrimSuffix(unionOf(parts), "\n"))
	return name
}

// textOfOther reads a field of the other rule's events as text. A table without it has an empty one, if another table
// of the rule has the field.
func (w *writer) textOfOther(one *writer, tables []*writer, j *joinedEvents, f ir.Field, at int) string {
	if text, ok := one.wholeText(f); ok {
		w.found = append(w.found, one.plan.CheckRead("kql", lacks, f, j.node.SameAt[at])...)
		one.noteWhole([]string{"false-negatives"}, f) // the match is not counted
		return text
	}
	if slices.ContainsFunc(tables, func(t *writer) bool { _, has := t.wholeText(f); return has }) {
		return `""`
	}
	w.found = append(w.found, one.unread(f, j.node.Rule.Source.Title, "join-field", "join by another field, or choose another --model", j.node.SameAt[at])...)
	return `""`
}
