package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/oracle"
)

// drawing draws rules and events of few letters, so that they meet.
type drawing struct {
	*rand.Rand
	letters []string
	values  []string // of rules, which events are made of

	keywords bool // rules have some
}

var drawnLetters = [][]string{
	{"a"}, {"a", "B"}, {"a", "b", `\`, "/", ".", "-", " "}, {"@", "`", "[", "{", "\x00", " ", "A", "a"}, {"k", "K", "\u212a", "s", "S", "ſ"}, {"é", "É", "e", "ß", "ẞ", "Σ", "σ", "ς", "İ", "ı", "i"},
	{`\`, "cmd", ".exe", "Power", "shell", " -", "/", "e", "nc"}, {"ab", "bA", "aBa", "日", "😀"}, {"1", "2", "0", ".", "-", "x", "e"},
}

func (d *drawing) pick(from ...string) string { return from[d.IntN(len(from))] }

func (d *drawing) text(most int) string {
	var b strings.Builder
	for range d.IntN(most + 1) {
		b.WriteString(d.pick(d.letters...))
	}
	return b.String()
}

var drawnFields = []string{"F", "G", "H", "A.b", "Long Name", "Image"}

// wanted draws a value of a rule: text with wildcards and escapes here and there, a number or null.
func (d *drawing) wanted(wild bool) any {
	switch d.IntN(14) {
	case 0:
		return d.IntN(13)
	case 1:
		if wild {
			return nil
		}
	}
	text := d.text([]int{1, 2, 3, 4, 8, 9, 17, 40}[d.IntN(8)])
	if len(d.values) < 200 {
		d.values = append(d.values, text)
	}
	if wild && d.IntN(3) == 0 {
		at := len([]rune(text))
		if at > 0 {
			at = d.IntN(at)
		}
		text = string([]rune(text)[:at]) + d.pick("*", "?", `\*`, `\?`, `\\`, "**", "*?") + string([]rune(text)[at:])
	}
	return text
}

// item draws a test of a field.
func (d *drawing) item() (key string, value any) {
	key = d.pick(drawnFields...)
	list := func(wild bool) any {
		var all []any
		for range []int{1, 1, 2, 3, 20}[d.IntN(5)] {
			all = append(all, d.wanted(wild))
		}
		if len(all) == 1 {
			return all[0]
		}
		return all
	}
	switch d.IntN(12) {
	case 0:
		return key + "|exists", d.IntN(2) == 0
	case 1:
		return key + "|" + d.pick("lt", "lte", "gt", "gte"), d.IntN(20) - 3
	case 2:
		return key + "|re" + d.pick("", "|i"), d.pick(`^`, "", ".*", "(?:a|b)", "[^a]") + d.pick("a", "k", "s", "ab", "é", `\\`, "1") + d.pick("", "$", "+", ".", "{2}", "?a", `\b`, ".*b")
	case 3:
		return key + "|fieldref" + d.pick("", "|startswith", "|endswith", "|contains"), d.pick(drawnFields...)
	case 4:
		return key + "|filename", list(false)
	case 5:
		return key + "|word", d.pick("a", "cmd", "ab", "1", "k")
	case 6, 7:
		return key, list(true)
	}
	return key + "|" + d.pick("contains", "contains", "startswith", "endswith") + d.pick("", "", "", "|cased", "|all", "|windash"), list(true)
}

// rule draws a rule.
func (d *drawing) rule(number int) string {
	detection := map[string]any{}
	var names []string
	for i := range 1 + d.IntN(4) {
		name := fmt.Sprintf("s%d", i)
		names = append(names, name)
		group := func() map[string]any {
			items := map[string]any{}
			for range 1 + d.IntN(2) {
				key, value := d.item()
				items[key] = value
			}
			return items
		}
		switch some := d.IntN(8); {
		case some == 0:
			detection[name] = []any{group(), group()}
		case some == 1 && d.keywords:
			detection[name] = []any{d.text(4) + "a", "b" + d.text(9)}
		default:
			detection[name] = group()
		}
	}
	condition := ""
	for i, name := range names {
		if i > 0 {
			condition += d.pick(" and ", " or ", " and not ", " or not ")
		}
		condition += name
	}
	if d.IntN(4) == 0 {
		condition = d.pick("1 of s*", "all of s*", "not 1 of s*", "1 of them")
	}
	detection["condition"] = condition
	text, err := yaml.Marshal(map[string]any{"title": fmt.Sprint("T", number), "id": fmt.Sprintf("00000000-0000-4000-8000-%012d", number), "logsource": map[string]any{"product": "windows", "category": "process_creation"}, "detection": detection})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// event draws an event as text. Some of its values are those of the event before, perhaps a little longer or shorter.
func (d *drawing) event(before map[string]any) (map[string]any, string) {
	now := map[string]any{}
	value := func(old any) any {
		text := d.text([]int{0, 1, 3, 8, 9, 17, 60, 300}[d.IntN(8)])
		switch d.IntN(10) {
		case 0, 1:
			if old != nil {
				return old
			}
		case 2:
			if s, ok := old.(string); ok && len(s) > 0 {
				return strings.ToValidUTF8(s[:len(s)-1], "") + d.pick("", "", "a", "xy")
			}
		case 3:
			return json.Number(d.pick("1", "1.0", "12", "-0", "1e1", "0.5", "1E400"))
		case 4:
			return d.pick("0x1", "007", " 1", "1.0", "+1", "NaN", "1_0")
		case 5:
			return []any{nil, true, []any{}, map[string]any{}, []any{text, nil, 3}}[d.IntN(5)]
		}
		for range d.IntN(3) {
			if len(d.values) > 0 {
				some := d.values[d.IntN(len(d.values))]
				switch d.IntN(4) {
				case 0:
					text += some
				case 1:
					text = some + text
				case 2:
					text += some + d.text(9)
				case 3:
					text = some
				}
			}
		}
		if d.IntN(4) == 0 {
			text = strings.ToUpper(text)
		}
		return text
	}
	keys := []string{"F", "G", "H", "Long Name", "LongName", "Image", "other"}
	for _, key := range keys {
		if d.IntN(4) > 0 {
			now[key] = value(before[key])
		}
	}
	switch d.IntN(4) {
	case 0:
		now["A"] = map[string]any{"b": value(nil), "F": value(nil)}
	case 1:
		now["A.b"] = value(before["A.b"])
	case 2:
		now["A"] = []any{map[string]any{"b": value(nil)}, map[string]any{"b": value(nil), "c": 1}}
	}
	order := slices.Sorted(func(yield func(string) bool) {
		for key := range now {
			if !yield(key) {
				return
			}
		}
	})
	if d.IntN(4) == 0 {
		d.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	var b strings.Builder
	b.WriteString("{")
	for i, key := range order {
		if i > 0 {
			b.WriteString(d.pick(",", ",", " , "))
		}
		text, err := json.Marshal(now[key])
		if err != nil {
			panic(err)
		}
		name := `"` + key + `"`
		if d.IntN(20) == 0 {
			name = fmt.Sprintf(`"\u%04x%s"`, key[0], key[1:])
		}
		if !d.keywords && d.IntN(30) == 0 { // of duplicate keys the last counts, but keywords are looked for in each
			b.WriteString(name + `:"` + d.pick("a", "b", "cmd") + `",`)
		}
		b.WriteString(name + ":" + string(text))
	}
	b.WriteString("}")
	return now, b.String()
}

// matchesOf lists what rules match, by event.
func matchesOf(t *testing.T, rs []*ir.Rule, model *schema.Model, exhaustive bool, run func(e *engine.Engine)) (matches []string) {
	t.Helper()
	opt := engine.Exhaustively(exhaustive, engine.Options{Model: model, OnResult: func(r engine.Result) {
		matches = append(matches, fmt.Sprintf("%d %s", r.Order(), r.Rule.Source.Title))
	}})
	e, wrong := engine.New(rs, opt)
	require.False(t, wrong.HasErrors(), "%v", wrong)
	run(e)
	_, _, err := e.Finish()
	require.NoError(t, err)
	return matches
}

// TestStrangeRulesOnStrangeEvents holds what all rules find together to what every rule finds that is asked of every
// event, to the second evaluator, and to what several workers find in a file.
func TestStrangeRulesOnStrangeEvents(t *testing.T) {
	compared, matched := 0, 0
	model, err := schema.Load("sigma")
	require.NoError(t, err)
	for seed := range fixture.Times(uint64(3), 24) {
		d := &drawing{Rand: rand.New(rand.NewPCG(seed, 77))}
		d.letters = drawnLetters[d.IntN(len(drawnLetters))]
		d.keywords = d.IntN(2) == 0
		var rs []*ir.Rule
		var plain []*oracle.Rule
		var texts []string
		for i := range 60 {
			text := d.rule(i)
			parsed, wrong := parse.Rules("r.yml", []byte(text), nil)
			if wrong.HasErrors() || len(parsed) != 1 {
				continue
			}
			r, wrong := ir.Lower(parsed[0])
			if wrong.HasErrors() {
				continue
			}
			o, err := oracle.Read([]byte(text))
			require.NoError(t, err)
			rs, plain, texts = append(rs, r), append(plain, o), append(texts, text)
		}
		require.Greater(t, len(rs), 20)
		var lines []string
		fields := map[string]any{}
		for range 60 {
			var line string
			fields, line = d.event(fields)
			lines = append(lines, line)
		}
		add := func(e *engine.Engine) {
			for i, line := range lines {
				require.NoError(t, e.Add(&event.Event{Source: "x", Line: i + 1, Raw: []byte(line)}))
			}
		}
		together := matchesOf(t, rs, model, false, add)
		all := matchesOf(t, rs, model, true, add)
		require.Equal(t, all, together, "seed %d", seed)
		for _, workers := range []int{1, 3} {
			file := strings.Join(lines, d.pick("\n", "\r\n", "\n\n", " \n"))
			inFile := matchesOf(t, rs, model, false, func(e *engine.Engine) {
				r, err := event.NewReader("x.ndjson", strings.NewReader(file), event.Options{OnReject: func(r event.Reject) { t.Error(r) }})
				require.NoError(t, err)
				if err := e.Run(r, "x.ndjson", workers, nil); !errors.Is(err, io.EOF) {
					require.NoError(t, err)
				}
			})
			require.Equal(t, all, inFile, "seed %d, %d workers", seed, workers)
		}
		is := map[string]bool{}
		for _, m := range all {
			is[m] = true
		}
		for i, line := range lines {
			decoded, err := event.Decode([]byte(line))
			require.NoError(t, err)
			if _, listed := decoded["A"].([]any); listed || strings.Contains(line, ":[]") || strings.Contains(line, ":{}") {
				continue // the second evaluator reads no objects in lists, and has no values that are there without a text
			}
			for at, o := range plain {
				want, err := o.Matches(model, event.Of(decoded))
				if err != nil {
					continue // it does not know the modifier
				}
				compared++
				if want {
					matched++
				}
				require.Equal(t, want, is[fmt.Sprintf("%d %s", i, rs[at].Source.Title)], "seed %d: %s\n%s", seed, texts[at], line)
			}
		}
	}
	require.Greater(t, matched, 100)
	t.Log(compared, "comparisons,", matched, "match")
}
