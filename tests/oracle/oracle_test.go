package oracle

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
	"decree/tests/fixture"
)

// TestOracle asks the oracle itself what the specification says.
func TestOracle(t *testing.T) {
	m, err := schema.Load("sigma")
	require.NoError(t, err)
	cases := []struct {
		detection, fields string
		want              bool
	}{
		{"s: {F: abc}\n  condition: s", `{"F":"ABC"}`, true},
		{"s: {F: abc}\n  condition: not s", `{}`, true},
		{"s: {F|contains|all: [a, b]}\n  condition: s", `{"F":"xbxa"}`, true},
		{"s: {F|contains|all: [a, b]}\n  condition: s", `{"F":"xa"}`, false},
		{"s: {F: 'a*c'}\n  condition: s", `{"F":"a\nc"}`, true},
		{"s: {F: 'a\\*c'}\n  condition: s", `{"F":"abc"}`, false},
		{"s: {F: 'a\\\\*'}\n  condition: s", `{"F":"a\\c"}`, true},
		{"s: {F: null}\n  condition: s", `{}`, true},
		{"s: {F: ''}\n  condition: s", `{"F":""}`, true},
		{"s: {F: 5}\n  condition: s", `{"F":"5"}`, true},
		{"s: {F|gte: 5}\n  condition: s", `{"F":6}`, true},
		{"s: {F|re: '^a.c$'}\n  condition: s", `{"F":"abc"}`, true},
		{"s: {F|re: 'a(?!b)'}\n  condition: s", `{"F":"ab"}`, false},
		{"s: {F|cidr: 10.0.0.0/8}\n  condition: s", `{"F":"10.1.2.3"}`, true},
		{"s: {F|base64offset|contains: http}\n  condition: s", `{"F":"YWh0dHA="}`, true},
		{"s: {F|windash|contains: ' -a '}\n  condition: s", `{"F":"x /a y"}`, true},
		{"s: [abc, def]\n  condition: s", `{"F":"xdefx"}`, true},
		{"a1: {F: x}\n  a2: {G: y}\n  condition: 1 of a*", `{"G":"y"}`, true},
		{"a1: {F: x}\n  a2: {G: y}\n  condition: all of them", `{"G":"y"}`, false},
		{"a: {F: x}\n  b: {G: y}\n  c: {H: z}\n  condition: a or b and not c", `{"G":"y","H":"z"}`, false},
		{"s: {F: 's*'}\n  condition: s", `{"F":"ſx"}`, false},
		{"s: {F: K}\n  condition: s", `{"F":"\u212a"}`, false},
		{"s: {F|contains: 'ſ'}\n  condition: s", `{"F":"s"}`, false},
		{"s: {F|endswith: 'äö'}\n  condition: s", `{"F":"xÄÖ"}`, true},
		{"s: {F|word: k}\n  condition: s", `{"F":"a-\u212a"}`, false},
		{"s: {F|cased: 'a?c'}\n  condition: s", `{"F":"aBC"}`, false},
	}
	arrays := len(cases)
	cases = append(cases, []struct {
		detection, fields string
		want              bool
	}{
		{"s: {'F[any]': {a: x, b: y}}\n  condition: s", `{"F":[{"a":"x"},{"a":"X","b":"y"}]}`, true},
		{"s: {'F[any]': {a: x, b: y}}\n  condition: s", `{"F":[{"a":"x"},{"b":"y"}]}`, false},
		{"s: {'F[all]': {a: x}}\n  condition: s", `{"F":[]}`, false},
		{"s: {'F[all_or_empty]': {a: x}}\n  condition: s", `{}`, true},
		{"s: {'F[none].a|contains': x}\n  condition: s", `{"F":[{"a":"yxy"}]}`, false},
		{"s: {'F[-1].a.b[any]|startswith': x}\n  condition: s", `{"F":[{},{"a":{"b":["y","xy"]}}]}`, true},
		{"s: {'F[any]': {p: {a: x}, q: {b: null}, condition: p and not q}}\n  condition: s", `{"F":[{"a":"x"},{"a":"x","b":1}]}`, true},
		{"s: {'F[any]': [{a: x}, {a: y}]}\n  condition: s", `{"F":[{"a":"y"}]}`, true},
	}...)
	for i, c := range cases {
		version := 2
		if i >= arrays {
			version = 3
		}
		r, err := Read([]byte("sigma-version: " + strconv.Itoa(version) + "\nlogsource: {product: windows}\ndetection:\n  " + c.detection + "\n"))
		require.NoError(t, err, c)
		fields, err := event.Decode([]byte(c.fields))
		require.NoError(t, err)
		got, err := r.Matches(m, event.Of(fields))
		require.NoError(t, err, c)
		assert.Equal(t, c.want, got, c)
	}
}

// both are the public rules as the engine and as the oracle read them.
func both(t *testing.T) (lowered []*ir.Rule, plain map[*ir.Rule]*Rule) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	plain = map[*ir.Rule]*Rule{}
	for _, f := range files {
		rs, _ := parse.RulesIn(folder, f)
		text, err := folder.Read(f)
		require.NoError(t, err)
		for _, r := range rs {
			l, found := ir.Lower(r)
			require.Empty(t, found)
			o, err := Read(text)
			require.NoError(t, err, f)
			lowered = append(lowered, l)
			plain[l] = o
		}
	}
	return lowered, plain
}

type pair struct {
	rule *ir.Rule
	line int
}

// TestEngineAgreesWithTheOracle compares, on real telemetry, a sample of pairs of a rule and an
// event that the engine says match, spread over the rules, and of pairs that it says do not.
func TestEngineAgreesWithTheOracle(t *testing.T) {
	path := fixture.Corpus(t, "events", "windows.ndjson.gz")
	size := 200
	if n := os.Getenv("DECREE_ORACLE_PAIRS"); n != "" {
		_, err := fmt.Sscan(n, &size)
		require.NoError(t, err)
	}
	m, err := schema.Load("windows")
	require.NoError(t, err)
	lowered, plain := both(t)
	var known []*ir.Rule
	for _, r := range lowered {
		if ls := r.Source.LogSource; len(m.Find(ls.Category, ls.Product, ls.Service)) > 0 {
			known = append(known, r)
		}
	}
	e, found := engine.New(known, engine.Options{Model: m})
	require.Empty(t, found)
	in, err := event.Open(path, event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(in, "events", 2, nil))
	require.NoError(t, in.Close())
	results, stats, err := e.Finish()
	require.NoError(t, err)
	require.Zero(t, stats.Dropped)

	r := rand.New(rand.NewPCG(11, 12))
	matched := map[pair]bool{}
	byRule := map[*ir.Rule][]int{}
	for _, res := range results {
		matched[pair{res.Rule, res.Event.Line}] = true
		byRule[res.Rule] = append(byRule[res.Rule], res.Event.Line)
	}
	var sample []pair
	for round := 0; len(sample) < min(size, len(results)); round++ {
		for _, rule := range known {
			if lines := byRule[rule]; round < len(lines) && len(sample) < size {
				at := round + r.IntN(len(lines)-round)
				lines[round], lines[at] = lines[at], lines[round]
				sample = append(sample, pair{rule, lines[round]})
			}
		}
	}
	positives := len(sample)
	for range size {
		sample = append(sample, pair{nil, 1 + r.IntN(stats.Events)}) // the rule is chosen when the event is known
	}
	byLine := map[int][]int{}
	for i, p := range sample {
		byLine[p.line] = append(byLine[p.line], i)
	}

	in, err = event.Open(path, event.Options{})
	require.NoError(t, err)
	negatives := 0
	for {
		raw, err := in.NextRaw()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if byLine[raw.Line] == nil {
			continue
		}
		fields, err := raw.Decode()
		require.NoError(t, err)
		ev := event.Of(fields)
		ev.Line = raw.Line
		for _, i := range byLine[raw.Line] {
			p := sample[i]
			if p.rule == nil {
				p.rule = other(r, known, plain, m, ev, matched)
				if p.rule == nil {
					continue
				}
				negatives++
			}
			got, err := plain[p.rule].Matches(m, ev)
			require.NoError(t, err, p.rule.Source.Title)
			assert.Equal(t, matched[p], got, "%s on line %d: %s", p.rule.Source.Range.File, p.line, strings.TrimSpace(string(raw.JSON())))
		}
	}
	require.NoError(t, in.Close())
	t.Logf("%d pairs that match, of %d rules; %d that do not", positives, len(byRule), negatives)
	require.Greater(t, negatives, size/2)
}

// other chooses a rule of the event's own log source that the engine says does not match.
func other(r *rand.Rand, known []*ir.Rule, plain map[*ir.Rule]*Rule, m *schema.Model, ev *event.Event, matched map[pair]bool) *ir.Rule {
	for _, i := range r.Perm(len(known)) {
		rule := known[i]
		if plain[rule].SourceOf(m, ev) != nil && !matched[pair{rule, ev.Line}] {
			return rule
		}
	}
	return nil
}

// TestOracleFindsEveryRecordedAttack has the oracle find each public recording at its rule too.
func TestOracleFindsEveryRecordedAttack(t *testing.T) {
	base := fixture.Corpus(t, "sigmahq", "regression_data")
	m, err := schema.Load("windows")
	require.NoError(t, err)
	_, plain := both(t)
	byID := map[string]*Rule{}
	for _, o := range plain {
		byID[o.ID] = o
	}
	files, err := filepath.Glob(filepath.Join(base, "rules", "windows", "*", "*", "*.json"))
	require.NoError(t, err)
	more, err := filepath.Glob(filepath.Join(base, "rules", "windows", "*", "*", "*", "*.json"))
	require.NoError(t, err)
	checked := 0
	for _, f := range slices.Concat(files, more) {
		o := byID[strings.TrimSuffix(filepath.Base(f), ".json")]
		if o == nil {
			continue
		}
		in, err := event.Open(f, event.Options{})
		require.NoError(t, err)
		found := false
		for {
			ev, err := in.Next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			got, err := o.Matches(m, ev)
			require.NoError(t, err)
			found = found || got
		}
		require.NoError(t, in.Close())
		assert.True(t, found, f)
		checked++
	}
	assert.Greater(t, checked, 80)
}
