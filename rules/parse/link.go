package parse

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// maxChain limits how many correlations may build on each other.
const maxChain = 20

// linker finds the rules that correlations and joins name.
type linker struct {
	rules        []*rules.Rule
	correlations []*rules.Correlation
	state        map[*rules.Correlation]linkState
	named        map[string][]rules.Input // rules, then correlations, by id and by name in lower case
	out          []*rules.Correlation
	found        diag.Diagnostics
}

type linkState int

const (
	linking linkState = iota + 1
	linked
	broken
)

// Link sets the inputs of correlations. It returns those whose inputs all exist, directly and indirectly. A correlation
// comes after the correlations it reads; otherwise the order given is kept. A name in the correlation's own file is
// preferred. An input that would lead back to its own correlation stays unset.
func Link(rs []*rules.Rule, cs []*rules.Correlation) ([]*rules.Correlation, diag.Diagnostics) {
	l := newLinker(rs, cs)
	for _, c := range cs {
		l.link(c, 0)
	}
	return l.out, l.found
}

// newLinker registers rules and correlations under their names.
func newLinker(rs []*rules.Rule, cs []*rules.Correlation) *linker {
	l := &linker{rules: rs, correlations: cs, state: map[*rules.Correlation]linkState{}, named: map[string][]rules.Input{}}
	for _, r := range rs {
		l.index(rules.Input{Rule: r})
	}
	for _, c := range cs {
		l.index(rules.Input{Correlation: c})
	}
	return l
}

// index registers a rule or correlation under its id and its name.
func (l *linker) index(in rules.Input) {
	body := in.Body()
	id, name := strings.ToLower(body.ID), strings.ToLower(body.Name)
	if id != "" {
		l.named[id] = append(l.named[id], in)
	}
	if name != "" && name != id {
		l.named[name] = append(l.named[name], in)
	}
}

// link tells whether a correlation and all its inputs are valid.
func (l *linker) link(c *rules.Correlation, above int) bool {
	if l.state[c] != 0 {
		return l.state[c] == linked
	}
	l.state[c] = linking
	whole := true
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if !l.resolve(c.Body.Range.File, in) {
			whole = false
			continue
		}
		if in.Correlation == nil {
			continue
		}
		switch {
		case l.state[in.Correlation] == linking:
			l.found.Errorf("correlation-cycle", in.Range, "remove one of the references", "%q reads itself through %q", c.Body.Title, in.Text)
			in.Correlation, whole = nil, false // so that whoever follows the inputs comes to an end
		case above >= maxChain:
			l.found.Errorf("correlation-chain", in.Range, "combine some of them", "more than %d correlations build on each other", maxChain)
			in.Correlation, whole = nil, false // a circle may be as long
		case !l.link(in.Correlation, above+1):
			whole = false
		}
	}
	if !l.aliases(c) || !whole {
		l.state[c] = broken
		return false
	}
	l.state[c] = linked
	l.out = append(l.out, c)
	return true
}

// resolve finds the one rule or correlation that a document of a file names.
func (l *linker) resolve(file string, in *rules.Input) bool {
	var here, elsewhere []rules.Input
	for _, candidate := range l.named[strings.ToLower(rules.CanonicalID(in.Text))] {
		body := candidate.Body()
		candidate.RuleReference = in.RuleReference
		switch {
		case !in.Names(body):
		case body.Range.File == file:
			here = append(here, candidate)
		default:
			elsewhere = append(elsewhere, candidate)
		}
	}
	if len(here) == 0 {
		here = elsewhere
	}
	switch {
	case len(here) == 1 && here[0].Rule != nil && here[0].Rule.OnlyWritten():
		l.found.Errorf("unknown-rule", in.Range, "add a `detection` to it", "%q has a query and no detection: a correlation cannot read it", in.Text)
		return false
	case len(here) == 0:
		l.found.Errorf("unknown-rule", in.Range, l.closestName(file, in.Text), "no loaded rule has the id or name %q", in.Text)
		return false
	case len(here) == 1:
		*in = here[0]
		return true
	}
	l.found.Errorf("ambiguous-rule", in.Range, "refer to it by its id", "%[2]d rules have the name %[1]q, such as %[3]s and %[4]s", in.Text, len(here), here[0].Body().Range, here[1].Body().Range)
	return false
}

// closestName is a hint with the closest name. If none is close, it is one at a rule without a name that the file may
// mean.
func (l *linker) closestName(file, text string) string {
	var names []string
	for _, r := range l.rules {
		names = append(names, r.Name)
	}
	for _, c := range l.correlations {
		names = append(names, c.Body.Name)
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s == "" })
	return diag.DidYouMean(text, names, l.nameless(file, text))
}

// nameless is a hint at a rule without a name that a file may mean by a text: one of the file, or of the file of this
// name.
func (l *linker) nameless(file, text string) string {
	for _, r := range l.rules {
		of := r.Range.File
		if r.Name != "" || rules.IsUUID(text) {
			continue
		}
		if of == file || strings.EqualFold(source.BaseName(of), text) {
			return fmt.Sprintf("%q in %s has no name: if it is meant, add `name: %s` to it", r.Title, of, text)
		}
	}
	return "check the spelling: no rule that is read has a name or id like it. It may be renamed, removed, or in a file that the command was not given"
}

// aliases checks that aliases name inputs of the correlation and are used. It is false if one names something else.
func (l *linker) aliases(c *rules.Correlation) bool {
	whole := true
	var names []string
	for _, in := range c.Inputs {
		names = append(names, in.Name())
	}
	for _, a := range c.Aliases {
		for _, of := range a.Of {
			if c.InputNamed(of.Input) < 0 {
				hint := diag.OneOf(of.Input, names)
				l.found.Errorf("unknown-rule", of.Range, hint, "the alias %s names %q, which is not a rule of this correlation", a.Name, of.Input)
				whole = false
			}
		}
		if !slices.ContainsFunc(slices.Concat(c.GroupBy, c.Fields), func(f rules.NamedField) bool { return f.Name == a.Name }) {
			l.found.Warnf("unused-alias", a.Range, "use it in group-by, or remove it", "nothing uses the alias %q", a.Name)
		}
	}
	return whole
}
