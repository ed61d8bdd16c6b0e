package kql

import (
	"fmt"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
)

// A window slides to each time of a match. Its content is summed up in one pass over the sorted times of a group: a
// match is added at its time and subtracted a timespan later, when the window has passed it. Both ends belong to the
// window, so at equal times additions come first. The cost is that of sorting, however many matches a window has.
// https://learn.microsoft.com/en-us/kusto/query/row-cumsum-function

// slidingSum is a sum over the window.
type slidingSum struct {
	enter string // an aggregate over the matches of that time
	leave string // the same for matches that leave; "" means that what entered is subtracted
}

// sliding gives the times of matches at which the condition of a correlation holds.
func (st *correlationPart) sliding() []string {
	stages, sums := st.moments()
	var aggregates, running []string
	for i, m := range sums {
		aggregates = append(aggregates, fmt.Sprintf("Enter%d = %s", i+1, m.enter))
		step := fmt.Sprintf("Step * Enter%d", i+1)
		if m.leave != "" {
			aggregates = append(aggregates, fmt.Sprintf("Leave%d = %s", i+1, m.leave))
			step = fmt.Sprintf("iff(Step == 1, Enter%d, -Leave%[1]d)", i+1)
		}
		running = append(running, st.running(i)+" = "+st.cumulativeSum(step))
	}
	stages = append(stages,
		"summarize "+strings.Join(aggregates, ", ")+" by "+st.groupColumns("At"),
		"mv-expand Step = dynamic([1, -1]) to typeof(long)",
		"extend Moment = iff(Step == 1, At, At + "+st.span+")",
		st.sortStage("Moment asc", "Step desc"),
		"extend "+strings.Join(running, ", "),
		"where Step == 1")
	value, condition := st.condition()
	if value != "" {
		stages = append(stages, "extend Value = "+value)
	}
	stages = append(stages, where(condition))
	kept := st.groupColumns("At")
	if value != "" {
		kept = st.groupColumns("At", "Value")
	}
	return append(stages, "project "+kept)
}

// running names what the window holds of a sum.
func (st *correlationPart) running(i int) string { return fmt.Sprintf("Running%d", i+1) }

// moments are the stages before the sums, and the sums themselves.
func (st *correlationPart) moments() ([]string, []slidingSum) {
	switch kind := st.c.Source.Type; kind {
	case rules.EventCount:
		return []string{st.inputs}, []slidingSum{{enter: "count()"}}
	case rules.ValueCount:
		return st.distinct(), []slidingSum{{enter: "sum(Enters)", leave: "sum(Leaves)"}}
	case rules.ValueSum, rules.ValueAvg:
		return st.numbers(), []slidingSum{{enter: "countif(Has)"}, {enter: "sum(iff(Has, Value1, 0.0))"}}
	case rules.ValueMin, rules.ValueMax, rules.ValuePercentile:
		sums := []slidingSum{{enter: "countif(Has)"}}
		for _, c := range compilers.Ranks(st.c.Source) {
			sums = append(sums, slidingSum{enter: "countif(Has and Value1 " + comparisons[c.Op] + " " + compilers.Number(c.Bound) + ")"})
		}
		return st.numbers(), sums
	case rules.Temporal:
		var sums []slidingSum
		for i := range st.c.Inputs {
			sums = append(sums, slidingSum{enter: fmt.Sprintf("countif(Input == %d)", i)})
		}
		return []string{st.inputs}, sums
	}
	panic("kql: unknown type of correlation")
}

// numbers separates matches with a number from others.
func (st *correlationPart) numbers() []string {
	return []string{st.inputs, whereSyntax.Print(finite).Stage("extend Has =")}
}

var finite = logic.All{logic.Atom("isnotnull(Value1)"), logic.Atom("isfinite(Value1)")}

// distinct computes when each value enters and leaves the window. A value does not leave if its next match comes before
// that.
// A window whose matches all lack the values has a count of zero, which a bound may allow.
func (st *correlationPart) distinct() []string {
	var by []string
	for _, v := range st.values {
		by = append(by, v+" asc")
	}
	// alone holds where the match beside is of another value, or more than a timespan away
	alone := func(beside, away string) string {
		same := logic.All{}
		for _, name := range append(append([]string{}, st.keys...), st.values...) {
			same = append(same, logic.Atom(name+" == "+beside+"("+name+")"))
		}
		same = append(same, logic.Atom(away+" <= "+st.span))
		return whereSyntax.Print(logic.All{logic.Atom("Has"), logic.Not{Term: same}}).Call("toint")
	}
	return []string{st.inputs,
		"distinct " + st.groupColumns(append(append([]string{}, st.values...), "At")...),
		st.sortStage(append(by, "At asc")...),
		whereSyntax.Print(notEmpty(st.values)).Stage("extend Has ="),
		"extend Enters = " + alone("prev", "At - prev(At)") + ", Leaves = " + alone("next", "next(At) - At")}
}

// condition is what a window's sums must satisfy, and the value that it compares, where it is known.
func (st *correlationPart) condition() (value string, holds logic.Pred) {
	some := logic.Atom(st.running(0) + " > 0")
	switch kind := st.c.Source.Type; kind {
	case rules.EventCount, rules.ValueCount:
		return st.running(0), st.withinBounds()
	case rules.ValueSum, rules.ValueAvg:
		st.note(compilers.Note{Code: "value-rounding", Effect: "exact", Range: st.c.Source.TypeRange,
			Message: "sums are rounded to six decimals, so that rounding errors do not add up"})
		value = "round(" + st.running(1) + ", 6)"
		if kind == rules.ValueAvg {
			value += " / " + st.running(0)
		}
		return value, logic.All{some, st.withinBounds()}
	case rules.Temporal:
		flags := make([]logic.Pred, len(st.c.Inputs))
		for i := range flags {
			flags[i] = logic.Atom(st.running(i) + " > 0")
		}
		if st.c.Condition != nil {
			return countHolding(flags), occurred(st.c.Condition, func(input int) logic.Pred { return flags[input] })
		}
		return countHolding(flags), st.withinBounds()
	}
	ranked := compilers.Ranked(st.c.Source, st.running(0), func(i int) string { return st.running(i + 1) },
		compilers.RankSyntax{Ceiling: "ceiling(%s * %s / 100.0)", AtLeast: "%s >= %s"})
	return "", logic.All{some, ranked}
}
