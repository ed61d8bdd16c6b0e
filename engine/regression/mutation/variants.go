package mutation

import (
	"fmt"
	"net/netip"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/regex"
)

// maxLevel is the farthest ancestor a rule may name.
const maxLevel = rules.MaxAncestor

// variant is a test that differs a little from another.
type variant struct {
	kind   string
	value  string // the value it is about, "" = all
	change string
	test   ir.Test
}

// wider and narrower operations, as authors mistake one for the other.
var otherOps = map[ir.TextOp][]ir.TextOp{
	ir.Equals:     {ir.StartsWith, ir.EndsWith},
	ir.StartsWith: {ir.Equals, ir.Contains},
	ir.EndsWith:   {ir.Equals, ir.Contains},
	ir.Contains:   {ir.StartsWith, ir.EndsWith},
	ir.Filename:   {ir.Equals, ir.EndsWith},
	ir.Word:       {ir.Equals, ir.Contains},
}

// placed is a variant with the place of the test that it changes.
type placed struct {
	variant
	at diag.Range
}

// placedVariants lists the small changes of a test that stands at a place. Those of what is asked of an array's
// elements stand below it.
func placedVariants(t ir.Test, at diag.Range) []placed {
	if t, array := t.(*ir.Elements); array {
		return elementsVariants(t, at)
	}
	var out []placed
	for _, v := range variants(t) {
		out = append(out, placed{v, at})
	}
	return out
}

// variants lists the small changes of a test of a single value.
func variants(t ir.Test) []variant {
	switch t := t.(type) {
	case *ir.Text:
		return textVariants(t)
	case *ir.Glob:
		return globVariants(t)
	case *ir.Regex:
		return regexVariants(t)
	case *ir.OfFilename:
		out := []variant{{"modifier", "", "of the whole path instead of its file name", t.Test}}
		for _, v := range variants(t.Test) {
			v.test = &ir.OfFilename{Test: v.test}
			out = append(out, v)
		}
		return out
	case *ir.Bits:
		return bitsVariants(t)
	case *ir.Number:
		return numberVariants(t.Op, t.Values, func(op string, values []float64) ir.Test { return &ir.Number{Op: op, Values: values} })
	case *ir.TimePart:
		return numberVariants(t.Op, t.Values, func(op string, values []float64) ir.Test {
			return &ir.TimePart{Part: t.Part, Op: op, Values: values}
		})
	case *ir.Bool:
		return []variant{{"value", "", fmt.Sprintf("%t instead of %t", !t.Value, t.Value), &ir.Bool{Value: !t.Value}}}
	case *ir.CIDR:
		return networkVariants(t)
	case *ir.FieldRef:
		var out []variant
		for _, op := range otherOps[t.Op] {
			out = append(out, variant{"modifier", "", fmt.Sprintf("%s instead of %s", op, t.Op), &ir.FieldRef{Op: op, Other: t.Other, Cased: t.Cased}})
		}
		return out
	case *ir.Null, *ir.Exists: // only their negation, which the tree makes
		return nil
	}
	panic("mutation: unknown test")
}

func textVariants(t *ir.Text) []variant {
	var out []variant
	for i, v := range t.Values {
		if len(t.Values) > 1 {
			values := slices.Delete(slices.Clone(t.Values), i, i+1)
			out = append(out, variant{"value", v, fmt.Sprintf("without %q", v), &ir.Text{Op: t.Op, Values: values, Cased: t.Cased}})
		} else {
			other := perturbed(v)
			out = append(out, variant{"value", v, fmt.Sprintf("%q instead of %q", other, v), &ir.Text{Op: t.Op, Values: []string{other}, Cased: t.Cased}})
		}
	}
	for _, op := range otherOps[t.Op] {
		out = append(out, variant{"modifier", "", fmt.Sprintf("%s instead of %s", op, t.Op), &ir.Text{Op: op, Values: t.Values, Cased: t.Cased}})
	}
	if slices.ContainsFunc(t.Values, hasCase) {
		change := "only in this case"
		if t.Cased {
			change = "in any case"
		}
		out = append(out, variant{"case", "", change, &ir.Text{Op: t.Op, Values: t.Values, Cased: !t.Cased}})
	}
	return out
}

// elementsVariants asks of other elements, of their opposite, and changes each test of a field.
func elementsVariants(t *ir.Elements, at diag.Range) []placed {
	var out []placed
	for _, other := range otherElements[t.Which] {
		out = append(out, placed{variant{"modifier", "", fmt.Sprintf("[%s] instead of [%s]", other, t.Which), &ir.Elements{Which: other, At: t.At, Body: t.Body}}, at})
	}
	ir.Inspect(t.Body, func(n ir.Node) bool {
		m, ok := n.(*ir.Match)
		if !ok {
			return true
		}
		for _, v := range placedVariants(m.Test, m.At) {
			v.change = m.Field.Name + ": " + v.change
			v.test = &ir.Elements{Which: t.Which, At: t.At, Body: ir.ReplaceIn(t.Body, n, &ir.Match{Base: m.Base, Field: m.Field, Test: v.test})}
			out = append(out, v)
		}
		return true
	})
	return out
}

// otherElements are the quantifiers that authors mistake for another.
var otherElements = map[rules.Quantifier][]rules.Quantifier{
	rules.AnyElement: {rules.EveryElement}, rules.EveryElement: {rules.AnyElement, rules.AllOrEmpty}, rules.NoElement: {rules.AllOrEmpty},
	rules.AllOrEmpty: {rules.EveryElement}, rules.ElementAt: {rules.AnyElement},
}

// bitsVariants clears each bit of a mask, and asks for the number itself.
func bitsVariants(t *ir.Bits) []variant {
	out := []variant{{"modifier", "", fmt.Sprintf("equals 0x%x instead of its bits", t.Mask), &ir.Number{Op: "eq", Values: []float64{float64(t.Mask)}}}}
	for bit := int64(1); bit > 0; bit <<= 1 {
		if rest := t.Mask &^ bit; rest != t.Mask && rest != 0 {
			out = append(out, variant{"value", "", fmt.Sprintf("without the bit 0x%x", bit), &ir.Bits{Mask: rest}})
		}
	}
	return out
}

func hasCase(s string) bool { return strings.ToLower(s) != strings.ToUpper(s) }

// perturbed is a text of the same kind that is not the text: its last letter is another.
func perturbed(s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return "-"
	}
	last := &runes[len(runes)-1]
	switch c := unicode.ToLower(*last); {
	case c == '9' || c == 'z':
		*last -= '\x01'
	case unicode.IsLetter(c) || unicode.IsDigit(c):
		*last++
	default:
		*last = '-'
		if c == '-' {
			*last = '_'
		}
	}
	return string(runes)
}

// globVariants takes each wildcard away, lets `?` be any text, and opens the ends.
func globVariants(t *ir.Glob) []variant {
	var out []variant
	add := func(kind, change string, parts []ir.GlobPart) {
		out = append(out, variant{kind, "", change, &ir.Glob{Parts: parts, Cased: t.Cased}})
	}
	for i, p := range t.Parts {
		if p.Wild == 0 || p.Wild == ir.AnyDash {
			continue
		}
		if rest := joined(slices.Delete(slices.Clone(t.Parts), i, i+1)); len(rest) > 0 {
			add("wildcard", fmt.Sprintf("without wildcard %d (%c)", i+1, p.Wild), rest)
		}
		if p.Wild == '?' {
			wide := slices.Clone(t.Parts)
			wide[i].Wild = '*'
			add("wildcard", fmt.Sprintf("wildcard %d is * instead of ?", i+1), wide)
		}
	}
	star := ir.GlobPart{Wild: '*'}
	if t.Parts[0].Wild != '*' {
		add("modifier", "also after other text", append([]ir.GlobPart{star}, t.Parts...))
	}
	if t.Parts[len(t.Parts)-1].Wild != '*' {
		add("modifier", "also before other text", append(slices.Clone(t.Parts), star))
	}
	add("case", map[bool]string{false: "only in this case", true: "in any case"}[t.Cased], slices.Clone(t.Parts))
	out[len(out)-1].test.(*ir.Glob).Cased = !t.Cased
	return out
}

// joined makes neighbouring literals one.
func joined(parts []ir.GlobPart) []ir.GlobPart {
	var out []ir.GlobPart
	for _, p := range parts {
		if last := len(out) - 1; p.Wild == 0 && last >= 0 && out[last].Wild == 0 {
			out[last].Literal += p.Literal
			continue
		}
		out = append(out, p)
	}
	return out
}

// regexVariants drops each alternative and each anchor, and turns the case flag.
func regexVariants(t *ir.Regex) []variant {
	flags := "i" + t.Flags
	if strings.Contains(t.Flags, "i") {
		flags = strings.Replace(t.Flags, "i", "", 1)
	}
	// no copy: what lowering read has the old flags
	turned := &ir.Regex{Expr: t.Expr, Flags: flags, Backtracking: t.Backtracking}
	out := []variant{{"case", "", fmt.Sprintf("flags %q instead of %q", flags, t.Flags), turned}}
	if t.Backtracking {
		return out
	}
	for i := 0; ; i++ {
		// parsed anew for each change, which is made in place
		re, err := syntax.Parse(t.Expr, syntax.Perl)
		if err != nil {
			return out
		}
		at := i
		change := edit(re, &at)
		if change == "" {
			return out
		}
		if _, err := regex.Parse(re.String(), t.Flags); err == nil {
			out = append(out, variant{"regex", "", change, &ir.Regex{Expr: re.String(), Flags: t.Flags}})
		}
	}
}

// edit makes the at-th change below an expression and says which; "" when there is none.
func edit(re *syntax.Regexp, at *int) string {
	switch re.Op {
	case syntax.OpAlternate:
		if *at < len(re.Sub) {
			gone := re.Sub[*at].String()
			re.Sub = slices.Delete(slices.Clone(re.Sub), *at, *at+1)
			return fmt.Sprintf("without the alternative %s", gone)
		}
		*at -= len(re.Sub)
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary:
		if *at == 0 {
			gone := re.String()
			*re = syntax.Regexp{Op: syntax.OpEmptyMatch}
			return fmt.Sprintf("without %s", gone)
		}
		*at--
	}
	for _, sub := range re.Sub {
		if change := edit(sub, at); change != "" {
			return change
		}
	}
	return ""
}

// strict and lax comparisons.
var otherBound = map[string]string{"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}

func numberVariants(op string, values []float64, build func(string, []float64) ir.Test) []variant {
	var out []variant
	if other, ok := otherBound[op]; ok {
		out = append(out, variant{"threshold", "", fmt.Sprintf("%s instead of %s", other, op), build(other, values)})
	}
	for i, v := range values {
		if len(values) > 1 {
			out = append(out, variant{"value", fmt.Sprint(v), fmt.Sprintf("without %v", v), build(op, slices.Delete(slices.Clone(values), i, i+1))})
			continue
		}
		other := v + 1
		if strings.HasPrefix(op, "lt") { // the narrower: the wider is the other comparison
			other = v - 1
		}
		out = append(out, variant{"threshold", fmt.Sprint(v), fmt.Sprintf("%v instead of %v", other, v), build(op, []float64{other})})
	}
	return out
}

// networkVariants drops each network, or makes it twice and half as large.
func networkVariants(t *ir.CIDR) []variant {
	var out []variant
	for i, p := range t.Prefixes {
		if len(t.Prefixes) > 1 {
			out = append(out, variant{"value", p.String(), "without " + p.String(), &ir.CIDR{Prefixes: slices.Delete(slices.Clone(t.Prefixes), i, i+1)}})
		}
		for _, bits := range []int{p.Bits() - 1, p.Bits() + 1} {
			if bits < 0 || bits > p.Addr().BitLen() {
				continue
			}
			others := slices.Clone(t.Prefixes)
			others[i] = netip.PrefixFrom(p.Addr(), bits).Masked()
			out = append(out, variant{"threshold", p.String(), fmt.Sprintf("%s instead of %s", others[i], p), &ir.CIDR{Prefixes: others}})
		}
	}
	return out
}
