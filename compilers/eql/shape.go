package eql

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
)

// shape is how Lucene finds a value inside of the text that it is taken out of: before it and after it, and the
// characters that it may have. There is one way at most to find it, or any way will do.
type shape struct {
	before, after string
	first         string // a class for its first character; "" is class
	class         string // a class of Lucene for each of its characters
	without       string // the characters that the class leaves out; "" if only lists what it takes
	only          string // the characters that the class takes; "" if without lists what it leaves out
	some          bool   // it has a character at least
	bracketed     bool   // it stands in brackets, which are part of the value
}

const (
	scheme   = `([A-Za-z][A-Za-z0-9+.\-]*:)?`
	userinfo = `([^/?\#]*\@)?`
	anyHost  = `(\[[^\]/?\#\@]*\]|[^:/?\#\@\[\]]*)`
)

// shapesOf gives the ways to find an extract's value; none if no expression does.
func shapesOf(spec *rules.Extract) []shape {
	switch spec.Op {
	case rules.ExtractArgv:
		if spec.Any || spec.At != 0 {
			return nil
		}
		return []shape{
			{before: `\"`, class: `[^\"]`, without: `"`, after: `(\".*)?`},
			{class: "[^ \t]", first: "[^\\\" \t]", without: " \t", after: "([ \t].*)?"},
		}
	case rules.ExtractSplit:
		sep := spec.Separator
		if len(sep) != 1 || sep[0] >= 0x80 || strings.ToLower(sep) != strings.ToUpper(sep) {
			return nil
		}
		one := literalRegex(sep, true)
		out := shape{class: "[^" + one + "]", without: sep}
		switch {
		case spec.Any:
			out.before, out.after = "(.*"+one+")?", "("+one+".*)?"
		case spec.At >= 0:
			out.before, out.after = strings.Repeat(out.class+"*"+one, spec.At), "("+one+".*)?"
		default:
			out.before, out.after = "(.*"+one+")?", strings.Repeat(one+out.class+"*", -spec.At-1)
		}
		return []shape{out}
	case rules.ExtractURLPart:
		switch spec.URLPart {
		case "host":
			after := `(:[0-9]*)?([/?\#].*)?`
			return []shape{
				{before: scheme + "//" + userinfo, class: `[^:/?\#\@\[\]]`, without: ":/?#@[]", after: after},
				{before: scheme + "//" + userinfo + `\[`, class: `[^\]/?\#\@]`, without: "]/?#@", after: `\]` + after, bracketed: true},
			}
		case "port":
			return []shape{{before: scheme + "//" + userinfo + anyHost + ":", class: "[0-9]", only: "0123456789", some: true, after: `([/?\#].*)?`}}
		case "query":
			return []shape{{before: `[^?\#]*\?`, class: `[^\#]`, without: "#", after: `(\#.*)?`}}
		}
		return nil
	}
	panic("eql: an extract the plan should have refused")
}

// takes tells whether a value of the shape may have all characters of a text.
func (s shape) takes(text string) bool {
	if s.only != "" {
		return strings.Trim(text, s.only) == ""
	}
	return !strings.ContainsAny(text, s.without)
}

var errShape = errors.New("only equals, startswith, endswith, contains, wildcards and exists can be asked of a part of a value")

// shaped writes a test of a value by its shapes.
func shaped(f string, shapes []shape, test ir.Test) (logic.Pred, error) {
	var either logic.Any
	find := func(s shape, body string) error {
		expr := s.before + body + s.after
		if len(expr) > maxRegex {
			return fmt.Errorf("the expression has %d characters; Elasticsearch allows %d", len(expr), maxRegex)
		}
		either = append(either, logic.Atom(f+" regex "+quote(expr)))
		return nil
	}
	for _, s := range shapes {
		var bodies []string
		asked, err := test, error(nil)
		if s.bracketed {
			asked, err = inBrackets(test)
		}
		if err != nil {
			return nil, err
		}
		switch t := asked.(type) {
		case *ir.Text:
			bodies, err = s.texts(t)
		case *ir.Glob:
			bodies, err = s.glob(t)
		case *ir.Exists, *ir.Null:
			bodies = []string{s.any()}
		default:
			err = errShape
		}
		if err != nil {
			return nil, err
		}
		for _, body := range bodies {
			if err := find(s, body); err != nil {
				return nil, err
			}
		}
	}
	if !ir.WhenMissing(test) {
		return either, nil
	}
	return logic.Not{Term: either}, nil
}

// inBrackets gives a test as it is asked of what stands in the brackets of a value.
func inBrackets(test ir.Test) (ir.Test, error) {
	t, ok := test.(*ir.Text)
	if !ok {
		if _, glob := test.(*ir.Glob); glob {
			return nil, errShape
		}
		return test, nil
	}
	out := &ir.Text{Op: t.Op, Cased: t.Cased}
	for _, v := range t.Values {
		inside, closed := strings.CutSuffix(strings.TrimPrefix(v, "["), "]")
		switch {
		case t.Op == ir.Equals && closed && strings.HasPrefix(v, "["):
			out.Values = append(out.Values, inside)
		case t.Op == ir.Equals:
		case strings.ContainsAny(v, "[]"):
			return nil, errShape
		case t.Op == ir.Contains:
			out.Values = append(out.Values, v)
		}
	}
	return out, nil
}

// any is any value of the shape.
func (s shape) any() string {
	switch {
	case s.some:
		return s.class + s.class + "*"
	case s.first != "":
		return "(" + s.first + s.class + "*)?"
	}
	return s.class + "*"
}

// texts gives expressions for the values that pass one of a test's.
func (s shape) texts(t *ir.Text) ([]string, error) {
	var out []string
	for _, v := range t.Values {
		if v == "" && s.first != "" {
			return nil, errShape // of an empty text there is no value at all
		}
		if v == "" && t.Op != ir.Equals {
			out = append(out, s.any())
			continue
		}
		if !s.takes(v) || v == "" && s.some {
			continue
		}
		parts := []ir.GlobPart{{Literal: v}}
		switch t.Op {
		case ir.Equals:
		case ir.StartsWith:
			parts = append(parts, ir.GlobPart{Wild: '*'})
		case ir.EndsWith:
			parts = slices.Insert(parts, 0, ir.GlobPart{Wild: '*'})
		case ir.Contains:
			parts = append(slices.Insert(parts, 0, ir.GlobPart{Wild: '*'}), ir.GlobPart{Wild: '*'})
		default:
			return nil, errShape
		}
		more, err := s.glob(&ir.Glob{Parts: parts, Cased: t.Cased})
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// glob gives an expression for the values that a pattern takes; none if no value has its letters.
func (s shape) glob(t *ir.Glob) ([]string, error) {
	body := ""
	for i, p := range t.Parts {
		first := i == 0 && s.first != ""
		switch {
		case p.Wild == '*' && first && len(t.Parts) > 1 && !strings.HasPrefix(t.Parts[1].Literal, `"`):
			body += "(" + s.first + s.class + "*)?"
		case p.Wild == '*' && first:
			body += s.first + s.class + "*"
		case p.Wild == '*':
			body += s.class + "*"
		case p.Wild == '?' && first:
			body += s.first
		case p.Wild == '?':
			body += s.class
		case p.Wild != 0:
			return nil, errShape
		case !s.takes(p.Literal) || first && strings.HasPrefix(p.Literal, `"`):
			return nil, nil
		default:
			body += literalRegex(p.Literal, t.Cased)
		}
	}
	return []string{body}, nil
}
