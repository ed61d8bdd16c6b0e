package logic

import (
	"slices"
	"strings"
)

// Printed is a predicate in the target's syntax. It can only be the argument of a command or of a function. To join
// predicates with and, or and not, join them as Preds before printing.
type Printed struct{ text string }

// Stage writes it after a command, or alone if the command is "".
func (p Printed) Stage(command string) string {
	if command == "" {
		return p.text
	}
	return command + " " + p.text
}

// Call writes it as the first argument of a function.
func (p Printed) Call(function string, more ...string) string {
	return function + "(" + strings.Join(append([]string{p.text}, more...), ", ") + ")"
}

// CallLast writes it as the last argument of a function.
func (p Printed) CallLast(function string, before ...string) string {
	return function + "(" + strings.Join(append(before, p.text), ", ") + ")"
}

// Case is the value for the case that a predicate holds.
type Case struct {
	If   Printed
	Then string
}

// Choose calls a function that gives the value of the first case whose predicate holds.
func Choose(function string, cases []Case, otherwise string) string {
	var arguments []string
	for _, b := range cases {
		arguments = append(arguments, b.If.text, b.Then)
	}
	return function + "(" + strings.Join(append(arguments, otherwise), ", ") + ")"
}

// Print writes p with the fewest parentheses the syntax allows.
func (s Syntax) Print(p Pred) Printed {
	text, _ := s.print(p)
	return Printed{text}
}

// LineWidth is where long lists and disjunctions of a query are broken.
const LineWidth = 120

// Lines writes p. A disjunction that is longer than a line gets one line per term.
func (s Syntax) Lines(p Pred) Printed {
	text, _ := s.print(p)
	either, ok := onlyTerm(p).(Any)
	if !ok || len(text) <= LineWidth {
		return Printed{text}
	}
	return Printed{s.lines(either)}
}

func (s Syntax) lines(terms []Pred) string {
	return strings.Join(s.terms(terms, strengthOr), "\n    "+strings.TrimLeft(s.Or, " "))
}

// Section is a part of a conjunction between two comment lines.
type Section struct {
	Begin, End string
	Terms      All
}

// Conjunction writes one term per line. The terms of a section come last. Its comments are written even if it has no
// terms.
func (s Syntax) Conjunction(terms All, section *Section, indent string) Printed {
	if len(terms) == 0 {
		terms = All{Always}
	}
	line := "\n" + indent
	and := strings.TrimRight(s.And, " ") + line
	if section == nil {
		return Printed{strings.Join(s.terms(terms, strengthAnd), and)}
	}
	texts := s.terms(slices.Concat(terms, section.Terms), strengthAnd)
	text := strings.Join(texts[:len(terms)], and) + line + section.Begin
	for _, t := range texts[len(terms):] {
		text += line + strings.TrimLeft(s.And, " ") + t
	}
	return Printed{text + line + section.End}
}

// terms prints the terms of one connective, which binds with the given strength.
func (s Syntax) terms(terms []Pred, strength int) []string {
	if len(terms) == 1 {
		return []string{s.Print(terms[0]).text}
	}
	texts := make([]string, len(terms))
	for i, t := range terms {
		text, own := s.print(t)
		if own == strength { // the same connective, which needs no parentheses
			texts[i] = text
		} else {
			texts[i] = s.wrap(t, strength+1)
		}
	}
	return texts
}
