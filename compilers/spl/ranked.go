package spl

import (
	"slices"

	"decree/compilers"
	"decree/rules"
)

// median is the code of what SPL cannot say of it.
const median = "correlation-median"

// ranked asks for the value at a rank among those of the window, in order: the first, the last, that of a percentile or the
// middle one. It is compared by counting: at least r of the values are at most b exactly when the r-th is. Two
// middle values are asked instead of what lies half way between them, so that every match is found.
func (st *step) ranked() compilers.Pred {
	names, there := st.numbers()
	enters := []string{sum(there, "1", "0")}
	counter := func(op string, bound float64) int {
		flags := make([]compilers.Pred, len(names))
		for i, name := range names {
			flags[i] = both(there[i], compilers.Atom(name+op+number(bound)))
		}
		e := sum(flags, "1", "0")
		if !slices.Contains(enters, e) {
			enters = append(enters, e)
		}
		return slices.Index(enters, e)
	}
	below, upTo := make([]int, len(st.c.Bounds)), make([]int, len(st.c.Bounds))
	for i, b := range st.c.Bounds {
		if b.Op != "lte" && b.Op != "gt" {
			below[i] = counter("<", b.Value)
		}
		if b.Op != "lt" && b.Op != "gte" {
			upTo[i] = counter("<=", b.Value)
		}
	}
	n := st.most(st.window(enters))
	low, high := st.rank(n[0])
	all := compilers.All{compilers.Atom(n[0] + ">0")}
	for i, b := range st.c.Bounds {
		less, moreOrSame := compilers.Atom(n[below[i]]+">="+low), compilers.None{Term: compilers.Atom(n[below[i]] + ">=" + high)}
		lessOrSame, more := compilers.Atom(n[upTo[i]]+">="+low), compilers.None{Term: compilers.Atom(n[upTo[i]] + ">=" + high)}
		switch b.Op {
		case "lt":
			all = append(all, less)
		case "lte":
			all = append(all, lessOrSame)
		case "gt":
			all = append(all, more)
		case "gte":
			all = append(all, moreOrSame)
		case "eq":
			all = append(all, lessOrSame, moreOrSame)
		case "neq":
			all = append(all, compilers.Any{less, more})
		default:
			panic("spl: unknown bound")
		}
	}
	return all
}

// rank is the position, from 1, of the value in question among n; of two, where both are in the middle.
func (st *step) rank(n string) (low, high string) {
	switch st.c.Source.Type {
	case rules.ValueMin:
		return "1", "1"
	case rules.ValueMax:
		return n, n
	case rules.ValuePercentile:
		at := "ceiling(" + n + "*" + number(st.c.Source.Percentile) + "/100)"
		return at, at
	}
	if !st.opt.Accepts("spl", st.c.Source.Body, median) {
		st.report(median, st.c.Source.TypeRange, compilers.AcceptHint("spl", median)+"; or use value_percentile with `percentile: 50`",
			"spl can only approximate this: of two middle values, one is compared instead of what lies half way between them")
	}
	st.note(median, "false-positives", "of two middle values, one is compared instead of what lies half way between them: the one for which the condition is likelier to hold")
	return "ceiling(" + n + "/2)", "floor(" + n + "/2)+1"
}
