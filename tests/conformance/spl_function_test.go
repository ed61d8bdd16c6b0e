package conformance

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"decree/engine/backtrack"
	"decree/rules/regex"
)

// The functions of eval and where. Search Reference: "Evaluation functions".

// call makes a function of its arguments, which read some fields.
func (p *splParser) call(name string, args []splExpr, read []string) splExpr {
	world := p.world
	switch name {
	case "null":
		return func(splRow) any { return nil }
	case "true":
		return func(splRow) any { return true }
	case "now":
		return func(splRow) any { return world.now }
	case "if":
		return func(r splRow) any {
			if truthOrFalse(args[0](r)) {
				return args[1](r)
			}
			return args[2](r)
		}
	case "case":
		return func(r splRow) any {
			for i := 0; i < len(args); i += 2 {
				if truthOrFalse(args[i](r)) {
					return args[i+1](r)
				}
			}
			return nil
		}
	case "mvfilter": // "The Boolean expression can reference ONLY ONE field at a time."
		read = slices.Compact(slices.Sorted(slices.Values(read)))
		if len(read) != 1 {
			panic(fmt.Sprintf("mvfilter reads %v", read))
		}
		return func(r splRow) any { return splFilter(r, read[0], args[0]) }
	case "mvmap": // "iterates over the values of a multivalue field, performs an operation using the <expression> on each value, and returns a multivalue field"
		// "multiplies each value in the results field by threshold, where threshold is a single-valued field": the
		// first field is the one that it iterates over
		if !slices.Contains(read[1:], read[0]) {
			panic(fmt.Sprintf("mvmap reads %v", read))
		}
		return func(r splRow) any {
			for _, other := range read {
				if _, several := r[other].([]string); several && other != read[0] {
					panic("mvmap with a second field of several values: " + other)
				}
			}
			return splMap(r, read[0], args[1])
		}
	case "searchmatch":
		matches := splSearch(args[0](nil).(string), world)
		return func(r splRow) any { return matches(r) }
	case "mvfind":
		return func(r splRow) any {
			expr := args[1](r).(string)
			at := slices.IndexFunc(splValues(args[0](r)), func(v string) bool { return splMatches(expr, v) })
			if at < 0 {
				return nil
			}
			return float64(at)
		}
	case "match":
		expr := args[1](nil).(string)
		return func(r splRow) any {
			if v := args[0](r); v != nil {
				return splMatches(expr, splText(v))
			}
			return nil
		}
	case "replace":
		expr, with := regexp.MustCompile(args[1](nil).(string)), args[2](nil).(string)
		return func(r splRow) any {
			if v := args[0](r); v != nil {
				if with == `\1` { // "a string formed by substituting": \1 is what the first group found
					return expr.ReplaceAllString(splText(v), "${1}")
				}
				return expr.ReplaceAllLiteralString(splText(v), with)
			}
			return nil
		}
	case "cidrmatch":
		block := netip.MustParsePrefix(args[0](nil).(string))
		return func(r splRow) any {
			if v := args[1](r); v != nil {
				return splWithin(block, splText(v))
			}
			return nil
		}
	case "relative_time":
		return func(r splRow) any { return splMoment(args[1](r).(string), splNumber(args[0](r))) }
	}
	return func(r splRow) any {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a(r)
		}
		return splFunction(name, values)
	}
}

// splFilter keeps the values of a field that a predicate holds for.
func splFilter(r splRow, name string, holds splExpr) any {
	all, there := r[name]
	if !there {
		return nil
	}
	defer func() { r[name] = all }()
	var kept []string
	for _, v := range splValues(all) {
		r[name] = v
		if truthOrFalse(holds(r)) {
			kept = append(kept, v)
		}
	}
	return splField(kept)
}

// splMap is what an expression makes of each value of a field.
func splMap(r splRow, name string, makes splExpr) any {
	all, there := r[name]
	if !there {
		return nil
	}
	defer func() { r[name] = all }()
	var made []string
	for _, v := range splValues(all) {
		r[name] = v
		if one := makes(r); one != nil {
			made = append(made, splText(one))
		}
	}
	return splField(made)
}

// splExpressions are expressions of PCRE, by their text, and the machine that runs them. Tests run side by side and
// take turns with it.
var splExpressions struct {
	sync.Mutex
	known   map[string]*backtrack.Program
	machine backtrack.Machine
}

// splMatches tells whether an expression is found in a text, as PCRE finds it: the engine's own way to run such
// expressions is held to PCRE's by TestExpressionsMeanWhatTheyMeanToPCRE.
func splMatches(expr, v string) bool {
	splExpressions.Lock()
	defer splExpressions.Unlock()
	program := splExpressions.known[expr]
	if program == nil {
		e, err := regex.Parse(expr, "")
		if err != nil {
			panic(fmt.Sprintf("%s: %v", expr, err))
		}
		program = backtrack.Compile(e)
		if splExpressions.known == nil {
			splExpressions.known = map[string]*backtrack.Program{}
		}
		splExpressions.known[expr] = program
	}
	found, known, _ := splExpressions.machine.Match(program, v, 10_000_000)
	if !known {
		panic("too many steps: " + expr)
	}
	return found
}

func truthOrFalse(v any) bool { return v != nil && truth(v) }

func splFunction(name string, a []any) any {
	switch name {
	case "isnull":
		return a[0] == nil
	case "isnotnull":
		return a[0] != nil
	case "coalesce":
		for _, v := range a {
			if v != nil {
				return v
			}
		}
		return nil
	case "mvappend":
		var all []string
		for _, v := range a {
			all = append(all, splValues(v)...)
		}
		return splField(all)
	}
	if a[0] == nil {
		return nil
	}
	switch name {
	case "lower":
		return strings.ToLower(splText(a[0]))
	case "upper":
		return strings.ToUpper(splText(a[0]))
	case "ltrim":
		return strings.TrimLeft(splText(a[0]), a[1].(string))
	case "rtrim": // "removes the characters in <trim_chars> from the right side"
		return strings.TrimRight(splText(a[0]), a[1].(string))
	case "strptime": // "takes a human readable time, represented by a string, and parses the time into a UNIX timestamp using the format you specify"
		if a[1] != "%Y-%m-%dT%H:%M:%S%z" {
			panic(fmt.Sprint("the format ", a[1]))
		}
		if a[0] == nil {
			return nil
		}
		at, err := time.Parse("2006-01-02T15:04:05-0700", splText(a[0]))
		if err != nil {
			return nil
		}
		return float64(at.Unix())
	case "len":
		return float64(len([]rune(splText(a[0]))))
	case "tonumber":
		n, err := strconv.ParseFloat(splText(a[0]), 64)
		if err != nil {
			return nil
		}
		return n
	case "round":
		scale := math.Pow(10, splNumber(a[1]))
		return math.Round(splNumber(a[0])*scale) / scale
	case "mvrange": // "<end> is excluded from the field"
		var numbers []string
		for n := splNumber(a[0]); n < splNumber(a[1]); n++ {
			numbers = append(numbers, splText(n))
		}
		return splField(numbers)
	case "json_extract":
		return splExtract(splText(a[0]), a[1:])
	case "json_array_to_mv":
		return splElements(a[0], a[1].(bool))
	case "ceiling":
		return math.Ceil(splNumber(a[0]))
	case "floor":
		return math.Floor(splNumber(a[0]))
	case "split":
		return splField(strings.Split(splText(a[0]), a[1].(string)))
	case "mvdedup":
		var once []string
		for _, v := range splValues(a[0]) {
			if !slices.Contains(once, v) {
				once = append(once, v)
			}
		}
		return splField(once)
	case "mvindex":
		if _, number := a[0].(float64); number {
			return a[0]
		}
		values, at := splValues(a[0]), int(splNumber(a[1]))
		if at < 0 { // "-1 is the last"
			at += len(values)
		}
		if at < 0 || at >= len(values) { // "out of range: returns NULL"
			return nil
		}
		return values[at]
	case "mvjoin": // "concatenates the values together delimited by the specified delimiter"
		return strings.Join(splValues(a[0]), a[1].(string))
	case "mvcount":
		return float64(len(splValues(a[0])))
	case "in":
		return slices.ContainsFunc(a[1:], func(v any) bool { return truthOrFalse(splCompare("=", a[0], v)) })
	case "substr": // from 1 on
		text, from := []rune(splText(a[0])), int(splNumber(a[1]))-1
		text = text[min(max(from, 0), len(text)):]
		if len(a) == 3 {
			text = text[:min(int(splNumber(a[2])), len(text))]
		}
		return string(text)
	}
	panic("function " + name)
}
