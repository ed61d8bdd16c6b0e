package alerts

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules/diag"
	"decree/rules/ir"
)

// column is a column of CSV. Its name is that of the JSON member, too.
type column struct {
	name string
	of   func(*Alert) string
}

// separator stands between the parts of a cell.
const separator = " ¦ "

// columns are those of --format csv, in order. They stay: others may be added at the end.
var columns = []column{
	{"time", func(a *Alert) string { return a.Time }},
	{"level", func(a *Alert) string { return a.Level }},
	{"rule", func(a *Alert) string { return a.Rule }},
	{"host", func(a *Alert) string { return a.Host }},
	{"user", func(a *Alert) string { return a.User }},
	{"channel", func(a *Alert) string { return a.Channel }},
	{"event_code", func(a *Alert) string { return a.Code }},
	{"event_id", func(a *Alert) string { return a.EventID }},
	{"tactics", func(a *Alert) string { return strings.Join(a.Tactics, separator) }},
	{"techniques", func(a *Alert) string { return strings.Join(a.Techniques, separator) }},
	{"evidence", evidenceCell},
	{"ancestors", ancestorsCell},
	{"correlated", correlatedCell},
	{"rule_id", func(a *Alert) string { return a.ID }},
	{"rule_file", func(a *Alert) string { return a.RuleFile }},
	{"status", func(a *Alert) string { return a.Status }},
	{"source", func(a *Alert) string { return a.Source }},
	{"line", func(a *Alert) string { return strconv.Itoa(a.Line) }},
}

// timeline are the columns of --format timeline: those of Hayabusa's verbose profile, and the three that Timesketch
// requires.
// https://github.com/Yamato-Security/hayabusa/wiki/Timeline-Output
// https://timesketch.org/guides/user/import-from-json-csv/
var timeline = []column{
	{"Timestamp", func(a *Alert) string { return a.Time }},
	{"RuleTitle", func(a *Alert) string { return a.Rule }},
	{"Level", func(a *Alert) string { return a.Level }},
	{"Computer", func(a *Alert) string { return a.Host }},
	{"Channel", func(a *Alert) string { return a.Channel }},
	{"EventID", func(a *Alert) string { return a.Code }},
	{"MitreTactics", func(a *Alert) string { return strings.Join(a.Tactics, separator) }},
	{"MitreTags", func(a *Alert) string { return strings.Join(a.Techniques, separator) }},
	{"RecordID", func(a *Alert) string { return a.EventID }},
	{"Details", func(a *Alert) string { return a.details() }},
	{"RuleFile", func(a *Alert) string { return filepath.Base(a.RuleFile) }},
	{"EvtxFile", func(a *Alert) string { return a.Source }},
	{"message", func(a *Alert) string { return a.Rule + ": " + a.details() }},
	{"datetime", func(a *Alert) string { return a.Time }},
	{"timestamp_desc", func(*Alert) string { return "Event time" }},
}

// names gives the columns' names.
func names(all []column) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.name
	}
	return out
}

// members are what only JSON shows of a match, unless --fields names them: lists and objects are then JSON in their
// cell.
var members = []column{
	{"names", func(a *Alert) string { return strings.Join(a.Names, separator) }},
	{"tags", func(a *Alert) string { return strings.Join(a.Tags, separator) }},
	{"rule_line", func(a *Alert) string { return strconv.Itoa(a.RuleLine) }},
	{"facts", func(a *Alert) string { return jsonCell(a.Facts) }},
	{"prevalence", func(a *Alert) string { return jsonCell(a.Prevalence) }},
	{"reputation", func(a *Alert) string { return jsonCell(a.Reputation) }},
	{"event", func(a *Alert) string { return jsonCell(a.of.Fields()) }},
}

// jsonCell is a list or an object as JSON; "" if it is empty.
func jsonCell[T []event.Fact | []rarity.Figure | map[string]string | map[string]any](v T) string {
	if len(v) == 0 {
		return ""
	}
	text, err := diag.JSON(v)
	if err != nil {
		panic(err) // what was read from JSON can be written as JSON
	}
	return string(text)
}

// eventFields are those of some names that are not columns: they are fields of the event.
func eventFields(chosen []string) []string {
	known := append(names(columns), names(members)...)
	return slices.DeleteFunc(slices.Clone(chosen), func(name string) bool { return slices.Contains(known, name) })
}

// columnsNamed gives the columns of some names: ours, or fields of the event.
func columnsNamed(chosen []string) []column {
	out := make([]column, len(chosen))
	known := slices.Concat(columns, members)
	for i, name := range chosen {
		at := slices.IndexFunc(known, func(c column) bool { return c.name == name })
		if at >= 0 {
			out[i] = known[at]
		} else {
			out[i] = column{name, func(a *Alert) string { return a.Fields[name] }}
		}
	}
	return out
}

// shownInCell bounds each value in a cell, in letters. Spreadsheets refuse cells of more than 32,767.
const shownInCell = 1000

func evidenceCell(a *Alert) string {
	var parts []string
	for _, e := range a.Evidence {
		parts = append(parts, e.Name+": "+Describe(e)+" = "+strings.Join(shortened(e, shownInCell), ", "))
	}
	return strings.Join(parts, separator)
}

func ancestorsCell(a *Alert) string {
	var parts []string
	for _, up := range a.Ancestors {
		parts = append(parts, fmt.Sprintf("%d: %s", up.Level, shorten(up.Describe(), 0, shownInCell)))
	}
	return strings.Join(parts, separator)
}

func correlatedCell(a *Alert) string {
	c := a.Correlated
	if c == nil {
		return ""
	}
	parts := []string{fmt.Sprintf("%d since %s", c.Count, c.First)}
	for _, f := range c.Group {
		parts = append(parts, f.Name+": "+f.Value)
	}
	return strings.Join(parts, separator)
}

// details tells in one cell what a rule tested and what a correlation counted.
func (a *Alert) details() string {
	var parts []string
	for _, e := range a.Evidence {
		name := e.Field
		switch {
		case name == "":
			name = e.Name
		case e.Level > 0:
			name = describeField(e)
		}
		parts = append(parts, name+": "+strings.Join(shortened(e, shownInCell), ", "))
	}
	if c := correlatedCell(a); c != "" {
		parts = append(parts, c)
	}
	return strings.Join(parts, separator)
}

// Describe says what a test asked.
func Describe(e engine.Evidence) string {
	if e.Field == "" {
		return e.Test
	}
	return describeField(e) + " " + e.Test
}

// describeField names a field as a reader would.
func describeField(e engine.Evidence) string { return ir.Field{Name: e.Field, Level: e.Level}.String() }

// shortened gives the values of a test, each at most so many letters around what the test looks for.
func shortened(e engine.Evidence, most int) []string {
	out := make([]string, len(e.Values))
	for i, v := range e.Values {
		at := 0
		if i < len(e.At) {
			at = e.At[i]
		}
		out[i] = shorten(v, at, most)
	}
	return out
}

// shorten cuts a text to at most so many letters around one of them, and makes it visible.
func shorten(text string, at, most int) string { return diag.Visible(Excerpt(text, at, most)) }

// Excerpt cuts a text to at most so many letters around one of them. Ellipses show what is left out.
func Excerpt(text string, at, most int) string {
	letters := utf8.RuneCountInString(text)
	if letters <= most {
		return text
	}
	from := max(0, min(at-most/4, letters-most))
	shown := text[offset(text, from):]
	shown = shown[:offset(shown, most)]
	if from > 0 {
		shown = "…" + shown
	}
	if from+most < letters {
		shown += "…"
	}
	return shown
}

// offset is where a letter of a text begins, counted from 0, in bytes.
func offset(text string, letter int) int {
	at := 0
	for ; letter > 0 && at < len(text); letter-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
