package ir

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRewriteJoinsAlternatives(t *testing.T) {
	match := &Match{Field: Field{Name: "a"}, Test: &Null{}}
	or := &Or{Terms: []Node{match, match}}
	got := Rewrite(&Rule{Condition: &Or{Terms: []Node{match, &And{Terms: []Node{match, match}}}}}, func(*Match) Node { return or })
	assert.Len(t, got.Condition.(*Or).Terms, 3, "two of the test's, and the rule's own conjunction")
	assert.Len(t, got.Condition.(*Or).Terms[2].(*And).Terms, 2)
}

// TestRewriteKeepsTheShape rewrites every place a field test can stand, and one name stays one node.
func TestRewriteKeepsTheShape(t *testing.T) {
	match := &Match{Field: Field{Name: "a"}, Test: &Null{}}
	named := &Named{Name: "n", Body: match}
	rule := &Rule{Names: []*Named{named}, Filter: &Not{Term: match},
		Condition: &And{Terms: []Node{named, &Or{Terms: []Node{named, &Const{}}}, &AtLeast{Count: 2, Terms: []Node{match, match, named}},
			&Keyword{Test: &Text{Values: []string{"k"}}}, &Prevalence{Among: named}, &Prevalence{}}}}
	before := Dump(rule)
	seen := 0
	got := Rewrite(rule, func(m *Match) Node {
		seen++
		return &Match{Field: Field{Name: "b"}, Test: m.Test}
	})
	assert.Equal(t, 4, seen, "the name's one, two in AtLeast and the filter's")
	assert.Equal(t, before, Dump(rule), "what was given stays as it was")
	terms := got.Condition.(*And).Terms
	assert.Same(t, got.Names[0], terms[0])
	assert.Same(t, got.Names[0], terms[1].(*Or).Terms[0])
	assert.Same(t, got.Names[0], terms[2].(*AtLeast).Terms[2])
	assert.Same(t, got.Names[0], terms[4].(*Prevalence).Among)
	assert.Equal(t, "b", got.Names[0].Body.(*Match).Field.Name)
	assert.Equal(t, "b", got.Filter.(*Not).Term.(*Match).Field.Name)
}
