package match

import (
	"strings"
	"time"

	"decree/rules/ir"
)

// compareText compares texts that are folded already, unless the test is cased.
func compareText(op ir.TextOp, v, want string) bool {
	switch op {
	case ir.Equals:
		return v == want
	case ir.StartsWith:
		return strings.HasPrefix(v, want)
	case ir.EndsWith:
		return strings.HasSuffix(v, want)
	case ir.Contains:
		return strings.Contains(v, want)
	case ir.Word:
		return ir.HasWord(v, want)
	case ir.Filename:
		return lastPart(v) == want
	}
	panic("match: unknown text operation")
}

// lastPart is what follows the last separator of a path.
func lastPart(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

func compareNumber(op string, n float64, values []float64) bool {
	for _, want := range values {
		switch op {
		case "eq":
			if n == want {
				return true
			}
		case "lt":
			if n < want {
				return true
			}
		case "lte":
			if n <= want {
				return true
			}
		case "gt":
			if n > want {
				return true
			}
		case "gte":
			if n >= want {
				return true
			}
		default:
			panic("match: unknown comparison " + op)
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
	case "weekday":
		return int(t.Weekday()+6)%7 + 1
	case "week":
		_, week := t.ISOWeek()
		return week
	case "month":
		return int(t.Month())
	case "year":
		return t.Year()
	}
	panic("match: unknown time part")
}
