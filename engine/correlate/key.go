package correlate

import (
	"math"
	"strconv"
	"strings"

	"decree/engine/fold"
	"decree/rules"
	"decree/rules/ir"
)

// text reads a column of a member. ok is false if it has no value, or an empty one: what an event has nothing in groups
// it with no others, and is not counted.
func (v *Evaluation) text(c *Correlation, column ir.Column, m member) (text string, ok bool) {
	if in := c.inputs[m.input].correlation; in != nil {
		if at := in.grouped(c.IR.Source.FieldOf(column.Name, int(m.input))); at >= 0 {
			inner := v.of[in]
			return v.text(in, in.IR.GroupBy[at], inner.completing(inner.matches[m.match]))
		}
	}
	text, ok = v.matches.value(m.of, column.Fields[m.input])
	return text, ok && text != ""
}

// key joins a member's columns to one text; ok is false if it lacks one.
func (v *Evaluation) key(c *Correlation, columns []ir.Column, m member) (key string, ok bool) {
	texts := make([]string, 0, 4)
	for _, column := range columns {
		text, ok := v.text(c, column, m)
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return joinKey(texts), true
}

// entry reads what the condition needs of a member.
func (v *Evaluation) entry(c *Correlation, m member) entry {
	e := entry{member: m}
	switch kind := c.IR.Source.Type; {
	case !kind.OverValues():
		e.counts = true
	case kind == rules.ValueCount:
		var key string
		if key, e.counts = v.key(c, c.IR.Values, m); e.counts {
			e.tuple = v.number(key)
		}
	default:
		if text, ok := v.text(c, c.IR.Values[0], m); ok {
			number, err := strconv.ParseFloat(text, 64)
			e.number, e.counts = number, err == nil && !math.IsNaN(number) && !math.IsInf(number, 0)
		}
	}
	return e
}

func (v *Evaluation) number(key string) int32 {
	at, ok := v.values[key]
	if !ok {
		at = int32(len(v.values))
		v.values[key] = at
	}
	return at
}

// joinKey is one text for several values, the same where they are, ignoring case.
func joinKey(values []string) string {
	var b strings.Builder
	for _, v := range values {
		f := fold.Text(v)
		b.WriteString(strconv.Itoa(len(f)))
		b.WriteByte(':')
		b.WriteString(f)
	}
	return b.String()
}
