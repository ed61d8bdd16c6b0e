package mutation

import (
	"fmt"
	"slices"
	"strconv"

	"decree/rules"
	"decree/rules/ir"
)

// extracts changes each extract that the condition reads: the number of an argument or a part, each row of a map, and
// what is taken off.
func (m *maker) extracts() {
	for _, e := range m.rule.Extracts {
		m.extract(e)
	}
}

func (m *maker) extract(e *ir.Extract) {
	spec := e.Spec
	at := spec.Range
	change := func(kind, words string, edit func(spec *rules.Extract, e *ir.Extract)) {
		changed, other := *spec, *e
		edit(&changed, &other)
		other.Spec = &changed
		m.take(kind, at, m.rule.WithExtract(e, &other), "%s: %s", spec.Name, words)
	}
	if spec.Op == rules.ExtractArgv || spec.Op == rules.ExtractSplit {
		for _, number := range []int{spec.At - 1, spec.At + 1} {
			if !spec.Any && (number < 0) == (spec.At < 0) { // the first from the other end is another value
				change("index", fmt.Sprintf("%d instead of %d", number, spec.At), func(s *rules.Extract, _ *ir.Extract) { s.At = number })
			}
		}
		if spec.Any {
			change("index", "0 instead of any", func(s *rules.Extract, _ *ir.Extract) { s.Any = false })
		} else {
			change("index", fmt.Sprintf("any instead of %d", spec.At), func(s *rules.Extract, _ *ir.Extract) { s.Any = true })
		}
	}
	for i, row := range spec.Map {
		at = row.Range
		change("value", "without the row "+row.Describe(), func(s *rules.Extract, other *ir.Extract) {
			s.Map, other.Rows = slices.Delete(slices.Clone(s.Map), i, i+1), slices.Delete(slices.Clone(other.Rows), i, i+1)
		})
	}
	at = spec.Range
	if spec.Default != nil {
		change("value", "without the default "+strconv.Quote(*spec.Default), func(s *rules.Extract, _ *ir.Extract) { s.Default = nil })
	}
	if spec.TrimStart+spec.TrimEnd != "" {
		change("drop", "without trimming", func(s *rules.Extract, _ *ir.Extract) { s.TrimStart, s.TrimEnd = "", "" })
	}
}
