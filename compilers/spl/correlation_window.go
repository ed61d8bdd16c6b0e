package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
)

// A window is summed up with two rows per match: "in" at its time, and "out" a timespan later, which subtracts it
// again. Rows are sorted by time, with "in" before "out". The running sum on an "in" row is the sum over the matches in
// [its time - timespan, its time], except for later rows of the same time, which eventstats adds. Each group ends at 0,
// so that accum, which has no groups, starts the next group at 0.

// window sums each expression over the rows of the window. It gives the names of the running sums.
func (st *correlationPart) window(enters []string) []string {
	st.slidingRows(enters, st.inside)
	st.stage("sort 0 str(decree_group), num(decree_at), str(decree_step)")
	return st.running(len(enters))
}

// slidingRows turns every row that may enter the window into two rows.
func (st *correlationPart) slidingRows(enters []string, may logic.Pred) {
	var sets, leaves []string
	for i, e := range enters {
		name := fmt.Sprintf("decree_enter_%d", i+1)
		sets = append(sets, name+"="+e)
		leaves = append(leaves, fmt.Sprintf(`%s=if(decree_step="out", 0-%s, %s)`, name, name, name))
	}
	ways := `split("in,out", ",")`
	if may != logic.Always {
		ways = whereSyntax.Print(may).Call("if", ways, `"in"`)
	}
	st.stage("eval " + strings.Join(append(sets, "decree_step="+ways), ",\n    "))
	st.stage("mvexpand decree_step")
	st.stage("eval " + strings.Join(append([]string{fmt.Sprintf(`decree_at=if(decree_step="out", _time+%s, _time)`, st.span())}, leaves...), ",\n    "))
}

func (st *correlationPart) running(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("decree_running_%d", i+1))
		st.stage(fmt.Sprintf("accum decree_enter_%d AS %s", i+1, names[i]))
	}
	st.stage(`where decree_step="in"`)
	return names
}

// highestAtTime gives each row the highest running sum at its time. This is the complete sum, if sums only grow while
// matches enter.
func (st *correlationPart) highestAtTime(running []string) []string {
	var names, sets []string
	for i, r := range running {
		names = append(names, fmt.Sprintf("decree_n_%d", i+1))
		sets = append(sets, fmt.Sprintf("max(%s) as %s", r, names[i]))
	}
	st.stage("eventstats " + strings.Join(sets, " ") + " by decree_group, _time")
	return names
}

func (st *correlationPart) span() string { return compilers.Number(st.c.Timespan.Seconds()) }

// eventCount counts matches. An event counts once for each input that it matches.
func (st *correlationPart) eventCount() logic.Pred {
	n := st.highestAtTime(st.window([]string{countHolding(st.flags)}))[0]
	st.resultField = "correlation_count=" + n
	return st.bounds(n)
}

// countHolding counts the predicates that hold.
func countHolding(flags []logic.Pred) string {
	parts := make([]string, len(flags))
	for i, f := range flags {
		parts[i] = ifElse(f, "1", "0")
	}
	return strings.Join(parts, "+")
}

// bounds compares an expression with every bound.
func (st *correlationPart) bounds(value string) logic.Pred {
	var all logic.All
	for _, b := range st.c.Bounds {
		all = append(all, logic.Atom(value+comparisons[b.Op]+compilers.Number(b.Value)))
	}
	return all
}

// valueCount counts different tuples of values. A tuple enters the window with the first match that has it, and leaves
// with the last one.
func (st *correlationPart) valueCount() logic.Pred {
	tuples := make([][]string, len(st.c.Inputs))
	shared := true
	for i := range st.c.Inputs {
		for _, column := range st.c.Values {
			tuples[i] = append(tuples[i], st.value(st.c, i, column))
		}
		shared = shared && slices.Equal(tuples[i], tuples[0])
	}
	once := logic.Pred(logic.Always)
	if shared {
		st.stage("eval decree_value=" + ifElse(allOf(st.inside, filled(tuples[0])), key(tuples[0]), `"none"`))
	} else {
		var sets, names []string
		for i, tuple := range tuples {
			names = append(names, fmt.Sprintf("decree_value_%d", i+1))
			sets = append(sets, names[i]+"="+ifElse(allOf(st.flags[i], filled(tuple)), key(tuple), `"none"`))
		}
		st.stage("eval " + strings.Join(sets, ",\n    "))
		st.expandTexts("decree_value", names)
		st.stage("eval decree_once=if(decree_value=mvindex(decree_texts, 0), 1, 0)")
		once = logic.Atom("decree_once=1")
	}
	st.slidingRows([]string{`if(decree_value="none", 0, 1)`}, logic.Atom(`decree_value!="none"`))
	st.stage("sort 0 str(decree_group), str(decree_value), num(decree_at), str(decree_step)")
	st.stage("accum decree_enter_1 AS decree_open")
	first := logic.All{logic.Atom(`decree_step="in"`), logic.Atom("decree_open=1")}
	last := logic.All{logic.Atom(`decree_step="out"`), logic.Atom("decree_open=0")}
	st.stage("eval decree_enter_1=" + ifElse(logic.Atom(`decree_value="none"`), "0", ifElse(first, "1", ifElse(last, "0-1", "0"))))
	st.stage("sort 0 str(decree_group), num(decree_at), str(decree_step)")
	n := st.highestAtTime(st.running(1))[0]
	st.resultField = "correlation_count=" + n
	return allOf(once, st.bounds(n))
}

// numbers sets decree_number_<i> to the row's value as a match of each input. It gives for each the predicate that
// there is one.
func (st *correlationPart) numbers() (names []string, there []logic.Pred) {
	var sets []string
	for i := range st.c.Inputs {
		name := fmt.Sprintf("decree_number_%d", i+1)
		names = append(names, name)
		there = append(there, logic.Atom("isnotnull("+name+")"))
		sets = append(sets, name+"="+ifElse(st.flags[i], "tonumber("+st.value(st.c, i, st.c.Values[0])+")", "null()"))
	}
	st.stage("eval " + strings.Join(sets, ",\n    "))
	return names, there
}

// valueTotal tests the sum or the average. Such sums do not only grow: the complete sum of a time is on the row with
// the most values.
func (st *correlationPart) valueTotal() logic.Pred {
	names, there := st.numbers()
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = "coalesce(" + name + ", 0)"
	}
	running := st.window([]string{countHolding(there), strings.Join(values, "+")})
	n := st.highestAtTime(running[:1])[0]
	st.stage(fmt.Sprintf("eventstats max(eval(if(%s=%s, %s, null()))) as decree_total by decree_group, _time", running[0], n, running[1]))
	st.note("value-rounding", "exact", "sums are rounded to six decimals, so that rounding errors do not add up")
	value := "round(decree_total, 6)"
	if st.c.Source.Type == rules.ValueAvg {
		value += "/" + n
	}
	st.resultField = "correlation_value=" + value
	return allOf(logic.Atom(n+">0"), st.bounds(value))
}
