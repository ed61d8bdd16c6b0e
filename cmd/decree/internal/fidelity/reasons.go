package fidelity

import (
	"slices"
	"strings"

	"decree/cmd/decree/internal/queries"
	"decree/compilers"
	"decree/rules/diag"
)

// LeftOut is what becomes of a rule that the project leaves out of a target.
const LeftOut = "left out"

// Of says how a query keeps a rule's meaning: exact, approximate, hand-written (nothing compares it), refused, skipped or left out.
func Of(c queries.Result) string {
	if c.LeftOut {
		return LeftOut
	}
	if c.Skipped {
		return "skipped"
	}
	if c.Query == nil {
		return "refused"
	}
	if c.Query.Written != nil {
		return compilers.HandWritten
	}
	if slices.ContainsFunc(c.Query.Notes, func(n compilers.Note) bool { return n.Effect != "exact" }) {
		return "approximate"
	}
	return "exact"
}

// counts tells whether a note belongs in the report: the query is not exact, or too long to deploy.
func counts(n compilers.Note) bool { return n.Effect != "exact" || n.Code == compilers.LongQuery }

// reasons lists the codes of why a query is skipped, refused, approximate, too long or not packaged, each once. What is left out on purpose needs none.
func reasons(c queries.Result, notPackaged diag.Diagnostics) []string {
	if c.LeftOut {
		return nil
	}
	var codes []string
	for _, d := range notPackaged {
		codes = append(codes, d.Code)
	}
	if c.Query == nil {
		for _, d := range c.Found {
			if c.Skipped || d.Severity == diag.Error {
				codes = append(codes, d.Code)
			}
		}
	} else {
		for _, n := range c.Query.Notes {
			if counts(n) {
				codes = append(codes, n.Code)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// example is a message of a code. It does not begin with the target or its dialect, which the report names beside it.
func example(c queries.Result, notPackaged diag.Diagnostics, code string) string {
	for _, d := range slices.Concat(c.Found, notPackaged) {
		if d.Code == code {
			return strings.TrimPrefix(strings.TrimPrefix(d.Message, c.Target.Name+": "), c.Target.Dialect.Name()+": ")
		}
	}
	if c.Query != nil {
		for _, n := range c.Query.Notes {
			if n.Code == code {
				return n.Message
			}
		}
	}
	return ""
}
