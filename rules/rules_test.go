package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

// TestConditionsAreWrittenAsTheyRead holds that a condition's text has the parentheses of its tree.
func TestConditionsAreWrittenAsTheyRead(t *testing.T) {
	a, b, c := NameExpr{Name: "a"}, NameExpr{Name: "b"}, NameExpr{Name: "c"}
	and := func(terms ...Expr) Expr { return AndExpr{Terms: terms} }
	or := func(terms ...Expr) Expr { return OrExpr{Terms: terms} }
	for _, test := range []struct {
		expr Expr
		want string
	}{
		{or(and(a, b), c), "a and b or c"},
		{and(or(a, b), c), "(a or b) and c"},
		{and(a, and(b, c)), "a and (b and c)"},
		{or(a, or(b, c)), "a or (b or c)"},
		{NotExpr{Term: a}, "not a"},
		{NotExpr{Term: NotExpr{Term: a}}, "not not a"},
		{NotExpr{Term: and(a, b)}, "not (a and b)"},
		{and(NotExpr{Term: or(a, b)}, c), "not (a or b) and c"},
		{OfExpr{All: true, Pattern: "them"}, "all of them"},
		{NotExpr{Term: OfExpr{Count: 2, Pattern: "x*"}}, "not 2 of x*"},
	} {
		assert.Equal(t, test.want, test.expr.String())
	}
}

func TestEachExpressionHasItsPlace(t *testing.T) {
	at := diag.Range{File: "f.yml", Start: diag.Position{Line: 3, Col: 7}}
	for _, e := range []Expr{AndExpr{Range: at}, OrExpr{Range: at}, NotExpr{Range: at}, NameExpr{Range: at}, OfExpr{Range: at}} {
		assert.Equal(t, at, e.ExprRange())
		e.expr()
	}
}

func TestBounds(t *testing.T) {
	for op, want := range map[string][3]bool{
		"eq": {false, true, false}, "neq": {true, false, true}, "lt": {true, false, false}, "lte": {true, true, false},
		"gt": {false, false, true}, "gte": {false, true, true},
	} {
		b := Bound{Op: op, Value: 5}
		assert.Equal(t, want, [3]bool{b.Holds(4), b.Holds(5), b.Holds(6)}, op)
	}
	assert.Panics(t, func() { Bound{Op: "between"}.Holds(1) })
	bounds := []Bound{{Op: "gte", Value: 2}, {Op: "lt", Value: 4}}
	assert.Equal(t, [3]bool{false, true, false}, [3]bool{Within(bounds, 1), Within(bounds, 3), Within(bounds, 4)})
	assert.True(t, Within(nil, 7))
}

func TestIDs(t *testing.T) {
	const id = "6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e11"
	for text, want := range map[string]string{
		id:                                       id,
		"{6F2A7A5E-52B3-4C0B-8D7E-0D9F5A1C2E11}": id,
		"urn:uuid:" + id:                         id,
		"6f2a7a5e52b34c0b8d7e0d9f5a1c2e11":       id,
		"my rule":                                "my rule",
		"6f2a7a5e-52b3-4c0b-8d7e":                "6f2a7a5e-52b3-4c0b-8d7e",
	} {
		assert.Equal(t, want, CanonicalID(text))
		assert.Equal(t, want == id, IsUUID(CanonicalID(text)), text)
	}
	assert.True(t, RuleReference{Text: "{" + id + "}"}.Names(&Rule{ID: id}))
	assert.True(t, RuleReference{Text: "a_name"}.Names(&Rule{Name: "a_name"}))
	assert.False(t, RuleReference{Text: "A_NAME"}.Names(&Rule{Name: "a_name"}))
	assert.False(t, RuleReference{}.Names(&Rule{}))
}

func TestSections(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Sections() {
		assert.False(t, seen[s.Name], "%s is there twice", s.Name)
		assert.NotZero(t, s.In, s.Name)
		assert.Equal(t, s.Required, s.Required&s.In, "%s is asked of documents that may not have it", s.Name)
		seen[s.Name] = true
	}
	assert.True(t, seen["title"] && seen["detection"] && seen["correlation"] && seen["filter"])
	Sections()[0].Name = "changed"
	assert.Equal(t, "title", Sections()[0].Name, "the table is a copy")
	assert.Equal(t, []string{"rule", "correlation", "filter"}, []string{DetectionRules.String(), CorrelationRules.String(), FilterRules.String()})
}

func TestModifierNames(t *testing.T) {
	names := ModifierNames()
	assert.IsNonDecreasing(t, names)
	for _, name := range names {
		assert.True(t, IsModifier(name))
	}
	assert.True(t, IsModifier("windash") && IsModifier("filename"))
	assert.False(t, IsModifier("endwith"))
}

func TestWhatARuleHolds(t *testing.T) {
	item := func(field string) Item { return Item{Field: field} }
	r := &Rule{
		Range: diag.Range{File: "f.yml"},
		Searches: []Search{
			{Name: "map", Body: AllOf{Items: []Item{item("A"), item("B")}}},
			{Name: "list", Body: AnyOf{[]Selection{AllOf{Items: []Item{item("C")}}, Keywords{item("")}}}},
		},
		Ancestry:   []Ancestry{{Name: "above", Levels: []AncestryLevel{{Body: AllOf{Items: []Item{item("D")}}}}}},
		Prevalence: []Prevalence{{Name: "rare"}},
		Keys:       []KeyRange{{Key: "tags", Index: -1, StartLine: 3}, {Key: "tags", Index: 1, StartLine: 5}},
	}
	var fields []string
	r.EachItem(func(it Item) { fields = append(fields, it.Field) })
	assert.Equal(t, []string{"A", "B", "C", "", "D"}, fields)
	block := Block{Searches: []Search{{Body: AllOf{Items: []Item{item("F")}}}}}
	r.Searches = append(r.Searches, Search{Name: "array", Body: AllOf{Elements: []Elements{{Field: "list", Body: AllOf{Items: []Item{item("E")}, Elements: []Elements{{Body: block}}}}}}})
	fields = nil
	r.EachItem(func(it Item) { fields = append(fields, it.Field) })
	assert.Equal(t, []string{"A", "B", "C", "", "D"}, fields)
	fields = nil
	r.EachItemWithElements(func(it Item) { fields = append(fields, it.Field) })
	assert.Equal(t, []string{"A", "B", "C", "", "E", "F", "D"}, fields)
	r.Searches = r.Searches[:len(r.Searches)-1]
	assert.Equal(t, []string{"map", "list", "above", "rare"}, r.Names())
	assert.Equal(t, "f.yml:3:0", r.Key("tags", -1).String())
	assert.Equal(t, "f.yml:5:0", r.Key("tags", 1).String())
	assert.Equal(t, "f.yml", r.Key("level", -1).String())
}

func TestWhatACorrelationReads(t *testing.T) {
	logon := Input{RuleReference{Text: "id-1"}, &Rule{ID: "id-1", Name: "logon"}, nil}
	many := Input{RuleReference{Text: "many"}, nil, &Correlation{Body: &Rule{Name: "many"}}}
	unlinked := Input{RuleReference: RuleReference{Text: "later"}}
	assert.Equal(t, []string{"logon", "many", "later"}, []string{logon.Name(), many.Name(), unlinked.Name()})
	assert.Nil(t, unlinked.Body())
	c := &Correlation{Inputs: []Input{logon, many}, Aliases: []Alias{{NamedField{Name: "who"}, []AliasField{{Input: "logon", Field: "TargetUserName"}}}}}
	assert.Equal(t, []int{0, 0, 1, -1}, []int{c.InputNamed("id-1"), c.InputNamed("logon"), c.InputNamed("many"), c.InputNamed("none")})
	assert.Equal(t, []string{"TargetUserName", "who", "User"}, []string{c.FieldOf("who", 0), c.FieldOf("who", 1), c.FieldOf("User", 0)})
	for kind, want := range map[CorrelationType][2]bool{EventCount: {false, false}, ValueMedian: {false, true}, Temporal: {true, false}, TemporalOrdered: {true, false}} {
		assert.Equal(t, want, [2]bool{kind.IsTemporal(), kind.OverValues()}, kind)
	}
}

func TestWhatAFilterCovers(t *testing.T) {
	r := &Rule{ID: "id-1", Name: "who", LogSource: LogSource{Product: "windows", Category: "process_creation"}}
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Filter{Body: &Rule{}, Any: true}, true},
		{Filter{Body: &Rule{LogSource: LogSource{Product: "Windows"}}, Any: true}, true},
		{Filter{Body: &Rule{LogSource: LogSource{Product: "linux"}}, Any: true}, false},
		{Filter{Body: &Rule{LogSource: LogSource{Service: "sysmon"}}, Any: true}, false},
		{Filter{Body: &Rule{}, Rules: []RuleReference{{Text: "other"}, {Text: "who"}}}, true},
		{Filter{Body: &Rule{}, Rules: []RuleReference{{Text: "other"}}}, false},
	} {
		assert.Equal(t, c.want, c.f.Covers(r))
	}
}

func TestSelectionsAreThree(t *testing.T) {
	for _, s := range []Selection{AllOf{}, AnyOf{}, Keywords{}} {
		s.selection()
	}
}
