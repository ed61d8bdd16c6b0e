package match

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/document"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// tests lowers the items of a detection, such as `F|contains: x`, to their matches.
func tests(t testing.TB, items ...string) []*ir.Match {
	t.Helper()
	var out []*ir.Match
	for _, item := range items {
		text := "title: T\nsigma-version: 3\nlogsource: {category: test}\ndetection:\n  a: {" + item + "}\n  condition: a\n"
		r := lowered.Rule(t, text)
		ir.Inspect(r.Condition, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				out = append(out, m)
			}
			return true
		})
	}
	return out
}

// every and none say which atoms make rules candidates.
func every(int) bool { return true }
func none(int) bool  { return false }

// matcherOf makes a matcher of tests, whose atoms have the numbers that are given. It is told which of them make rules
// candidates.
func matcherOf(t testing.TB, all []*ir.Match, candidates func(int) bool) (m *Matcher, d *document.Document, numbers []int) {
	t.Helper()
	model, err := schema.Load("sigma")
	require.NoError(t, err)
	l := document.NewLayout(model)
	atoms := NewAtoms(l)
	for _, is := range all {
		slot := l.Slot(schema.Column{Name: is.Field.Name})
		switch ref, isRef := is.Test.(*ir.FieldRef); {
		case is.Field.Level > 0:
			numbers = append(numbers, atoms.OfAncestor(is.Field, is.Test))
		case isRef:
			numbers = append(numbers, atoms.OfSlots(slot, l.Slot(schema.Column{Name: ref.Other.Name}), is.Test))
		default:
			numbers = append(numbers, atoms.OfSlot(slot, is.Test))
		}
	}
	l.Finish()
	atoms.Finish(candidates)
	d = document.New(l)
	ancestors := func(f ir.Field) ([]string, bool) {
		return []string{fmt.Sprintf("%s%d", f.Name, f.Level)}, f.Level == 1
	}
	return atoms.NewMatcher(d, ancestors), d, numbers
}

// TestHolds asks each kind of test of events that satisfy it and of events that do not, all of them by one matcher.
func TestHolds(t *testing.T) {
	long := strings.Repeat("lorem ipsum ", 10)
	cases := []heldCase{
		{`F: x`, []string{`{"F":"X"}`, `{"F":["y","x"]}`}, []string{`{"F":"xx"}`, `{}`, `{"F":null}`}},
		{`F|contains: [b, é]`, []string{`{"F":"aBc"}`, `{"F":"É"}`}, []string{`{"F":"c"}`}},
		{`F|startswith|cased: Ab`, []string{`{"F":"Abc"}`}, []string{`{"F":"abc"}`}},
		{`F|endswith: z`, []string{`{"F":"yZ"}`}, []string{`{"F":"zy"}`}},
		{`F|filename: a.exe`, []string{`{"F":"C:\\d\\A.exe"}`, `{"F":"d/a.exe"}`, `{"F":"a.exe"}`}, []string{`{"F":"C:\\ba.exe"}`}},
		{`F|filename|contains: net`, []string{`{"F":"C:\\d\\ANET1"}`, `{"F":"net"}`}, []string{`{"F":"net/a"}`, `{}`}},
		{`F|filename|contains|cased: net`, []string{`{"F":"d/anet1"}`}, []string{`{"F":"NET"}`, `{"F":"net/a"}`}},
		{`F|filename|startswith: net`, []string{`{"F":"d/Net1"}`}, []string{`{"F":"d/anet"}`, `{"F":"net/d"}`}},
		{`F|filename|re: 'needle$'`, []string{`{"F":"d/needle"}`}, []string{`{"F":"needle/d"}`, `{"F":"d/Needle"}`}},
		{`F|filename|re: '^(ab)\1needle'`, []string{`{"F":"d/ababneedle"}`}, []string{`{"F":"d/abneedle"}`, `{"F":"ababneedle/d"}`}},
		{`F|word: nét`, []string{`{"F":"a-NÉT"}`, `{"F":"nétnét nét"}`}, []string{`{"F":"néts"}`, `{"F":"anét"}`, `{"F":"énét"}`, `{}`}},
		{`F|word|cased: net`, []string{`{"F":"net net"}`}, []string{`{"F":"Net"}`}},
		{`F|word: '` + strings.TrimSpace(long) + `'`, []string{`{"F":"x ` + long + `y"}`}, []string{`{"F":"x` + long + `y"}`}},
		{`'F[any]': {a: x, b|gte: 5}`, []string{`{"F":[{"a":"y"},{"a":"X","b":"7"}]}`}, []string{`{"F":[{"a":"x"},{"b":5}]}`, `{"F":{"a":"x","b":5}}`, `{}`}},
		{`'F[all]': {a|exists: true}`, []string{`{"F":[{"a":1},{"a":[]}]}`}, []string{`{"F":[{"a":1},{}]}`, `{"F":[]}`}},
		{`'F[none]': {a: null}`, []string{`{"F":[{"a":1}]}`, `{"F":[]}`, `{}`}, []string{`{"F":[{"a":null}]}`, `{"F":[1]}`}},
		{`'F[all_or_empty]': {p: {a: x}, q: {b: y}, r: {c: z}, condition: 2 of them and not r}`, []string{`{"F":[{"a":"x","b":"y"}]}`, `{}`}, []string{`{"F":[{"a":"x","c":"z"}]}`, `{"F":[{"a":"x"}]}`}},
		{`'F[1].a.b': x`, []string{`{"F":[0,{"a":{"b":["y","x"]}}]}`}, []string{`{"F":[{"a":{"b":"x"}}]}`, `{"F":[0,{"a":{"b":{"c":"x"}}}]}`, `{"F":[0,1]}`}},
		{`'F[-2]|contains|cased': x`, []string{`{"F":["ax","b"]}`}, []string{`{"F":["aX","b"]}`, `{"F":["x"]}`}},
		{`'F[any].G[any]': [{a|re: '^x+$'}, {a|filename|re: 'y$'}, {a|filename|startswith: z}]`, []string{`{"F":[{},{"G":[{"a":"xx"}]}]}`, `{"F":[{"G":[{"a":"y/xy"}]}]}`, `{"F":[{"G":[{"a":"y/Z"}]}]}`}, []string{`{"F":[{"G":[{"a":"y/x"}]}]}`, `{"F":[{"G":{"a":"x"}}]}`, `{"F":[[{"a":"x"}]]}`}},
		{`F|bits: 6`, []string{`{"F":7}`, `{"F":"0xE"}`, `{"F":[1,"14"]}`, `{"F":-2}`}, []string{`{"F":5}`, `{"F":"x"}`, `{}`}},
		{`F|contains: '` + long + `'`, []string{`{"F":"x` + long + `y"}`}, []string{`{"F":"x` + long[1:] + `y"}`}},
		{`F: 'a*b?d'`, []string{`{"F":"axxbcD"}`, `{"F":"abéd"}`}, []string{`{"F":"abd"}`, `{"F":"axbcde"}`}},
		{`F|windash|contains: ' -v'`, []string{`{"F":"x /v"}`, `{"F":"x –v"}`}, []string{`{"F":"x v"}`}},
		{`F|re: '^a.c$'`, []string{`{"F":"abc"}`}, []string{`{"F":"Abc"}`, `{"F":"abcd"}`}},
		{`F|re: '(ab)\1needle'`, []string{`{"F":"ababneedle"}`}, []string{`{"F":"abneedle"}`, `{"F":"abab"}`}},
		{`F: 5`, []string{`{"F":5}`, `{"F":"5.0"}`}, []string{`{"F":6}`, `{"F":"x"}`}},
		{`F|gt: 5`, []string{`{"F":6}`}, []string{`{"F":5}`}}, {`F|gte: 5`, []string{`{"F":5}`}, []string{`{"F":4}`}},
		{`F|lt: 5`, []string{`{"F":"4"}`}, []string{`{"F":5}`}}, {`F|lte: 5`, []string{`{"F":5}`}, []string{`{"F":5.1}`}},
		{`F: [` + numbers(40) + `]`, []string{`{"F":39}`, `{"F":["x","7.0"]}`}, []string{`{"F":41}`, `{"F":"x"}`}},
		{`F|contains: [` + strings.Repeat("aaa, ", 9) + `many]`, []string{`{"F":"so MANY"}`, `{"F":["x","aaa"]}`}, []string{`{"F":"man"}`, `{}`}},
		{`F: true`, []string{`{"F":true}`, `{"F":"TRUE"}`}, []string{`{"F":false}`}},
		{`F|cidr: 10.0.0.0/8`, []string{`{"F":"10.1.2.3"}`, `{"F":"::ffff:10.1.2.3"}`}, []string{`{"F":"11.0.0.1"}`, `{"F":"x"}`}},
		{`F|cidr: 'fe80::/10'`, []string{`{"F":"fe80::1%4"}`}, []string{`{"F":"::1"}`}},
		{`F|hour: 5`, []string{`{"F":"2024-05-01T05:59:00Z"}`}, []string{`{"F":"2024-05-01T06:59:00Z"}`, `{"F":"five"}`}},
		{`F|minute: 59`, []string{`{"F":"2024-05-01T05:59:00Z"}`}, []string{`{"F":"2024-05-01T05:58:00Z"}`}},
		{`F|day: 1`, []string{`{"F":"2024-05-01"}`}, []string{`{"F":"2024-05-02"}`}}, {`F|week: 18`, []string{`{"F":"2024-05-01"}`}, []string{`{"F":"2024-05-12"}`}},
		{`F|month: 5`, []string{`{"F":"2024-05-01"}`}, []string{`{"F":"2024-06-01"}`}}, {`F|year: 2024`, []string{`{"F":"2024-05-01"}`}, []string{`{"F":"2023-05-01"}`}},
		{`F: null`, []string{`{}`, `{"F":null}`}, []string{`{"F":""}`}},
		{`F|exists: true`, []string{`{"F":""}`}, []string{`{}`}},
		{`F: ''`, []string{`{"F":""}`}, []string{`{"F":"x"}`, `{}`}},
		{`F|fieldref: G`, []string{`{"F":"a","G":"A"}`}, []string{`{"F":"a","G":"b"}`, `{"F":"a"}`}},
		{`F|fieldref|contains: G`, []string{`{"F":"xay","G":"A"}`}, []string{`{"F":"a","G":"ab"}`}},
		{`ParentImage: Image1`, []string{`{}`}, nil}, {`ParentImage: 'i*2'`, nil, []string{`{}`}}, {`ParentImage|contains|cased: mage`, []string{`{}`}, nil},
		{`ParentImage: null`, nil, []string{`{}`}}, {`ParentImage|exists: true`, []string{`{}`}, nil},
	}
	var items []string
	for _, c := range cases {
		items = append(items, c.item)
	}
	all := tests(t, items...)
	require.Len(t, all, len(items))
	for name, candidates := range map[string]func(int) bool{"every": every, "none": none} {
		t.Run(name, func(t *testing.T) {
			testHolds(t, cases, all, candidates)
		})
	}
}

// numbers lists the numbers up to n.
func numbers(n int) string {
	var all []string
	for i := range n {
		all = append(all, strconv.Itoa(i+1))
	}
	return strings.Join(all, ", ")
}

// heldCase is a test, and events of which it holds or does not.
type heldCase struct {
	item    string
	yes, no []string
}

func testHolds(t *testing.T, cases []heldCase, all []*ir.Match, candidates func(int) bool) {
	m, d, numbers := matcherOf(t, all, candidates)
	holds := func(event string, i int) bool {
		require.NoError(t, d.Load([]byte(event)), event)
		m.Next()
		m.Ask()
		return m.Holds(numbers[i])
	}
	for range 3 { // what is remembered changes nothing
		for i, c := range cases {
			for _, event := range c.yes {
				assert.True(t, holds(event, i), "%s on %s", c.item, event)
			}
			for _, event := range c.no {
				assert.False(t, holds(event, i), "%s on %s", c.item, event)
			}
		}
	}
}

// TestScanGivesWhatHolds compares what a pass over texts finds with what each atom says when it is asked.
func TestScanGivesWhatHolds(t *testing.T) {
	all := tests(t, `F: x`, `F|contains: needle`, `F|startswith: C:\Windows`, `F|endswith: .exe`, `F: [5, 7]`, `F|contains: é`)
	scanning, d, _ := matcherOf(t, all, every)
	for _, text := range []string{"x", "NEEDLE", `C:\Windows\System32\svchost.exe`, "5", "7.0", "É", strings.Repeat("pad ", 300) + "needle", strings.Repeat("pad ", 300) + "needles.exe", "none"} {
		require.NoError(t, d.Load(fmt.Appendf(nil, `{"F":%q}`, text)))
		scanning.Next()
		hits := slices.Clone(scanning.Scan(1))
		for i := range scanning.atoms.All() {
			assert.Equal(t, slices.Contains(hits, int32(i)), scanning.Holds(i), "%s on %q", scanning.atoms.Describe(i), text)
		}
		assert.Empty(t, scanning.Scan(1), "it was asked before")
	}
}

// TestAnExpressionIsTriedOnceForAllRules counts the steps of a hundred rules with one expression that backtracks.
func TestAnExpressionIsTriedOnceForAllRules(t *testing.T) {
	m, d, numbers := matcherOf(t, tests(t, `F|re: '^(?=a)(a*)*$'`), none)
	require.NoError(t, d.Load([]byte(`{"F":"`+strings.Repeat("a", 5000)+`b"}`)))
	m.Next()
	for range 100 {
		m.Ask()
		assert.False(t, m.Holds(numbers[0]))
		assert.True(t, m.Usage.Exceeded, "each rule is told what it took")
	}
	require.Len(t, m.took, 1)
	assert.Less(t, m.took[0].steps, 2*StepsPerEvent)
	assert.True(t, m.atoms.Backtracks(numbers[0]))
}

// TestTriggers holds what an index knows of atoms: what must hold for one, and what is common.
func TestTriggers(t *testing.T) {
	all := tests(t, `F|endswith: '\cmd.exe'`, `F|contains: unusual-text`, `F|re: 'a.*longer'`, `F|re: '.'`, `F: 5`, `F|gt: 5`, `F: 'ab*cd'`)
	m, _, numbers := matcherOf(t, all, every)
	a := m.atoms
	common, often, ok := a.Trigger(numbers[0])
	assert.True(t, ok && common == numbers[0])
	_, seldom, _ := a.Trigger(numbers[1])
	assert.Greater(t, often, seldom)
	needed, _, ok := a.Trigger(numbers[2])
	assert.True(t, ok)
	assert.Equal(t, `column F contains "longer"`, a.Describe(needed))
	for i, want := range map[int]bool{3: false, 4: true, 5: false, 6: true} {
		_, _, ok := a.Trigger(numbers[i])
		assert.Equal(t, want, ok, a.Describe(numbers[i]))
	}
	assert.Less(t, a.Cost(numbers[0]), a.Cost(numbers[5]))
	assert.Less(t, a.Cost(numbers[5]), a.Cost(numbers[2]))
}

// TestElementsThatHold gives the elements of which a test holds, and no others.
func TestElementsThatHold(t *testing.T) {
	m, d, atoms := matcherOf(t, tests(t, `'F[any]': {a: x}`, `'F[-1]': {a: x}`, `'F[none]': {a: y}`), none)
	require.NoError(t, d.Load([]byte(`{"F":[{"a":"X","b":[1]},{"a":"z"},{"a":"x"}]}`)))
	m.Next()
	for i, want := range [][]string{{`{"a":"X","b":[1]}`, `{"a":"x"}`}, {`{"a":"x"}`}, nil} {
		assert.True(t, m.Holds(atoms[i]))
		var got []string
		for _, h := range m.Holding(atoms[i]) {
			got = append(got, h.Text)
		}
		assert.Equal(t, want, got)
	}
}

// TestEmptyIsMissingInElements reads an empty text of an element as the model says: as missing, or as a text.
func TestEmptyIsMissingInElements(t *testing.T) {
	for item, want := range map[string][2]bool{ // where an empty text is one, and where it is missing
		"a: null": {false, true}, "a: ''": {true, true}, "a|exists: true": {true, false}, "b: ''": {false, true},
	} {
		of := tests(t, "'F[any]': {"+item+"}")[0].Test.(*ir.Elements)
		for i, emptyMissing := range []bool{false, true} {
			assert.Equal(t, want[i], elements(of, elementOf(of.Body), []any{map[string]any{"a": ""}}, emptyMissing), "%s %t", item, emptyMissing)
		}
	}
}
