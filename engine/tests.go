package engine

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"decree/rules/ir"
)

// test asks a test of a field's value. A missing field fails every test but those about absence.
func test(t ir.Test, value any, present bool) bool {
	switch t := t.(type) {
	case *ir.Null:
		return !present
	case *ir.Exists:
		return present == t.Value
	}
	return present && anyElement(value, func(v any) bool { return scalar(t, text(v)) })
}

// scalar asks a test of one value, given as text.
func scalar(t ir.Test, v string) bool {
	switch t := t.(type) {
	case *ir.Text:
		for _, want := range t.Values {
			if compareText(t.Op, v, want, t.Cased) {
				return true
			}
		}
		return false
	case *ir.Glob:
		if !t.Cased {
			v = fold(v)
		}
		return glob(t.Parts, v, t.Cased)
	case *ir.Regex:
		return regex(t)(v)
	case *ir.Number:
		n, err := strconv.ParseFloat(v, 64)
		return err == nil && compareNumber(t.Op, n, t.Values)
	case *ir.Bool:
		b, err := strconv.ParseBool(strings.ToLower(v))
		return err == nil && b == t.Value && len(v) > 1
	case *ir.CIDR:
		a, err := netip.ParseAddr(v)
		if err != nil {
			return false
		}
		for _, p := range t.Prefixes {
			if p.Contains(a.Unmap()) || p.Contains(a) {
				return true
			}
		}
		return false
	case *ir.TimePart:
		at, ok := parseTime(v)
		return ok && compareNumber(t.Op, float64(timePart(t.Part, at)), t.Values)
	case *ir.Exists:
		return t.Value
	}
	panic("engine: unknown test")
}

// fold makes a text comparable without regard to case.
func fold(s string) string { return strings.ToLower(s) }

func compareText(op ir.TextOp, v, want string, cased bool) bool {
	if !cased {
		v, want = fold(v), fold(want)
	}
	switch op {
	case ir.Equals:
		return v == want
	case ir.StartsWith:
		return strings.HasPrefix(v, want)
	case ir.EndsWith:
		return strings.HasSuffix(v, want)
	case ir.Contains:
		return strings.Contains(v, want)
	case ir.Filename:
		return v[strings.LastIndexAny(v, `\/`)+1:] == want
	}
	panic("engine: unknown text operation")
}

func compareFields(ref *ir.FieldRef, value, other any) bool {
	return anyElement(value, func(a any) bool {
		return anyElement(other, func(b any) bool { return compareText(ref.Op, text(a), text(b), ref.Cased) })
	})
}

func compareNumber(op string, n float64, values []float64) bool {
	for _, want := range values {
		if map[string]bool{"eq": n == want, "lt": n < want, "lte": n <= want, "gt": n > want, "gte": n >= want}[op] {
			return true
		}
	}
	return false
}

func timePart(part string, t time.Time) int {
	switch part {
	case "minute":
		return t.Minute()
	case "hour":
		return t.Hour()
	case "day":
		return t.Day()
	case "week":
		_, week := t.ISOWeek()
		return week
	case "month":
		return int(t.Month())
	case "year":
		return t.Year()
	}
	panic("engine: unknown time part")
}

// glob matches the whole of v with at most one step back per wildcard: its cost is bounded by
// the product of the lengths.
func glob(parts []ir.GlobPart, v string, cased bool) bool {
	i, star, from := 0, -1, 0
	pos := 0
	for {
		if i < len(parts) {
			p := parts[i]
			lit := p.Literal
			if !cased {
				lit = fold(lit)
			}
			switch {
			case p.Wild == '*':
				star, from = i, pos
				i++
				continue
			case p.Wild == '?' && pos < len(v):
				_, size := utf8.DecodeRuneInString(v[pos:])
				pos += size
				i++
				continue
			case p.Wild == 0 && strings.HasPrefix(v[pos:], lit):
				pos += len(lit)
				i++
				continue
			}
		} else if pos == len(v) {
			return true
		}
		if star < 0 || from >= len(v) {
			return false
		}
		_, size := utf8.DecodeRuneInString(v[from:])
		from += size
		pos, i = from, star+1
	}
}

// backtrackLimit bounds one match of an expression that RE2 cannot run.
const backtrackLimit = 50 * time.Millisecond

// compiledRegexes are shared by all engines; an expression compiles once.
var compiledRegexes sync.Map

func regex(t *ir.Regex) func(string) bool {
	key := t.Flags + "/" + t.Expr
	if f, ok := compiledRegexes.Load(key); ok {
		return f.(func(string) bool)
	}
	var f func(string) bool
	if t.Backtracking {
		opt := regexp2.RegexOptions(0)
		for flag, o := range map[string]regexp2.RegexOptions{"i": regexp2.IgnoreCase, "m": regexp2.Multiline, "s": regexp2.Singleline} {
			if strings.Contains(t.Flags, flag) {
				opt |= o
			}
		}
		re := regexp2.MustCompile(t.Expr, opt) // Lower compiled it before
		re.MatchTimeout = backtrackLimit
		f = func(s string) bool {
			ok, err := re.MatchString(s)
			return err == nil && ok
		}
	} else {
		expr := t.Expr
		if t.Flags != "" {
			expr = "(?" + t.Flags + ")" + expr
		}
		f = regexp.MustCompile(expr).MatchString
	}
	compiledRegexes.Store(key, f)
	return f
}

// keyword asks a test of every value of the event.
func keyword(t ir.Test, v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case map[string]any:
		for _, inner := range v {
			if keyword(t, inner) {
				return true
			}
		}
		return false
	case []any:
		for _, inner := range v {
			if keyword(t, inner) {
				return true
			}
		}
		return false
	}
	return scalar(t, text(v))
}
