package engine

import (
	"slices"

	"decree/engine/fieldname"
	"decree/rules/diag"
)

// Misnamed says that rules do not see what events of a log source hold: some fields that the rules test are in none of
// its events of a file, and the events have them under other names, or have nothing that the log source is known for.
type Misnamed struct {
	LogSource string // the model's name for it
	Events    int
	File      string // the first
	Files     int
	Blank     bool     // the events have none of the fields that the rules test
	Fields    []string // as the model names them
	Names     []string // of each field in the first of these events; none if they have nothing like them
}

// same tells whether another file has the same fault.
func (n *Misnamed) same(o *Misnamed) bool {
	return n.LogSource == o.LogSource && n.Blank == o.Blank && slices.Equal(n.Fields, o.Fields) && slices.Equal(n.Names, o.Names)
}

// Misnamed gives what rules did not see in the files that Run read, in their order.
func (e *Engine) Misnamed() []Misnamed { return e.misnamed }

// findMisnamed says which fields of a file's events rules did not see. Each worker saw some of the events.
func (e *Engine) findMisnamed(file string) {
	for si, s := range e.sources {
		var all sighted
		for _, m := range append(e.workers, e.main) {
			all.join(&m.sighted[si])
		}
		if all.events == 0 {
			continue
		}
		if found, ok := e.plan.misnamed(s, &all); ok {
			found.File, found.Files = file, 1
			e.addMisnamed(found)
		}
	}
}

// mostFaults bounds how many different faults are kept.
const mostFaults = 1000

func (e *Engine) addMisnamed(found Misnamed) {
	if at := slices.IndexFunc(e.misnamed, func(n Misnamed) bool { return n.same(&found) }); at >= 0 {
		e.misnamed[at].Events += found.Events
		e.misnamed[at].Files++
		return
	}
	if len(e.misnamed) < mostFaults {
		e.misnamed = append(e.misnamed, found)
	}
}

// mostMisnamed bounds the fields that are named of one log source.
const mostMisnamed = 5

// misnamed finds the names under which the first events of a log source have fields that no event has: the same words,
// or where the log source has no such field, a name that the rule may have misspelt. Where events of a known log have
// none of those that rules test, a name may also have words before that of the field, as image below Data has. Where
// they have some, what a cloud's request is about has names of its own: there only the case of a name's first part may
// differ, as that of deviceDetail.browser. Where nothing is like them, it is a fault only if the source is of one kind
// of Windows' events, and they have nothing that these are known to hold: elsewhere all events of a file may lack what
// rules test.
func (p *plan) misnamed(s *source, seen *sighted) (found Misnamed, ok bool) {
	unseen := slices.DeleteFunc(slices.Clone(s.tested), func(f testedField) bool { return !seen.lacks(f) })
	names := seen.names()
	if len(unseen) == 0 || len(names) == 0 || !p.tells(s, names) {
		return found, false
	}
	found = Misnamed{LogSource: s.Name, Events: seen.events, Blank: len(unseen) == len(s.tested)}
	others := fieldname.All(p.othersIn(s, names))
	for _, f := range unseen {
		if len(found.Fields) == mostMisnamed {
			break
		}
		name := ""
		switch {
		case found.Blank || len(s.Recognise) == 0:
			name = fieldname.Same(f.name, others, found.Blank && s.Log != "")
		case !s.spreads(f.name):
			name = fieldname.OtherCase(f.name, others)
		}
		if name == "" {
			name = p.meant(s, f, names)
		}
		if name != "" {
			found.Fields, found.Names = append(found.Fields, f.name), append(found.Names, name)
		}
	}
	if len(found.Fields) > 0 {
		return found, true
	}
	if !found.Blank || s.Log == "" || s.Category == "" || s.Category == "*" || p.holdsKnown(s, names) {
		return found, false
	}
	for _, f := range s.tested[:min(len(s.tested), mostMisnamed)] {
		found.Fields = append(found.Fields, f.name)
	}
	return found, true
}

// meant gives the name of an event that a rule may have misspelt in a field that its log source does not have; "" if
// there is none. Of a log whose fields are not all known only a slip of the keyboard counts: role and rule may be both.
func (p *plan) meant(s *source, f testedField, names []string) (name string) {
	switch {
	case s.Log == "":
		if i := slices.IndexFunc(names, func(name string) bool { return fieldname.Slipped(name, f.name) }); i >= 0 {
			name = names[i]
		}
	case !p.isOfLog(s, f.name):
		name = diag.Misspelt(f.name, names)
	}
	isTested := func(o testedField) bool { return o.name == name }
	if name == "" || fieldname.Siblings(name, f.name) || p.isOfLog(s, f.name) || slices.ContainsFunc(s.tested, isTested) {
		return ""
	}
	return name
}
