package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/source"
)

// maxIndex bounds the number of an argument or a part, far above what events have.
const maxIndex = 1_000

// extract reads the fields that the rule makes of others.
func (p *parser) extract(r *rules.Rule, section source.Entry) {
	for _, e := range p.Entries(section.Value, "extract") {
		if x := p.extracted(e); p.claim(e.Key) {
			r.Extracts = append(r.Extracts, x)
		}
	}
	p.checkCycles(r)
}

func (p *parser) extracted(block source.Entry) *rules.Extract {
	x := &rules.Extract{Name: block.Key.Value, Range: p.Span(block.Key)}
	if strings.ContainsAny(x.Name, "|[]{}") {
		p.Errorf("extract-name", x.Range, "use letters, digits and underscores", "no test can read an extract named %q: bars, brackets and braces have a meaning of their own", x.Name)
	}
	read := &extractReader{parser: p, to: x}
	for _, e := range p.Entries(block.Value, "an extract") {
		read.key(e)
	}
	if block.Value.Kind == yaml.MappingNode {
		read.whole()
	}
	return x
}

// extractReader reads one extract.
type extractReader struct {
	*parser
	to               *rules.Extract
	text, at         bool // what is written
	ops              []source.Entry
	defaults, places *yaml.Node
}

func (r *extractReader) key(e source.Entry) {
	x := r.to
	switch key := e.Key.Value; key {
	case "field":
		x.Field.Range = r.Span(e.Value)
		r.fieldName(&x.Field.Name, e.Value, key)
	case "text":
		r.text = true
		x.Text = r.template(e.Value, key)
	case "argv":
		r.op(e, rules.ExtractArgv)
		r.index(e)
	case "re":
		r.op(e, rules.ExtractRegex)
		x.Expr.Range = r.Span(e.Value)
		r.Text(&x.Expr.Name, e.Value, key)
	case "split":
		r.op(e, rules.ExtractSplit)
		r.Text(&x.Separator, e.Value, key)
		r.NoEmpty(e.Value, key)
	case "at":
		r.at, r.places = true, e.Key
		r.index(e)
	case "part":
		r.op(e, rules.ExtractURLPart)
		x.URLPart = r.Word("unknown-part", e.Value, rules.URLParts)
	case "map":
		r.op(e, rules.ExtractMap)
		r.rows(e.Value)
	case "default":
		x.Default, r.defaults = new(string), e.Key
		r.Text(x.Default, e.Value, key)
	case "trim", "trim_start", "trim_end":
		r.trim(e)
	case "lower", "upper":
		r.letters(e)
	default:
		r.UnknownKey(e.Key, "an extract", "field", "text", "argv", "re", "split", "at", "part", "map", "default", "trim", "trim_start", "trim_end", "lower", "upper")
	}
}

func (r *extractReader) op(e source.Entry, op rules.ExtractOp) {
	r.ops = append(r.ops, e)
	r.to.Op = op
}

// index reads the number of an argument or a part, or `any`.
func (r *extractReader) index(e source.Entry) {
	if e.Value.Kind == yaml.ScalarNode && e.Value.Value == "any" {
		r.to.Any = true
		return
	}
	r.to.At = r.Whole("invalid-index", e.Value, e.Key.Value, "write 0 for the first, -1 for the last, or any", -maxIndex, maxIndex)
}

func (r *extractReader) trim(e source.Entry) {
	var chars string
	r.Text(&chars, e.Value, e.Key.Value)
	r.NoEmpty(e.Value, e.Key.Value)
	for _, side := range []struct {
		to    *string
		other string
	}{{&r.to.TrimStart, "trim_end"}, {&r.to.TrimEnd, "trim_start"}} {
		if e.Key.Value == side.other {
			continue
		}
		if *side.to != "" {
			r.Errorf("extract-conflict", r.Span(e.Key), "keep one of them", "trim takes characters off both ends, so %s is given twice", e.Key.Value)
		}
		*side.to = chars
	}
}

func (r *extractReader) letters(e source.Entry) {
	on := false
	r.Bool(&on, e.Value, e.Key.Value)
	switch {
	case !on:
	case r.to.Case != "":
		r.Errorf("extract-conflict", r.Span(e.Key), "keep one of them", "lower and upper exclude each other")
	default:
		r.to.Case = e.Key.Value
	}
}

// rows reads the tests of a map, and what each gives.
func (r *extractReader) rows(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.Errorf("wrong-type", r.Span(n), "write `map: [{contains: x, to: y}]`", "map must be a list of tests")
		return
	}
	for _, row := range n.Content {
		r.row(row)
	}
	if len(n.Content) == 0 {
		r.Errorf("invalid-map", r.Span(n), "write `map: [{contains: x, to: y}]`", "the map has no rows")
	}
}

// row reads one test of a map, and the text that it gives.
func (r *extractReader) row(n *yaml.Node) {
	out := rules.MapRow{Range: r.Span(n)}
	tests, to := 0, false
	for _, e := range r.Entries(n, "a row of map") {
		if e.Key.Value == "to" {
			r.Text(&out.To, e.Value, "to")
			to = true
			continue
		}
		tests++
		modifiers := r.keyParts(e.Key)
		if modifiers[0].text == equals {
			modifiers = modifiers[1:]
		}
		out.When = r.test(e.Key, modifiers, e.Value)
	}
	if n.Kind == yaml.MappingNode && (tests != 1 || !to) {
		r.Errorf("invalid-map", out.Range, "write `{contains: x, to: y}`; the test is "+equals+" or modifiers, such as `startswith` or `re`", "a row of map has one test, and `to`")
		return
	}
	r.to.Map = append(r.to.Map, out)
}

// equals is the test of a map's row without a modifier.
const equals = "equals"

// whole checks what an extract has together.
func (r *extractReader) whole() {
	x := r.to
	for i := range x.Map {
		x.Map[i].When.Field = x.Field.Name
	}
	r.checkOrigin()
	if len(r.ops) > 1 {
		r.Errorf("extract-conflict", r.Span(r.ops[1].Key), "take one value out of the other in an extract of its own", "%s and %s exclude each other", r.ops[0].Key.Value, r.ops[1].Key.Value)
		return
	}
	switch {
	case x.Op == rules.ExtractSplit && !r.at:
		r.Errorf("invalid-index", r.Span(r.ops[0].Key), "add `at: 0`; -1 is the last, any is all of them", "split needs `at`")
	case x.Op != rules.ExtractSplit && r.at:
		r.Errorf("extract-conflict", r.Span(r.places), "write the number after argv, or add split", "at belongs to split")
	case x.Default != nil && x.Op != rules.ExtractMap:
		r.Errorf("extract-conflict", r.Span(r.defaults), "add map, or remove it", "default belongs to map")
	}
	if x.Field.Name != "" && len(r.ops) == 0 && x.TrimStart+x.TrimEnd+x.Case == "" && r.Errors() == 0 {
		r.Errorf("extract-empty", x.Range, "add argv, re, split, part, map, trim, lower or upper", "extract %q is the same as its field", x.Name)
	}
}

// checkOrigin checks what an extract is made of: a field, or a text that names fields.
func (r *extractReader) checkOrigin() {
	x := r.to
	switch {
	case r.text && x.Field.Name != "":
		r.Errorf("extract-conflict", x.Range, "keep one of them", "an extract is made either of a field or of a text")
	case !r.text && x.Field.Name == "":
		r.Errorf("extract-without-field", x.Range, "add `field: CommandLine`, or `text: '{Field}'`", "extract %q does not say what it is made of", x.Name)
	case r.text && len(x.Text.Fields()) == 0:
		r.Errorf("extract-without-field", x.Text.Range, "write a field in braces, such as `{User}`", "the text of extract %q has no field", x.Name)
	}
	if r.text && x.Op == rules.ExtractMap {
		r.Errorf("extract-conflict", r.Span(r.ops[0].Key), "give the text an extract of its own, and map that", "map needs a field")
	}
}

// checkCycles reports an extract that is made of itself, and drops what it is made of, so that nothing follows the
// cycle.
func (p *parser) checkCycles(r *rules.Rule) {
	for _, x := range r.Extracts {
		for _, f := range x.Reads() {
			if path := pathTo(r, f.Name, x.Name, nil); path != nil {
				p.Errorf("extract-cycle", f.Range, "remove one of the references", "extract %q is made of itself: %s", x.Name, strings.Join(append([]string{x.Name}, path...), " → "))
				break
			}
		}
	}
}

// pathTo is how one extract reads another, by way of others; nil if it does not.
func pathTo(r *rules.Rule, from, to string, above []string) []string {
	above = append(slices.Clone(above), from)
	if from == to {
		return above
	}
	x := r.ExtractNamed(from)
	if x == nil || slices.Contains(above[:len(above)-1], from) {
		return nil
	}
	for _, f := range x.Reads() {
		if path := pathTo(r, f.Name, to, above); path != nil {
			return path
		}
	}
	return nil
}
