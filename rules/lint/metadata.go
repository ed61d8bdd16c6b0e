package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/wording"
)

// Limits that the public rules keep to.
const (
	longestTitle       = 120
	shortestText       = 16
	shortestFilename   = 10
	longestFilename    = 90
	dateForm           = "2006-01-02"
	dateExample        = "2026-03-02"
	relatedTypesForm   = "derived, obsolete, merged, renamed, similar, correlation"
	unhelpfulFalseForm = "none|pentest|penetration test|nothing"
)

var metadataChecks = []Check{
	{Code: "missing-id", Severity: diag.Warning, rule: func(s *subject) {
		if s.ID == "" {
			s.report(s.Range, "add `id:` with a UUID, for example from `uuidgen`", "the rule has no id, so nothing can refer to it")
		}
	}},
	{Code: "missing-description", Severity: diag.Info, rule: func(s *subject) {
		if s.Description == "" {
			s.report(s.Range, "say what the rule finds and why it matters", "the rule has no description")
		}
	}},
	{Code: "short-description", Severity: diag.Info, rule: func(s *subject) {
		if n := utf8.RuneCountInString(s.Description); n > 0 && n < shortestText {
			s.report(s.Key("description", -1), "say what the rule finds and why it matters", "the description has only %d characters", n)
		}
	}},
	{Code: "long-title", Severity: diag.Info, rule: func(s *subject) {
		if n := utf8.RuneCountInString(s.Title); n > longestTitle {
			s.report(s.Key("title", -1), "move details into the description", "the title has %d characters; most consoles cut off titles longer than %d", n, longestTitle)
		}
	}},
	{Code: "missing-level", Severity: diag.Warning, rule: func(s *subject) {
		if s.Level == "" {
			s.report(s.Range, "add `level:` informational, low, medium, high or critical", "the rule has no level, so its alerts cannot be ranked")
		}
	}},
	{Code: "missing-status", Severity: diag.Info, rule: func(s *subject) {
		if s.Status == "" {
			s.report(s.Range, "add `status:` stable, test or experimental", "the rule has no status")
		}
	}},
	{Code: "retired-status", Severity: diag.Info, rule: func(s *subject) {
		if s.Status == "deprecated" || s.Status == "unsupported" {
			s.report(s.Key("status", -1), "keep it out of the folder that you deploy", "the rule is %s", s.Status)
		}
	}},
	{Code: "missing-date", Severity: diag.Info, rule: func(s *subject) {
		if s.Date == "" {
			s.report(s.Range, "add `date: "+dateExample+"` with the day it was written", "the rule has no date")
		}
	}},
	{Code: "missing-author", Severity: diag.Info, rule: func(s *subject) {
		if s.Author == "" {
			s.report(s.Range, "add `author:`", "the rule has no author")
		}
	}},
	{Code: "invalid-date", Severity: diag.Warning, rule: invalidDate},
	{Code: "modified-before-date", Severity: diag.Warning, rule: func(s *subject) {
		date, ok := rules.ReadDate(s.Date)
		modified, too := rules.ReadDate(s.Modified)
		if ok && too && modified.Before(date) {
			s.report(s.Key("modified", -1), "set the day of the last change", "the rule was modified on %s, before it was written on %s", s.Modified, s.Date)
		}
	}},
	{Code: "short-lookback", Severity: diag.Warning, rule: func(s *subject) { shortLookback(s.Rule, s.report) }, correlation: func(s *correlationSubject) { shortLookback(s.Body, s.report) }},
	{Code: "unused-schedule", Severity: diag.Warning, rule: unusedScheduleOfJoined, correlation: unusedSchedule},
	{Code: "duplicate-reference", Severity: diag.Warning, rule: func(s *subject) {
		for _, i := range repeats(s.References) {
			s.report(s.Key("references", i), "remove one of them", "duplicate reference")
		}
	}},
	{Code: "description-link", Severity: diag.Info, rule: func(s *subject) {
		if strings.Contains(s.Description, "http://") || strings.Contains(s.Description, "https://") {
			s.report(s.Key("description", -1), "move it to `references`", "the description contains a link")
		}
	}},
	{Code: "unhelpful-falsepositive", Severity: diag.Info, rule: func(s *subject) {
		for i, text := range s.FalsePositives {
			if unhelpful.MatchString(text) {
				s.report(s.Key("falsepositives", i), "describe a legitimate activity that triggers the rule, or remove the entry", "%q does not help the analyst who reads the alert", text)
			}
		}
	}},
	{Code: "invalid-related", Severity: diag.Warning, rule: func(s *subject) {
		types := strings.Split(relatedTypesForm, ", ")
		for i, related := range s.Related {
			switch {
			case !slices.Contains(types, related.Type):
				hint := diag.OneOf(related.Type, types)
				s.report(s.Key("related", i), hint, "unknown type of relation %q", related.Type)
			case strings.EqualFold(related.ID, s.ID):
				s.report(s.Key("related", i), "name the other rule", "the rule is related to itself")
			case !rules.IsUUID(related.ID):
				s.report(s.Key("related", i), "write the id of the other rule", "%q is not a rule id", related.ID)
			}
		}
	}},
	{Code: "filename-length", Severity: diag.Info, rule: func(s *subject) {
		if n := len(path.Base(s.Range.File)); n < shortestFilename || n > longestFilename {
			s.report(diag.Range{File: s.Range.File}, "name the log and what the rule finds", "the file name has %d characters; use %d to %d", n, shortestFilename, longestFilename)
		}
	}},
}

var unhelpful = regexp.MustCompile(`(?i)^(` + unhelpfulFalseForm + `)s?\.?$`)

func invalidDate(s *subject) {
	for key, text := range map[string]string{"date": s.Date, "modified": s.Modified} {
		if text == "" {
			continue
		}
		if _, err := time.Parse(dateForm, text); err == nil {
			continue
		}
		if t, former := rules.ReadDate(text); former {
			s.report(s.Key(key, -1), "write "+t.Format(dateForm), "dates are written with dashes since Sigma 2.0")
		} else {
			s.report(s.Key(key, -1), "write it as "+dateExample+", the year first", "%q is not a date", text)
		}
	}
}

// repeats gives the positions of texts that stand before, too.
func repeats(texts []string) (at []int) {
	seen := map[string]bool{}
	for i, text := range texts {
		if seen[text] {
			at = append(at, i)
		}
		seen[text] = true
	}
	return at
}

// unusedSchedule reports the schedule of a rule that is only part of a correlation: it does not run by itself.
func unusedSchedule(s *correlationSubject) {
	if s.Generate {
		return
	}
	for _, in := range s.Inputs {
		if r := in.Rule; r != nil && r.Schedule != (rules.Schedule{}) && r.Range.File == s.Body.Range.File {
			s.report(r.Key("schedule", -1), "move it to the correlation, or set `generate: true` there to have the rule run too", "the schedule has no effect: the rule is part of the correlation %q, and runs as that does", s.Body.Title)
		}
	}
}

// unusedScheduleOfJoined reports the schedule of a rule that is only part of one that joins it.
func unusedScheduleOfJoined(s *subject) {
	for _, j := range s.Joins {
		if j.IsPart(s.Rule) && j.Other.Schedule != (rules.Schedule{}) {
			s.report(j.Other.Key("schedule", -1), "move it to the rule that joins it, or set `generate: true` there to have the rule run too",
				"the schedule has no effect: the rule is part of the rule %q, and runs as that does", s.Title)
		}
	}
}

// shortLookback reports a schedule of which no run sees some of the events.
func shortLookback(r *rules.Rule, report func(at diag.Range, hint, format string, args ...any)) {
	if every, back := r.Schedule.Every, r.Schedule.Lookback; back > 0 && back < every {
		report(r.Key("schedule", -1), "make `lookback` as long as `every`, or longer", "the rule runs every %s and looks back only %s: it misses the events between", wording.Duration(every), wording.Duration(back))
	}
}
