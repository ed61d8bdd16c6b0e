package kql

import (
	"fmt"
	"strings"

	"decree/compilers/logic"
)

// A process whose key is not plain columns is linked by one text: host and key in lower case, as the engine compares
// them. If keys are reused, the latest creation at or before the child's counts.
const (
	linkName   = "Link"   // of the process above, on the record below
	keyOf      = "Key"    // of the process itself, on its creation event
	bornAt     = "At"     // when it was created
	childLink  = "Child"  // a link that some creation event has,
	childBirth = "Before" // and that event's time
)

// plainKeys tells whether processes are joined on unchanged columns: those of Defender, whose keys are unique.
func (w *writer) plainKeys() bool {
	s := w.plan.Source
	if !s.UniqueKeys || s.FallbackKeys != nil {
		return false
	}
	for _, names := range s.Keys {
		for _, name := range names {
			if container, _ := w.plan.Source.Inside(name); container != "" {
				return false
			}
		}
	}
	return true
}

// link is the text that identifies the process at a level of a creation event. whole holds if the event has all parts
// of it.
func (w *writer) link(level int) (text string, whole logic.Pred) {
	s := w.plan.Source
	host := w.typed(s.Entities["host"].Name, s.Entities["host"].Type).asText()
	way := func(names []string) (string, logic.All) {
		parts, has := []string{host}, logic.All{}
		for _, name := range names {
			o := w.typed(name, "")
			parts, has = append(parts, o.asText()), append(has, present(o))
		}
		return "strcat(" + strings.Join(parts, `, "|", `) + ")", has
	}
	first, has := way(s.Keys[level])
	if s.FallbackKeys[level] == nil {
		return "tolower(" + first + ")", has
	}
	second, hasSecond := way(s.FallbackKeys[level])
	text = "tolower(" + logic.Choose("case", []logic.Case{{If: whereSyntax.Print(has), Then: first}, {If: whereSyntax.Print(hasSecond), Then: second}}, quote("")) + ")"
	return text, logic.Any{has, hasSecond}
}

// linkJoins writes the joins, nearest ancestor first. No join multiplies events.
func (w *writer) linkJoins() []string {
	var stages []string
	for _, hops := range w.hops() {
		j := w.creations[hops]
		born := columnName(w.plan.Model.Time[0])
		if j.from == 0 {
			link, _ := w.link(hops)
			stages = append(stages, fmt.Sprintf("extend %s = %s", ancestorColumn(hops, linkName), link))
		} else {
			born = ancestorColumn(j.from, bornAt)
		}
		inner, on := w.creationStages(j), fmt.Sprintf("$left.%s == $right.%s", ancestorColumn(hops, linkName), ancestorColumn(hops, keyOf))
		if !w.plan.Source.UniqueKeys {
			w.plan.Note("process-id", "exact", w.plan.Rule.Source.LogSource.Range, "Windows reuses process ids: the parent is the latest process with the id on the same host, created at or before the child")
			inner = w.latest(j, inner)
			on = fmt.Sprintf("$left.%s == $right.%s, $left.%s == $right.%s",
				ancestorColumn(hops, linkName), ancestorColumn(hops, childLink), born, ancestorColumn(hops, childBirth))
		}
		stages = append(stages, fmt.Sprintf("join kind=leftouter (\n%s  ) on %s", indent(indent(pipe(inner))), on))
	}
	return stages
}

// creationStages reads the creation events with the needed columns. If keys are never reused, there is one event per
// key.
func (w *writer) creationStages(j *creation) []string {
	key, whole := w.link(0)
	born := ancestorColumn(j.hops, bornAt)
	project := []string{ancestorColumn(j.hops, keyOf) + " = " + key, born + " = " + columnName(w.plan.Model.Time[0])}
	for _, c := range j.columns {
		project = append(project, ancestorValue(j.hops, c)+" = "+w.read(c, nil).name)
	}
	for _, next := range j.links {
		link, _ := w.link(next - j.hops)
		project = append(project, ancestorColumn(next, linkName)+" = "+link)
	}
	inner := append(w.scope(parentWindow), where(whole), "project "+strings.Join(project, ", "))
	if w.plan.Source.UniqueKeys {
		inner = append(inner, fmt.Sprintf("summarize arg_max(%s) by %s", strings.Join(append([]string{born}, carriedColumns(j)...), ", "), ancestorColumn(j.hops, keyOf)))
	}
	return inner
}

// latest finds the creation that counts for each link and the time of the creation event with that link.
func (w *writer) latest(j *creation, creations []string) []string {
	link, whole := w.link(j.hops - j.from)
	child, before, born := ancestorColumn(j.hops, childLink), ancestorColumn(j.hops, childBirth), ancestorColumn(j.hops, bornAt)
	return append(w.scope(parentWindow),
		where(whole),
		fmt.Sprintf("project %s = %s, %s = %s", child, link, before, columnName(w.plan.Model.Time[0])),
		fmt.Sprintf("distinct %s, %s", child, before),
		fmt.Sprintf("join kind=inner (\n%s  ) on $left.%s == $right.%s", indent(indent(pipe(creations))), child, ancestorColumn(j.hops, keyOf)),
		fmt.Sprintf("where %s <= %s", born, before),
		fmt.Sprintf("summarize arg_max(%s) by %s, %s", strings.Join(append([]string{born}, carriedColumns(j)...), ", "), child, before))
}

// carriedColumns are the columns of a joined record, besides its key and its time.
func carriedColumns(j *creation) []string {
	var names []string
	for _, c := range j.columns {
		names = append(names, ancestorValue(j.hops, c))
	}
	for _, next := range j.links {
		names = append(names, ancestorColumn(next, linkName))
	}
	return names
}

// linkColumns are a join's own columns.
func (w *writer) linkColumns(hops int) []string {
	names := []string{linkName, keyOf, bornAt}
	if !w.plan.Source.UniqueKeys {
		names = []string{linkName, childLink, childBirth, bornAt}
	}
	for i := range names {
		names[i] = ancestorColumn(hops, names[i])
	}
	return names
}
