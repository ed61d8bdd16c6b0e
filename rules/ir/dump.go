package ir

import (
	"fmt"
	"strconv"
	"strings"

	"decree/rules"
)

// Dump writes a lowered rule as an indented tree, for golden files and for people. The same rule always gives the same
// text.
func Dump(r *Rule) string {
	var d dumper
	for _, l := range r.Lists {
		how := ""
		if len(l.Union) > 0 {
			how = " = " + strings.Join(l.Union, " + ")
		}
		d.line(0, "list %s: %d values%s", l.Name, len(l.Values), how)
	}
	for _, e := range r.Extracts {
		d.line(0, "extract %s: %s", e.Spec.Name, e.Spec.Describe())
	}
	d.node(r.Condition, 0)
	return d.String()
}

type dumper struct{ strings.Builder }

func (d *dumper) line(depth int, format string, args ...any) {
	d.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

func (d *dumper) node(n Node, depth int) {
	switch n := n.(type) {
	case *And:
		d.line(depth, "and")
	case *Or:
		d.line(depth, "or")
	case *Not:
		d.line(depth, "not")
	case *AtLeast:
		d.line(depth, "at least %d of", n.Count)
	case *Named:
		d.line(depth, "%s:", n.Name)
	case *Const:
		d.line(depth, "%t", n.Value)
	case *Match:
		if of, ok := n.Test.(*Elements); ok {
			d.line(depth, "%s %s", n.Field, of.Described())
			d.node(of.Body, depth+1)
			break
		}
		d.line(depth, "%s %s", n.Field, Describe(n.Test))
	case *Keyword:
		d.line(depth, "any value %s", Describe(n.Test))
	case *Prevalence:
		d.prevalence(n, depth)
	case *Join:
		d.line(depth, "%s", n.Describe())
	case *Occurred:
		d.line(depth, "input %d", n.Input)
	default:
		panic("ir: unknown node")
	}
	for _, c := range Children(n) {
		d.node(c, depth+1)
	}
}

func (d *dumper) prevalence(n *Prevalence, depth int) {
	s := n.Spec
	d.line(depth, "prevalence of %s", n.Describe())
	if n.Among == nil {
		d.line(depth+1, "among all events of the log source")
	} else if named, ok := n.Among.(*Named); ok {
		d.line(depth+1, "among %s", named.Name)
	} else {
		d.line(depth+1, "among")
		d.node(n.Among, depth+2)
	}
	if l := s.Local; l != nil {
		over := ""
		if l.Over > 0 {
			over = " in " + span(l.Over)
		}
		d.line(depth+1, "distinct %s%s%s", l.Distinct, over, bounds(l.Bounds))
		if l.Rarest > 0 {
			d.line(depth+1, "the %d rarest", l.Rarest)
		}
	}
	if len(s.Global) > 0 {
		d.line(depth+1, "global%s, %s when unknown", bounds(s.Global), number(s.GlobalElse))
	}
	for _, t := range s.Reputation {
		switch {
		case t.Flag != nil:
			d.line(depth+1, "%s %t", t.Part, *t.Flag)
		case t.Within > 0:
			d.line(depth+1, "%s within %s", t.Part, span(t.Within))
		case t.Is.Not:
			d.line(depth+1, "%s not in %s", t.Part, quoted(t.Is.Values))
		default:
			d.line(depth+1, "%s in %s", t.Part, quoted(t.Is.Values))
		}
	}
	d.line(depth+1, "a failed look-up: %s", s.Unavailable)
}

// String names the field as an author would: parent and grandparent by name.
func (f Field) String() string {
	switch f.Level {
	case 0:
		return f.Name
	case 1:
		return "parent's " + f.Name
	case 2:
		return "grandparent's " + f.Name
	}
	return fmt.Sprintf("ancestor %d's %s", f.Level, f.Name)
}

// Describe puts a test into words.
func Describe(t Test) string {
	switch t := t.(type) {
	case *Text:
		if t.List != "" {
			return fmt.Sprintf("%s %%%s%%%s", t.Op, t.List, cased(t.Cased))
		}
		return fmt.Sprintf("%s %s%s", t.Op, quoted(t.Values), cased(t.Cased))
	case *Glob:
		var b strings.Builder
		for _, p := range t.Parts {
			if p.Wild != 0 {
				b.WriteString(" " + string(p.Wild))
			} else {
				b.WriteString(" " + strconv.Quote(p.Literal))
			}
		}
		return "like" + b.String() + cased(t.Cased)
	case *Regex:
		text := "matches /" + t.Expr + "/" + t.Flags
		if t.Backtracking {
			text += " (backtracking)"
		}
		return text
	case *OfFilename:
		return "filename " + Describe(t.Test)
	case *Bits:
		return "has the bits " + t.text()
	case *Number:
		return t.Op + " " + numbers(t.Values)
	case *Bool:
		return fmt.Sprintf("is %t", t.Value)
	case *Null:
		return "is null"
	case *Exists:
		if t.Value {
			return "exists"
		}
		return "does not exist"
	case *CIDR:
		prefixes := make([]string, len(t.Prefixes))
		for i, p := range t.Prefixes {
			prefixes[i] = p.String()
		}
		return "in network " + strings.Join(prefixes, ", ")
	case *Elements:
		body := DescribeBody(t.Body, Describe)
		if !strings.HasPrefix(body, "(") {
			body = "(" + body + ")"
		}
		return t.Described() + " " + body
	case *FieldRef:
		return fmt.Sprintf("%s the field %s%s", t.Op, t.Other, cased(t.Cased))
	case *TimePart:
		return fmt.Sprintf("%s %s %s", t.Part, t.Op, numbers(t.Values))
	}
	panic("ir: unknown test")
}

// Described says in words of which elements the body must hold.
func (t *Elements) Described() string {
	switch t.Which {
	case rules.AnyElement:
		return "has an element with"
	case rules.EveryElement:
		return "has elements, each with"
	case rules.NoElement:
		return "has no element with"
	case rules.AllOrEmpty:
		return "has only elements with"
	}
	return fmt.Sprintf("has element %d with", t.At)
}

// DescribeBody puts what an element must satisfy into one line. test puts a test into words.
func DescribeBody(n Node, test func(Test) string) string {
	joined := func(by string, terms []Node) string {
		parts := make([]string, len(terms))
		for i, t := range terms {
			parts[i] = DescribeBody(t, test)
		}
		return "(" + strings.Join(parts, by) + ")"
	}
	switch n := n.(type) {
	case *And:
		return joined(" and ", n.Terms)
	case *Or:
		return joined(" or ", n.Terms)
	case *AtLeast:
		return fmt.Sprintf("at least %d of %s", n.Count, joined(", ", n.Terms))
	case *Not:
		return "not " + DescribeBody(n.Term, test)
	case *Const:
		return fmt.Sprint(n.Value)
	case *Match:
		return n.Field.String() + " " + test(n.Test)
	}
	panic("ir: unknown node in a test of elements")
}

func cased(yes bool) string {
	if yes {
		return ", in this case"
	}
	return ""
}

// shownValues limits how many values are written out.
const shownValues = 20

func quoted(values []string) string {
	var parts []string
	for i, v := range values {
		if i == shownValues {
			parts = append(parts, fmt.Sprintf("and %d more", len(values)-i))
			break
		}
		parts = append(parts, strconv.Quote(v))
	}
	return strings.Join(parts, ", ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func numbers(values []float64) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = number(v)
	}
	return strings.Join(parts, ", ")
}

func bounds(bs []rules.Bound) string {
	text := ""
	for _, b := range bs {
		text += " " + b.Op + " " + number(b.Value)
	}
	return text
}
