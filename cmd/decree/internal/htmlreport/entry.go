package htmlreport

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"decree/cmd/decree/internal/alerts"
	"decree/rules/diag"
)

// entry is a match as the page shows it. Its texts are cut and visible, and not yet escaped.
type entry struct {
	Time, Level, Class, Rule, Host string
	Event                          string // which event it is, and where it stands
	Facts                          []pair
	Evidence                       []evidence
	Lineage                        *process // the topmost process that is known
	Correlated                     []pair
	Tactics, Techniques            string
	RuleFile                       string

	size int
}

// pair is a name and a value.
type pair struct{ Name, Value string }

// evidence is a test that held.
type evidence struct {
	Name, Test string
	Values     []string
	From       string
}

// process is a process of a tree, and the one that it started.
type process struct {
	Label, Text string
	Child       *process
}

// shownLetters bounds a value, in letters.
const shownLetters = 2000

// newEntry describes a match.
func newEntry(a alerts.Alert) entry {
	e := entry{
		Time: a.Time, Level: capital(visible(a.Level)), Class: class(a.Level), Rule: visible(a.Rule), Host: visible(a.Host),
		Tactics: visible(strings.Join(a.Tactics, ", ")), Techniques: visible(strings.Join(a.Techniques, ", ")),
		RuleFile: visible(fmt.Sprintf("%s:%d", a.RuleFile, a.RuleLine)),
		Event:    visible(fmt.Sprintf("%s:%d", a.Source, a.Line)),
	}
	if a.EventID != "" {
		e.Event = visible(a.EventID) + " at " + e.Event
	}
	if a.ID != "" {
		e.RuleFile += " (" + visible(a.ID) + ")"
	}
	e.facts(a)
	for _, held := range a.Evidence {
		one := evidence{Name: visible(held.Name), Test: visible(alerts.Excerpt(alerts.Describe(held), 0, shownLetters)), From: visible(held.From)}
		for i, v := range held.Values {
			at := 0
			if i < len(held.At) {
				at = held.At[i]
			}
			one.Values = append(one.Values, lines(alerts.Excerpt(v, at, shownLetters)))
		}
		e.Evidence = append(e.Evidence, one)
	}
	e.lineage(a)
	e.correlated(a)
	e.size = e.bytes()
	return e
}

func (e *entry) facts(a alerts.Alert) {
	add := func(name, value string) {
		if value != "" {
			e.Facts = append(e.Facts, pair{visible(name), lines(alerts.Excerpt(value, 0, shownLetters))})
		}
	}
	add("user", a.User)
	add("channel", a.Channel)
	add("EventID", a.Code)
	for _, f := range a.Facts {
		if f.Name != "time" && f.Name != "host" && f.Name != "user" {
			add(f.Name, f.Value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Fields)) {
		add(name, a.Fields[name])
	}
	for _, f := range a.Prevalence {
		add("prevalence", f.Describe())
	}
	for _, j := range a.Joins {
		add(j.Kind+" "+j.Name, j.Describe())
	}
	for _, name := range slices.Sorted(maps.Keys(a.Reputation)) {
		add("reputation "+name, a.Reputation[name])
	}
}

// lineage makes the tree of the processes that are known, from the topmost down to the event's own.
func (e *entry) lineage(a alerts.Alert) {
	if len(a.Ancestors) == 0 {
		return
	}
	var own []string
	for _, f := range a.Facts {
		if f.Name == "Image" || f.Name == "CommandLine" {
			own = append(own, f.Value)
		}
	}
	at := &process{Label: "this process", Text: lines(alerts.Excerpt(strings.Join(own, "  "), 0, shownLetters))}
	for _, up := range slices.SortedFunc(slices.Values(a.Ancestors), byLevel) {
		label := map[int]string{1: "parent", 2: "grandparent"}[up.Level]
		at = &process{Label: cmp.Or(label, "ancestor "+strconv.Itoa(up.Level)), Text: lines(alerts.Excerpt(up.Describe(), 0, shownLetters)), Child: at}
	}
	e.Lineage = at
}

func (e *entry) correlated(a alerts.Alert) {
	c := a.Correlated
	if c == nil {
		return
	}
	e.Correlated = append(e.Correlated, pair{"counted", fmt.Sprintf("%d since %s", c.Count, visible(c.First))})
	for _, f := range c.Group {
		e.Correlated = append(e.Correlated, pair{"grouped by " + visible(f.Name), visible(f.Value)})
	}
	for _, m := range c.Events {
		e.Correlated = append(e.Correlated, pair{visible(m.Rule), visible(fmt.Sprintf("event %s at %s:%d", m.ID, m.Source, m.Line))})
	}
}

// entrySize is about how many bytes an entry takes beside its texts, in memory and as tags.
const entrySize = 600

// bytes is about how many bytes an entry takes in the page.
func (e *entry) bytes() int {
	n := entrySize + len(e.Rule) + len(e.Host) + len(e.RuleFile) + len(e.Event)
	for _, f := range slices.Concat(e.Facts, e.Correlated) {
		n += len(f.Name) + len(f.Value) + 40
	}
	for _, held := range e.Evidence {
		n += len(held.Test) + 60
		for _, v := range held.Values {
			n += len(v)
		}
	}
	for p := e.Lineage; p != nil; p = p.Child {
		n += len(p.Text) + 60
	}
	return n
}

// visible makes a text one line without hidden characters.
func visible(text string) string { return diag.Visible(text) }

// lines makes a text visible and keeps its line breaks.
func lines(text string) string {
	all := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range all {
		all[i] = diag.Visible(line)
	}
	return strings.Join(all, "\n")
}
