// Package lint finds what is valid in a rule but probably wrong. In: parsed and lowered rules, with the bytes
// of their files. Out: findings with a code, a position and a hint. A finding never changes what a rule means.
// Each code has a page in pages/*.md that says why it is reported, with an example of each kind.
package lint

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Check finds one kind of problem: in a rule, in a correlation, or across the whole set of rules.
type Check struct {
	Code        string
	Severity    diag.Severity
	rule        func(*subject)
	correlation func(*correlationSubject)
	set         func(*collection)
	metadata    bool // it needs no log source and no detection
	partial     bool // it looks at single parts, so it also runs on a rule with errors elsewhere
	filter      bool // it looks at what filters have, too
}

// Checks lists every check, by code.
func Checks() []Check {
	all := slices.Concat(metadataChecks, tagChecks, logSourceChecks, modifierChecks, valueChecks, regexChecks, prevalenceChecks)
	for i := range all {
		all[i].partial = true
	}
	for i := range len(metadataChecks) + len(tagChecks) {
		all[i].metadata = true
	}
	all = slices.Concat(all, conditionChecks, meaningChecks, setChecks)
	for i := range all {
		all[i].filter = slices.Contains(ofFilters, all[i].Code)
	}
	slices.SortFunc(all, func(a, b Check) int {
		switch {
		case a.Code < b.Code:
			return -1
		case a.Code > b.Code:
			return 1
		}
		return 0
	})
	return all
}

// ofFilters are the codes of checks that also look at filters: at the fields and values of their tests.
var ofFilters = slices.Concat(checkCodes(modifierChecks), checkCodes(valueChecks), checkCodes(regexChecks), []string{"unknown-log-source", "unknown-field", "absent-field", "unwritten-prefix", "word-for-number", "user-without-domain", "unused-selection"})

// checkCodes names the checks.
func checkCodes(checks []Check) (codes []string) {
	for _, c := range checks {
		codes = append(codes, c.Code)
	}
	return codes
}

// File is one rule file or file of filters: its bytes, and what they were parsed and lowered to. Lowered[i] belongs to
// Rules[i] and is nil if that rule could not be lowered.
type File struct {
	Path         string // as findings name it
	Data         []byte // not needed to check a file without HasDirectives
	Rules        []*rules.Rule
	Lowered      []*ir.Rule
	Written      []*rules.Rule        // rules without a detection: their metadata are checked
	Broken       []*rules.Rule        // rules with errors
	Found        diag.Diagnostics     // found while reading the file
	Correlations []*rules.Correlation // linked as far as possible
	Filters      []*rules.Filter
}

// subject is one rule under one check.
type subject struct {
	*rules.Rule
	lowered *ir.Rule
	filter  bool // it is what a filter requires
	check   Check
	found   diag.Diagnostics
}

// correlationSubject is one correlation under one check.
type correlationSubject struct {
	*rules.Correlation
	check Check
	found diag.Diagnostics
}

// report adds a finding of the check.
func (s *correlationSubject) report(at diag.Range, hint, format string, args ...any) {
	add(&s.found, s.check, at, hint, format, args...)
}

// report adds a finding of the check.
func (s *subject) report(at diag.Range, hint, format string, args ...any) {
	add(&s.found, s.check, at, hint, format, args...)
}

func add(to *diag.Diagnostics, c Check, at diag.Range, hint, format string, args ...any) {
	before := len(*to)
	to.Warnf(c.Code, at, hint, format, args...)
	(*to)[before].Severity = c.Severity
}

// Run checks files: each rule by itself, then all rules together. It leaves out findings that comments in the
// file ignore, and reports comments that ignore nothing.
func Run(files []File) diag.Diagnostics { return RunEach(files, func() {}) }

// RunEach is Run with a progress callback. It calls step after each file, from several goroutines.
func RunEach(files []File, step func()) diag.Diagnostics {
	checks := Checks()
	perFile := make([]diag.Diagnostics, len(files))
	var next atomic.Int64
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				perFile[i] = files[i].check(checks)
				step()
			}
		})
	}
	done.Wait()
	byPath := map[string][]int{}
	all := &collection{}
	for i, f := range files {
		byPath[f.Path] = append(byPath[f.Path], i)
		all.rules = slices.Concat(all.rules, f.Rules, f.Written)
		all.lowered = slices.Concat(all.lowered, f.Lowered, make([]*ir.Rule, len(f.Written)))
		all.correlations = append(all.correlations, f.Correlations...)
	}
	for _, c := range checks {
		if c.set != nil {
			all.check, all.found = c, nil
			c.set(all)
			for _, d := range all.found {
				i := byPath[d.Range.File][0]
				perFile[i] = append(perFile[i], d)
			}
		}
	}
	var out diag.Diagnostics
	for i, f := range files {
		out = append(out, ignore(f, perFile[i])...)
		perFile[i] = nil
	}
	out.Sort()
	seen := map[diag.Diagnostic]bool{} // what rules of a file share, such as its name, is found once for each of them
	return slices.DeleteFunc(out, func(d diag.Diagnostic) bool {
		again := seen[d]
		seen[d] = true
		return again
	})
}

// check runs the checks on single rules, correlations and filters.
func (f File) check(checks []Check) diag.Diagnostics {
	var out diag.Diagnostics
	for _, r := range f.Broken {
		out = append(out, checkBroken(checks, r)...)
	}
	for i, r := range f.Rules {
		for _, c := range checks {
			out = append(out, c.of(r, f.Lowered[i])...)
		}
	}
	for _, r := range f.Written {
		for _, c := range checks {
			if c.metadata {
				out = append(out, c.of(r, nil)...)
			}
		}
	}
	for _, filter := range f.Filters {
		out = append(out, checkFilter(checks, filter)...)
	}
	for _, correlation := range f.Correlations {
		for _, c := range checks {
			out = append(out, c.ofCorrelation(correlation)...)
		}
	}
	return out
}

// of runs the check on a rule. lowered is nil if the rule could not be lowered.
func (c Check) of(r *rules.Rule, lowered *ir.Rule) diag.Diagnostics {
	if c.rule == nil {
		return nil
	}
	s := &subject{Rule: r, lowered: lowered, check: c}
	c.rule(s)
	return s.found
}

// ofCorrelation runs the check on a correlation.
func (c Check) ofCorrelation(of *rules.Correlation) diag.Diagnostics {
	if c.correlation == nil {
		return nil
	}
	s := &correlationSubject{Correlation: of, check: c}
	c.correlation(s)
	return s.found
}

// checkBroken runs the checks of single parts on a rule with errors. A key that could not be read is not missing.
func checkBroken(checks []Check, r *rules.Rule) (out diag.Diagnostics) {
	for _, c := range checks {
		key, missing := strings.CutPrefix(c.Code, "missing-")
		if c.partial && !(missing && r.Key(key, -1) != r.Range) {
			out = append(out, c.of(r, nil)...)
		}
	}
	return out
}

// checkFilter runs the checks of filters on what a filter requires.
func checkFilter(checks []Check, filter *rules.Filter) (out diag.Diagnostics) {
	required := ir.RequiredOf(filter)
	lowered, _ := ir.Lower(required) // what is wrong is found where the filter is applied
	for _, c := range checks {
		if c.filter {
			s := &subject{Rule: required, lowered: lowered, filter: true, check: c}
			c.rule(s)
			out = append(out, s.found...)
		}
	}
	return out
}
