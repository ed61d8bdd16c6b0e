package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"decree/rules/diag"
)

// The bounds that the public rules keep to.
const (
	longestTitle       = 120
	shortestText       = 16
	shortestFilename   = 10
	longestFilename    = 90
	dateForm           = "2006-01-02"
	formerDateForm     = "2006/01/02"
	relatedTypesForm   = "derived, obsolete, merged, renamed, similar, correlation"
	unhelpfulFalseForm = "none|pentest|penetration test|nothing"
)

var metadataChecks = []Check{
	{Code: "missing-id", Severity: diag.Warning, rule: func(s *subject) {
		if s.ID == "" {
			s.report(s.Range, "add `id:` with what `uuidgen` prints", "the rule has no id, so that nothing can refer to it")
		}
	}},
	{Code: "missing-description", Severity: diag.Info, rule: func(s *subject) {
		if s.Description == "" {
			s.report(s.Range, "say what the rule finds and why that matters", "the rule has no description")
		}
	}},
	{Code: "short-description", Severity: diag.Info, rule: func(s *subject) {
		if n := utf8.RuneCountInString(s.Description); n > 0 && n < shortestText {
			s.report(s.Key("description", -1), "say what the rule finds and why that matters", "a description of %d letters tells little", n)
		}
	}},
	{Code: "long-title", Severity: diag.Info, rule: func(s *subject) {
		if n := utf8.RuneCountInString(s.Title); n > longestTitle {
			s.report(s.Key("title", -1), "move details to the description", "a title of %d letters is cut off in most lists of alerts; keep to %d", n, longestTitle)
		}
	}},
	{Code: "missing-level", Severity: diag.Warning, rule: func(s *subject) {
		if s.Level == "" {
			s.report(s.Range, "add `level:` informational, low, medium, high or critical", "the rule has no level, so that its alerts cannot be ranked")
		}
	}},
	{Code: "missing-status", Severity: diag.Info, rule: func(s *subject) {
		if s.Status == "" {
			s.report(s.Range, "add `status:` stable, test or experimental", "the rule has no status")
		}
	}},
	{Code: "retired-status", Severity: diag.Info, rule: func(s *subject) {
		if s.Status == "deprecated" || s.Status == "unsupported" {
			s.report(s.Key("status", -1), "keep it out of the folder that is deployed", "this rule is %s", s.Status)
		}
	}},
	{Code: "missing-date", Severity: diag.Info, rule: func(s *subject) {
		if s.Date == "" {
			s.report(s.Range, "add `date: "+dateForm+"` with the day it was written", "the rule has no date")
		}
	}},
	{Code: "missing-author", Severity: diag.Info, rule: func(s *subject) {
		if s.Author == "" {
			s.report(s.Range, "add `author:`", "the rule has no author whom one could ask")
		}
	}},
	{Code: "invalid-date", Severity: diag.Warning, rule: invalidDate},
	{Code: "modified-before-date", Severity: diag.Warning, rule: func(s *subject) {
		date, ok := readDate(s.Date)
		modified, too := readDate(s.Modified)
		if ok && too && modified.Before(date) {
			s.report(s.Key("modified", -1), "set the day of the last change", "the rule was modified on %s, before it was written on %s", s.Modified, s.Date)
		}
	}},
	{Code: "duplicate-reference", Severity: diag.Warning, rule: func(s *subject) {
		for i := range s.References {
			if slices.Contains(s.References[:i], s.References[i]) {
				s.report(s.Key("references", i), "remove one of them", "this reference stands twice")
			}
		}
	}},
	{Code: "description-link", Severity: diag.Info, rule: func(s *subject) {
		if strings.Contains(s.Description, "http://") || strings.Contains(s.Description, "https://") {
			s.report(s.Key("description", -1), "move it to `references`", "the description holds a link")
		}
	}},
	{Code: "unhelpful-falsepositive", Severity: diag.Info, rule: func(s *subject) {
		for i, text := range s.FalsePositives {
			if unhelpful.MatchString(text) {
				s.report(s.Key("falsepositives", i), "name what else does the same, or leave the list out", "%q does not help whoever reads the alert", text)
			}
		}
	}},
	{Code: "invalid-related", Severity: diag.Warning, rule: func(s *subject) {
		types := strings.Split(relatedTypesForm, ", ")
		for i, related := range s.Related {
			switch {
			case !slices.Contains(types, related.Type):
				hint := "one of " + relatedTypesForm
				if near := diag.Closest(related.Type, types); near != "" {
					hint = "did you mean `" + near + "`?"
				}
				s.report(s.Key("related", i), hint, "%q is no relation", related.Type)
			case strings.EqualFold(related.ID, s.ID):
				s.report(s.Key("related", i), "name the other rule", "the rule is related to itself")
			case !uuidForm.MatchString(related.ID):
				s.report(s.Key("related", i), "give the other rule's id", "%q is no id of a rule", related.ID)
			}
		}
	}},
	{Code: "filename-length", Severity: diag.Info, rule: func(s *subject) {
		if n := len(path.Base(s.Range.File)); n < shortestFilename || n > longestFilename {
			s.report(diag.Range{File: s.Range.File}, "say in the name what log the rule reads and what it finds", "a file name of %d letters; keep to %d to %d", n, shortestFilename, longestFilename)
		}
	}},
}

var (
	unhelpful = regexp.MustCompile(`(?i)^(` + unhelpfulFalseForm + `)s?\.?$`)
	uuidForm  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func readDate(text string) (time.Time, bool) {
	for _, form := range []string{dateForm, formerDateForm} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func invalidDate(s *subject) {
	for key, text := range map[string]string{"date": s.Date, "modified": s.Modified} {
		if text == "" {
			continue
		}
		if _, err := time.Parse(dateForm, text); err == nil {
			continue
		}
		if t, err := time.Parse(formerDateForm, text); err == nil {
			s.report(s.Key(key, -1), "write "+t.Format(dateForm), "dates are written with dashes since Sigma 2.0")
		} else {
			s.report(s.Key(key, -1), "write it as "+dateForm, "%q is no date", text)
		}
	}
}
