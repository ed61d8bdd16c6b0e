package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestExpressionsMeanWhatPCREMeans states the verdict of each construct. Where one engine runs the expression, a
// look-ahead that changes nothing makes the other run it too.
func TestExpressionsMeanWhatPCREMeans(t *testing.T) {
	for _, c := range []struct {
		expr, text string
		want       bool
	}{
		{`[[:digit:]]z`, "run 5z", true}, {`[[:digit:]]z`, ":z", false}, {`[[:^digit:]]z`, "5z", false}, {`(?i)^[[:upper:]]$`, "a", true},
		{`\d`, "\u0663", false}, {`\w`, "é", false}, {`\W`, "é", true}, {`\bab\b`, "éabé", true}, {`\s`, "\u00a0", false}, {`a\sb`, "a\vb", true},
		{`\h`, "\u00a0", true}, {`^\H$`, "\t", false}, {`a\vb`, "a\u2028b", true}, {`a\Vb`, "a\nb", false}, {`a\Rb`, "a\r\nb", true}, {`^\N+$`, "a\nb", false},
		{`[a-z-[aeiou]]`, "b]", true}, {`^[a-z-[aeiou]]$`, "e]", true}, {`[a&&b]`, "&", true}, {`[\w-.]`, "-", true}, {`[]a]`, "]", true}, {`[^]a]`, "]", false},
		{`a$`, "a\n", true}, {`a$`, "a\n\n", false}, {`a\Z`, "a\n", true}, {`a\z`, "a\n", false}, {`a$b`, "a\nb", false}, {`(?m)a$`, "a\nb", true}, {`(?m)^$`, "a\n", false}, {`(?m)^b`, "a\nb", true}, {`\Ab`, "a\nb", false}, {`\Ga`, "ba", false},
		{`a.b`, "a\nb", false}, {`(?s)a.b`, "a\nb", true}, {`a\Kb`, "ab", true}, {`a{,2}`, "a{,2}", true}, {`a{,2}`, "aa", false}, {`a{1`, "a{1", true}, {`^a{2}$`, "aa", true},
		{`a++a`, "aaa", false}, {`(?>a+)a`, "aaa", false}, {`a+a`, "aaa", true}, {`(?U)^(a+)(a*)\2x`, "aaax", true},
		{`(a)\1`, "aa", true}, {`(?<n>a)\k<n>`, "aa", true}, {`(?P<n>a)(?P=n)`, "ab", false}, {`(?'n'a)\g{n}`, "aa", true}, {`(a)(b)\g{-1}`, "abb", true}, {`(?i)(a)\1`, "aA", true}, {`(a)?\1b`, "b", false},
		{`(?|(a)|(b))\1`, "bb", true}, {`^(a)?(?(1)b|c)$`, "ab", true}, {`^(a)?(?(1)b|c)$`, "c", true}, {`^(a)?(?(1)b|c)$`, "b", false}, {`^(?(?=a)ab|c)`, "ab", true},
		{`a(?#comment)b`, "ab", true}, {`(?x) a b # c`, "ab", true}, {`\Qa.b\E`, "a.b", true}, {`\Qa.b\E`, "axb", false}, {`a(?i)b|c`, "C", true}, {`(?:a(?i)b)c`, "aBC", false}, {`(?^i:a)`, "A", true},
		{`\x{e9}`, "é", true}, {`\xe9`, "é", true}, {`abc\u00e9x`, "abcéx", true}, {`\x`, "\x00", true}, {`\101`, "A", true}, {`\o{101}`, "A", true}, {`\cA`, "\x01", true}, {`\e`, "\x1b", true}, {`(a)\12`, "a\n", true}, {`[\b]`, "\b", true},
		{`\p{Lu}`, "É", true}, {`(?i)\p{Lu}`, "é", false}, {`\p{Greek}`, "α", true}, {`\P{L}`, "a", false}, {`\p{^L}`, "1", true}, {`\pN`, "\u0663", true},
		{`(?i)s`, "\u017f", true}, {`(?i)k`, "\u212a", true}, {`(?i)[\W]`, "s", false}, {`(?i)\w`, "\u017f", false}, {`(?i)[^\W]`, "\u212a", false}, {`(?i)é`, "É", true}, {`(?i)ß`, "ss", false}, {`(?i)i`, "\u0130", false},
		{`(?<!b)[[:digit:]]z`, "b5z", false}, {`(?<!b)[[:digit:]]z`, "5z", true}, {`(?<=a|bc)x`, "bcx", true}, {`a(?=b)c`, "ac", false}, {`a(?!b)`, "ab ac", true}, {`^(?!.*x).*$`, "abx", false},
	} {
		for _, expr := range []string{c.expr, c.expr + "|(?=(*F))x"} {
			assert.Equal(t, c.want, len(enginetest.IDs(t, engine.Options{}, []*ir.Rule{lowered.Rule(t, "detection:\n  a:\n    F|re: '"+strings.ReplaceAll(expr, "'", "''")+"'\n  condition: a\n")}, line(t, c.text))) == 1, "%q on %q", expr, c.text)
		}
	}
}

func line(t *testing.T, text string) string {
	b, err := json.Marshal(map[string]string{"EventRecordID": "1", "F": text})
	require.NoError(t, err)
	return string(b)
}

// TestARuleThatTakesTooManyStepsIsSuspended runs rules beside one whose expression cannot be decided, under a negation
// and without.
func TestARuleThatTakesTooManyStepsIsSuspended(t *testing.T) {
	long := strings.Repeat("a", 40) + "b"
	var lines []string
	for i := range 3000 {
		text := "plain"
		if i > 1500 {
			text = long
		}
		lines = append(lines, fmt.Sprintf(`{"EventRecordID":%d,"F":%q}`, i, text))
	}
	const hostile = "detection:\n  a: {F|re: '^(?=a)(a*)*\\1x$'}\n  b: {F|re: '(?<!b)a.*b$'}\n  condition: "
	rs := []*ir.Rule{lowered.Rule(t, hostile+"a\n"), lowered.Rule(t, hostile+"not a\n"), lowered.Rule(t, hostile+"not (b and a)\n"), lowered.Rule(t, hostile+"b\n")}
	for _, workers := range []int{1, 4} {
		matches := map[int][]string{}
		e, found := engine.New(rs, engine.Options{OnResult: func(r engine.Result) {
			for i, one := range rs {
				if r.Rule == one {
					matches[i] = append(matches[i], r.EventID)
				}
			}
		}})
		require.Empty(t, found)
		r, err := event.NewReader("events.ndjson", strings.NewReader(strings.Join(lines, "\n")), event.Options{})
		require.NoError(t, err)
		began := time.Now()
		require.NoError(t, e.Run(r, "events", workers, nil))
		_, stats, err := e.Finish()
		require.NoError(t, err)
		assert.Less(t, time.Since(began), 3*time.Minute)
		assert.Empty(t, matches[0])
		assert.Len(t, matches[1], 1501, "those before the event at which it was suspended, and none under not")
		assert.Len(t, matches[2], 1501)
		assert.Len(t, matches[3], 1499, "its own expression is decided")
		require.Len(t, stats.Suspended, 3)
		for _, s := range stats.Suspended {
			assert.Equal(t, "1501", s.EventID)
			assert.Equal(t, 1502, s.Line)
		}
	}
}

// TestWhatIsDearOnEachEventAddsUp suspends a rule that stays within what one event may take, but takes it of each.
func TestWhatIsDearOnEachEventAddsUp(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {F|re: '^(?=a)(a*)*\\1x$'}\n  condition: not a\n")
	text := line(t, strings.Repeat("a", 14)+"b")
	lines := make([]string, 20_000)
	for i := range lines {
		lines[i] = text
	}
	began := time.Now()
	results, stats := enginetest.Run(t, engine.Options{}, []*ir.Rule{r}, lines...)
	require.Len(t, stats.Suspended, 1)
	assert.Contains(t, stats.Suspended[0].Reason, "so far")
	assert.NotEmpty(t, results)
	assert.Less(t, len(results), len(lines))
	assert.Less(t, time.Since(began), 3*time.Minute)
}

// TestManyTimesAreRunWithABound runs expressions that RE2 would write out to thousands of parts.
func TestManyTimesAreRunWithABound(t *testing.T) {
	for expr, want := range map[string]int{`^(?:[a-z]{900}){3}$`: 1, `^(?:ab|aa){1350}$`: 1, `^.{2699}$`: 0, `a{2000,}a{700}$`: 1} {
		began := time.Now()
		results, stats := enginetest.Run(t, engine.Options{}, []*ir.Rule{lowered.Rule(t, "detection:\n  a: {F|re: '"+expr+"'}\n  condition: a\n")}, line(t, strings.Repeat("a", 2700)))
		assert.Len(t, results, want, expr)
		assert.Empty(t, stats.Suspended, expr)
		assert.Less(t, time.Since(began), time.Minute, expr)
	}
}

func TestExplainSaysWhatIsUnknown(t *testing.T) {
	x, found := engine.NewExplainer(lowered.Rule(t, "detection:\n  a: {F|re: '^(?=a)(a*)*\\1x$'}\n  condition: not a\n"), engine.Options{})
	require.Empty(t, found)
	require.NoError(t, x.Add(&event.Event{Raw: []byte(line(t, strings.Repeat("a", 40)+"b"))}, true))
	require.NoError(t, x.Add(&event.Event{Raw: []byte(line(t, "b"))}, true))
	out, _, err := x.Finish()
	require.NoError(t, err)
	assert.True(t, out[0].Unknown)
	assert.False(t, out[0].Matched)
	assert.True(t, out[0].Condition.Unknown)
	assert.False(t, out[0].Condition.Holds)
	assert.False(t, out[1].Matched)
	assert.Contains(t, out[1].Suspended, "was suspended at")
}
