package conformance

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
)

// at is an event of the Security channel, some seconds after the full hour, with fields written `Name=value`.
func at(seconds float64, fields ...string) splRow {
	e := splRow{"_time": 1700002800 + seconds, "source": "XmlWinEventLog:Security", "EventCode": "4625"}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		e[name] = value
	}
	return e
}

// splFinds runs a correlation named T and gives the ids of the rows it finds, in the order of time.
func splFinds(t *testing.T, text string, events ...splRow) []string {
	t.Helper()
	m := openModel(t, "splunk-windows")
	q, found := spl.New().(correlationCompiler).CompileCorrelation(splCorrelation(t, "title: T\n"+text), compilers.Options{Model: m})
	require.Empty(t, found)
	commands, err := checkSPL(q.Text)
	require.NoError(t, err)
	for _, c := range []string{"bin", "bucket", "transaction", "join", "append", "streamstats"} {
		assert.NotContains(t, commands, c)
	}
	var ids []string
	for _, row := range splRun(q.Text, events) {
		for name := range row {
			assert.NotContains(t, name, "decree_")
		}
		ids = append(ids, row["id"].(string))
	}
	slices.Reverse(ids)
	return ids
}

const splPair = "correlation: {type: event_count, rules: [a], group-by: U, timespan: 10m, condition: {gte: 2}}\n"

// TestSPLWindowsSlide: a pair that straddles a boundary of the clock still counts.
func TestSPLWindowsSlide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		events []splRow
		want   []string
	}{
		{"across the full hour", []splRow{at(-1, "id=1", "Kind=x", "U=u"), at(1, "id=2", "Kind=x", "U=u")}, []string{"2"}},
		{"exactly a timespan apart", []splRow{at(-300, "id=1", "Kind=x", "U=u"), at(300, "id=2", "Kind=x", "U=u")}, []string{"2"}},
		{"a moment more", []splRow{at(-300, "id=1", "Kind=x", "U=u"), at(300.25, "id=2", "Kind=x", "U=u")}, nil},
		{"at one time, both", []splRow{at(0, "id=2", "Kind=x", "U=u"), at(0, "id=1", "Kind=x", "U=U")}, []string{"1", "2"}},
		{"of two users", []splRow{at(0, "id=1", "Kind=x", "U=u"), at(1, "id=2", "Kind=x", "U=v")}, nil},
		{"of nobody", []splRow{at(0, "id=1", "Kind=x"), at(1, "id=2", "Kind=x")}, nil},
		{"each further one again", []splRow{at(0, "id=1", "Kind=x", "U=u"), at(599, "id=2", "Kind=x", "U=u"), at(1198, "id=3", "Kind=x", "U=u")}, []string{"2", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) { assert.ElementsMatch(t, c.want, splFinds(t, splPair, c.events...)) })
	}
}

// TestSPLRangesChainsAndTuples: ranges (gt and lte) and chains work, and several fields of value_count count distinct
// tuples.
func TestSPLRangesChainsAndTuples(t *testing.T) {
	t.Parallel()
	burst := func(times ...float64) (events []splRow) {
		for i, s := range times {
			events = append(events, at(s, "id="+string(rune('1'+i)), "Kind=x", "U=u"))
		}
		return events
	}
	tuples := func(pairs ...string) (events []splRow) {
		for i, p := range pairs {
			v, w, _ := strings.Cut(p, "|")
			e := at(float64(i), "id="+string(rune('1'+i)), "Kind=x", "V="+v, "W="+w)
			if w == "-" {
				delete(e, "W")
			}
			events = append(events, e)
		}
		return events
	}
	const chain = "correlation: {type: event_count, rules: [pair], group-by: U, timespan: 1h, condition: {gte: 2}}\n---\ntitle: D\nname: pair\n" + splPair
	const distinct = "correlation: {type: value_count, rules: [a], timespan: 1h, condition: {field: [V, W], gte: 2}}\n"
	for _, c := range []struct {
		name, text string
		events     []splRow
		want       []string
	}{
		{"a range leaves out what is below and above it", "correlation: {type: event_count, rules: [a], timespan: 10m, condition: {gt: 1, lte: 3}}\n", burst(0, 1, 2, 3, 4), []string{"2", "3"}},
		{"a chain counts the matches below it", chain, burst(0, 1, 2), []string{"3"}},
		{"and one match is not enough", chain, burst(0, 1), nil},
		{"the same tuple in another case is one", distinct, tuples("a|b", "A|B"), nil},
		{"one field alike, the other not", distinct, tuples("a|b", "a|c"), []string{"2"}},
		{"tuples that look alike when joined", distinct, tuples("a|bc", "ab|c"), []string{"2"}},
		{"tuples with a separator in them", distinct, tuples("1:a|b", "1|a:b"), []string{"2"}},
		{"a tuple without one of its fields does not count", distinct, tuples("a|b", "c|-"), nil},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, splFinds(t, c.text, c.events...)) })
	}
}

// TestSPLCorrelationsHoldHostileNames: what a rule names is refused or stays what it is.
func TestSPLCorrelationsHoldHostileNames(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	written := 0
	for _, name := range []string{"a b", "a|b", "a)b", "a(b", "a,b", "a=b", "it's", "`delete`", "[search x]", `a"b`, `a\b`, "a\nb", "a*", "```| delete", "where", "NOT", "_time", "decree_group", "a{}.b"} {
		for _, text := range []string{
			"type: event_count, rules: [a], group-by: [%s, U], timespan: 1h, condition: {gte: 2}",
			"type: value_count, rules: [a, c], group-by: [U], timespan: 1h, condition: {gte: 2, field: %s}",
			"type: temporal, rules: [a, c], group-by: [ip], aliases: {ip: {a: %s}}, timespan: 1h",
		} {
			text = strings.ReplaceAll(text, "%s", strconv.Quote(name))
			q, found := spl.New().(correlationCompiler).CompileCorrelation(splCorrelation(t, "title: T\ndescription: '```| delete'\ncorrelation: {"+text+"}\n"), compilers.Options{Model: m})
			if q == nil {
				require.Equal(t, "field-name", found[0].Code, name)
				continue
			}
			written++
			commands, err := checkSPL(q.Text)
			assert.NoError(t, err, q.Text)
			assert.NotContains(t, commands, "delete")
		}
	}
	assert.Greater(t, written, 20)
}

// TestSPLShowsHowMany: a match says what was counted.
func TestSPLShowsHowMany(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	for _, c := range []struct {
		condition, field string
		want             float64
	}{
		{"type: event_count, condition: {gte: 3}", "correlation_count", 3},
		{"type: value_count, condition: {field: U, gte: 2}", "correlation_count", 2},
		{"type: value_sum, condition: {field: N, gte: 7}", "correlation_value", 7.5},
		{"type: value_avg, condition: {field: N, gte: 2.5}", "correlation_value", 2.5},
	} {
		t.Run(c.condition, func(t *testing.T) {
			q, found := spl.New().(correlationCompiler).CompileCorrelation(splCorrelation(t, "title: T\ncorrelation: {rules: [a], timespan: 1h, "+c.condition+"}\n"), compilers.Options{Model: m})
			require.Empty(t, found)
			rows := splRun(q.Text, []splRow{at(1, "id=1", "Kind=x", "U=u", "N=1"), at(2, "id=2", "Kind=x", "U=u", "N=1.5"), at(3, "id=3", "Kind=x", "U=v", "N=5")})
			require.Len(t, rows, 1)
			assert.Equal(t, c.want, rows[0][c.field])
		})
	}
}
