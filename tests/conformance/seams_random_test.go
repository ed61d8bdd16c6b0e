package conformance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// seamAuthor writes rules in which the sections of the language meet correlations, over tables that hold a field in
// different ways: cases of seams, made up.
type seamAuthor struct {
	*rand.Rand
	suppress bool // the events are at different times: of alerts at one time, a query may suppress any
	now      bool // there is a time of a run
}

func (a seamAuthor) one(of ...string) string { return of[a.IntN(len(of))] }

// Fields of all sources, and those of all but one.
var (
	seamShared = []string{"U", "U", "L", "N", "user", "host", "Kind", "User"}
	seamFields = append([]string{"V", "W", "R", "B", "D", "P", "Ip", "Path", "Path2", "Either", "S", "sha1", "Other"}, seamShared...)
)

// sources are log sources, and the fields that all of them have.
func (a seamAuthor) sources() (text string, fields []string) {
	all := []string{"{product: windows, service: security}", "{product: windows, category: process_creation}", "{product: windows, category: network_connection}", "{product: windows, service: system}"}
	a.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	text = all[0]
	if a.IntN(3) == 0 {
		text = "[" + strings.Join(all[:2+a.IntN(2)], ", ") + "]"
	}
	if strings.Contains(text, "system") {
		return text, seamShared
	}
	return text, seamFields
}

// seamTests are tests of a field.
var seamTests = map[string][]string{
	"U": {"U: u", "U: É", "U|expand: '%l%'", "U|contains: v", "U|cased: U", "U: null", "U|exists: true", "U|re: '^[uv]$'"}, "L": {"L: 5", "L: '5'", "L|gte: 6", "L|expand: '%z%'", "L: null", "L|lt: 7"},
	"N": {"N: 5", "N: '05'", "N|lte: 5", "N|expand: '%z%'", "N: null"}, "user": {"user: ann", "user|endswith: nn"}, "host": {"host: h", "host: [h, g.corp]"}, "Kind": {"Kind: x", "Kind: [x, y]", "Kind|expand: '%l%'"},
	"User": {"User: ann", `User: corp\ann`, `User|contains: '\'`, "User|startswith: corp"}, "V": {"V: v", "V: ''", "V|fieldref: U", "V|expand: '%l%'"}, "W": {"W: k", "W|cased: K", "W: null"}, "R": {"R: 5", "R|gt: 1.5", "R: 2.0"},
	"B": {"B: true", "B: 'false'"}, "D": {"D: u", "D|all: [u, w]", "D|contains: w", "D: 5", "D: null", "D|expand: '%l%'"}, "P": {"P: u", "P: 5", "P: null"}, "Ip": {"Ip|cidr: 10.0.0.0/8", "Ip: 10.0.0.1"},
	"Path": {`Path: k\v`, "Path|endswith: v", "Path: null"}, "Path2": {`Path2|startswith: k\`, "Path2|contains: n"}, "Either": {"Either: u", "Either: null"}, "S": {"S: u", "S: [v, w]"}, "sha1": {"sha1: aa", "sha1: null"},
	"Other": {"Other: X", "Other|cased: X", "Other|fieldref: Kind"}, "X": {"X: u", "X|startswith: v", "X: null"},
}

func (a seamAuthor) item(fields []string) string { return a.one(seamTests[a.one(fields...)]...) }

func (a seamAuthor) seconds(least int) string { return fmt.Sprintf("%ds", least+a.IntN(6)) }

// by are some fields, no two the same.
func (a seamAuthor) by(fields []string) string {
	first, second := a.one(fields...), a.one(fields...)
	if first == second || a.IntN(3) > 0 {
		return "[" + first + "]"
	}
	return "[" + first + ", " + second + "]"
}

const seamLists = "lists: {l: {union: [k, m]}, k: [u, É, X], m: {except: [w], union: [v]}, v: [v, w], w: [W], z: [5, '7']}\n"

// conditionOn writes a section that asks for other events under a name.
func (a seamAuthor) conditionOn(other string, fields, theirs []string) string {
	switch {
	case other != "" && a.IntN(2) == 0:
		same := "[" + a.one(seamShared...) + "]"
		if a.IntN(2) == 0 {
			same = "{" + a.one(fields...) + ": " + a.one(theirs...) + "}"
		}
		count := a.one("", "", fmt.Sprintf(", count: {gte: %d}", 1+a.IntN(3)), ", count: {distinct: "+a.one(theirs...)+", gte: 2}", ", count: {eq: 1}")
		return "joins: {n: {rule: " + other + ", same: " + same + ", " + a.one("before: "+a.seconds(1), "after: "+a.seconds(1), "within: "+a.seconds(1)) + count + "}}\n"
	case a.IntN(2) == 0:
		return "first_seen: {n: {fields: " + a.by(fields) + ", over: " + a.seconds(2) + a.one("", ", among: s") + "}}\n"
	}
	return "prevalence: {n: {field: " + a.one(fields...) + a.one("", ", among: s") + ", local: {distinct: " + a.one("host", "user", a.one(fields...)) + ", " + a.one("lte: 1", "gte: 2", "lt: 3") + "}}}\n"
}

// rule writes a rule; other is one that it may join, with its fields.
func (a seamAuthor) rule(title, name, other string, theirs []string) (text string, fields []string) {
	logsource, fields := a.sources()
	text = "title: " + title + "\nname: " + name + "\nlogsource: " + logsource + "\n" + seamLists
	if title == "T" {
		text += a.schedule()
	}
	if a.IntN(3) == 0 {
		text += "extract: {X: " + strings.ReplaceAll(a.one("{field: F, lower: true}", "{field: F, split: ':', at: 0}", "{field: F, re: '(?i)([uvé])'}", "{field: F, map: [{startswith: u, to: U}], default: v}", "{text: '{F}{Kind}'}"), "F", a.one("U", "User", "N", "L")) + "}\n"
		fields = append([]string{"X", "X", "X"}, fields...)
	}
	condition := a.one("s", "s", "s or t", "s and not t", "not s", "s and not (t and u)", "1 of *")
	if title == "T" || a.IntN(12) == 0 {
		text += a.conditionOn(other, fields, theirs)
		condition = a.one("s and n", "s and not n", "n or t", "n and not t", "n")
	}
	if a.suppress && a.IntN(3) == 0 || title == "T" && a.suppress {
		text += "suppress: {by: " + a.by(fields) + ", for: " + a.seconds(1) + "}\n"
	}
	text += "detection: {"
	for _, name := range []string{"s", "t", "u"} {
		if !regexp.MustCompile(`\b`+name+`\b|\*`).MatchString(condition) && !strings.Contains(text, "among: "+name) {
			continue
		}
		text += name + ": " + a.one("{"+a.item(fields)+"}", "[{"+a.item(fields)+"}, {"+a.item(fields)+"}]", "{Kind: x}") + ", "
	}
	return text + "condition: " + condition + "}\n---\n", fields
}

func (a seamAuthor) schedule() string {
	if !a.now {
		return ""
	}
	return fmt.Sprintf("schedule: {every: 5s, lookback: %ds}\n", 5+a.IntN(8))
}

func (a seamAuthor) correlation(title, name string, inputs []string, fields map[string][]string) string {
	a.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
	inputs = inputs[:1+a.IntN(len(inputs))]
	var shared []string // by all inputs
	for _, f := range append([]string{"X"}, seamFields...) {
		if !slices.ContainsFunc(inputs, func(in string) bool { return !slices.Contains(fields[in], f) }) {
			shared = append(shared, f)
		}
	}
	group, aliases := a.by(shared), ""
	switch a.IntN(4) {
	case 0:
		group = ""
	case 1:
		var of []string
		for _, in := range inputs {
			of = append(of, in+": "+a.one(fields[in]...))
		}
		group, aliases = a.one("[k]", "[k, "+a.one(shared...)+"]"), ", aliases: {k: {"+strings.Join(of, ", ")+"}}"
	}
	bound := a.one("gte: 2", "gte: 2", "gte: 3", "eq: 2", "lt: 3", "neq: 2", "gt: 1, lte: 3")
	kind, condition := a.one("event_count", "event_count", "value_count", "value_sum", "value_max", "temporal", "temporal", "temporal_ordered", "temporal_ordered"), ""
	last := inputs[len(inputs)-1]
	switch kind {
	case "event_count":
		condition = "{" + bound + "}"
	case "value_count":
		condition = "{field: " + a.by(shared) + ", " + bound + "}"
	case "value_sum", "value_max":
		condition = "{field: " + a.one("L", "N") + ", " + a.one("gte: 10", "lt: 7", "eq: 5", "gt: 5") + "}"
	case "temporal":
		condition = a.one("", inputs[0], inputs[0]+" and not "+last, inputs[0]+" or not "+last, "{"+bound+"}")
	}
	if condition != "" {
		condition = ", condition: " + condition
	}
	if group != "" {
		group = ", group-by: " + group
		fields[name] = shared
	}
	suppress := ""
	if a.suppress && title == "T" && a.IntN(2) == 0 {
		suppress = "suppress: {by: " + strings.TrimPrefix(group, ", group-by: ") + ", for: " + a.seconds(1) + "}\n"
		if group == "" {
			suppress = "suppress: {for: " + a.seconds(1) + "}\n"
		}
	}
	if len(fields[name]) == 0 {
		fields[name] = []string{"U"}
	}
	return "title: " + title + "\nname: " + name + "\n" + a.schedule() + suppress + "correlation: {type: " + kind + ", rules: [" + strings.Join(inputs, ", ") + "], timespan: " + a.one("1s", "2s", "5s", "10s") + group + aliases + condition + a.one("", ", generate: true") + "}\n"
}

func (a seamAuthor) filter(i int) string {
	sources, fields := a.sources()
	if sources[0] == '[' || a.IntN(3) == 0 {
		sources, fields = "{product: windows}", seamShared
	}
	return fmt.Sprintf("title: F%d\nlogsource: %s\n%sfilter: {rules: %s, f: {%s}, g: {%s}, condition: %s}\n", i, sources, seamLists, a.one("any", "[a]", "[a, t]", "[b, c]"), a.item(fields), a.item(fields),
		a.one("not (f and g)", "not 1 of *", "not f and not g"))
}

// write writes a case's rules and filters. nil: the reader refuses them.
func (a seamAuthor) write(t *testing.T, name string) *seam {
	fields := map[string][]string{}
	var text strings.Builder
	add := func(title, name, other string, theirs []string) {
		one, of := a.rule(title, name, other, theirs)
		text.WriteString(one)
		fields[name] = of
	}
	add("R a", "a", "", nil)
	add("R b", "b", "a", fields["a"])
	switch a.IntN(4) {
	case 0:
		add("T", "t", a.one("a", "b"), seamShared)
	case 1:
		text.WriteString(a.correlation("D", "d", []string{"a", "b"}, fields) + "---\n" + a.correlation("T", "t", []string{"d", a.one("a", "b")}, fields))
	default:
		add("R c", "c", a.one("", "a"), fields["a"])
		text.WriteString(a.correlation("T", "t", []string{"a", "b", "c"}, fields))
	}
	var filters []string
	for i := range a.IntN(3) {
		filters = append(filters, a.filter(i))
	}
	rules, laid := strings.TrimSuffix(text.String(), "---\n"), strings.Join(filters, "---\n")
	s := &seam{name: name, text: "-- rule.yml --\n" + rules + "-- filters.yml --\n" + laid}
	if found := s.read(t, rules, laid); found.HasErrors() {
		return nil
	}
	return s
}

// events are few values at near times.
func (a seamAuthor) events() (all []map[string]any) {
	slots := a.Perm(80)[:36]
	pick := func(of ...any) any { return of[a.IntN(len(of))] }
	for i := range slots {
		if !a.suppress {
			slots[i] = a.IntN(60)
		}
		e := map[string]any{"id": fmt.Sprint(i), "t": float64(slots[i]) / 4, "is": pick("security", "security", "process", "network", "system", "system"), "Kind": pick("x", "x", "x", "X", "y", "", nil)}
		values := map[string]any{"U": pick("u", "U", "v", "é", "É", "w", "", nil), "V": pick("v", "V", "u", "n", "", nil), "W": pick("k", "K", "u", "", nil), "Other": pick("X", "x", "y", nil), "L": pick(5, 5, 7, 0, nil),
			"N": pick("5", "5.0", "05", "7", "x", "", nil), "R": pick(5, 5.0, 1.5, 2.0, nil), "B": pick(true, false, nil), "D": pick([]any{"u", "w"}, []any{"U"}, []any{"w", "u"}, []any{"", "u"}, []any{}, "u", 5, nil),
			"Bag": pick(map[string]any{"p": "u"}, map[string]any{"p": "U"}, map[string]any{"p": 5}, map[string]any{}, nil), "Ip": pick("10.0.0.1", "10.0.0.1", "11.0.0.1", "fe80::1", "", nil),
			"Account": pick("ann", "ANN", "bob", "", nil), "Domain": pick("corp", "CORP", "", nil), "SA": pick("u", "v", "n", "", nil), "SB": pick("u", "w", "k", "", nil), "Host": pick("h", "H", "g.corp", "", nil),
			"HostName": pick("h", "g.corp", nil), "Hashes": pick("SHA1=AA,MD5=1", "SHA1=aa", "MD5=2", "", nil)}
		if e["is"] == "system" {
			values = map[string]any{"Uu": values["U"], "L": pick("5", "5", "07", "7", "5.0", "x", "", nil), "N": pick(5, 7, nil), "Machine": pick("h", "H", "g.corp", nil), "Who": pick("ann", `corp\ann`, `CORP\Ann`, "bob", "", nil)}
		}
		for name, v := range values {
			if v != nil || a.IntN(2) == 0 {
				e[name] = v
			}
		}
		all = append(all, e)
	}
	return all
}

// randomSeams are rounds of cases whose events are the same, and what came of them.
type randomSeams struct {
	splunk  *schema.Model
	kusto   string
	tables  Tables
	rows    map[string][]doc         // by table
	asked   map[string][]askedOfSeam // by the time of the run
	refused map[string]int
	queries int // that ran, with their matches
	matches int
}

// askedOfSeam is a query of Kusto, and what the engine finds.
type askedOfSeam struct {
	*seam
	query *compilers.Query
	want  []string
}

// differs tells whether a query says that it finds other events.
func differs(q *compilers.Query) bool {
	return slices.ContainsFunc(q.Notes, func(n compilers.Note) bool { return n.Code == "suppress-by-product" || n.Code == "property-list" })
}

// round makes up events and rules; in every other round no two events are at one time, in half of them a run looks
// back. Its first queries are to be run by Kusto, which takes long; all are run as SPL.
func (s *randomSeams) round(t *testing.T, round uint64, rules, queries int) {
	a := seamAuthor{Rand: rand.New(rand.NewPCG(round, 171)), suppress: round%2 == 0, now: round%4 > 1}
	of := &seam{events: a.events()}
	clock := seamTime(3600)
	if a.now {
		of.now = seamTime(15)
		clock = of.now
		of.events = slices.DeleteFunc(of.events, func(e map[string]any) bool { return e["t"].(float64) > 15 })
	}
	for _, e := range of.events {
		of.text += docLines(t, []doc{e})
	}
	_, m := modelFile(t, strings.ReplaceAll(s.kusto, "CASE", fmt.Sprint(round)))
	s.tables = tablesOf(t, m)
	rows, own := of.splunkRows(), of.kustoRows(int(round))
	for _, row := range own {
		s.rows[row["Type"].(string)] = append(s.rows[row["Type"].(string)], row)
	}
	for n := range uint64(rules) {
		a.Rand = rand.New(rand.NewPCG(round, 1000+n))
		c := a.write(t, fmt.Sprintf("rules %d of round %d", n, round))
		if c == nil {
			s.refused["by the reader"]++
			continue
		}
		c.now, c.events = of.now, of.events
		c.text = fmt.Sprintf("now %g\n%s-- events --\n%s", clock.Sub(seamTime(0)).Seconds(), c.text, of.text)
		if q := s.query(t, c, spl.New(), s.splunk, docLines(t, rows)); q != nil {
			_, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			want := c.found(t, s.splunk, docLines(t, rows))
			assert.ElementsMatch(t, want, splFound(q.Text, rows, &splWorld{now: float64(clock.Unix())}, "id"), "%s in SPL\n%s\n%s", c.name, c.text, q.Text)
			s.queries, s.matches = s.queries+1, s.matches+len(want)
		}
		if n >= uint64(queries) {
			continue
		}
		if q := s.query(t, c, kql.New(), m, docLines(t, own)); q != nil {
			at := clock.Format(time.RFC3339)
			s.asked[at] = append(s.asked[at], askedOfSeam{c, q, c.found(t, m, docLines(t, own))})
		}
	}
}

// query compiles a case; nil where it is refused, or says that it differs.
func (s *randomSeams) query(t *testing.T, c *seam, d compilers.Dialect, m *schema.Model, lines string) *compilers.Query {
	q, found := c.query(d, m)
	if q == nil {
		s.refused[d.Name()+" "+found[0].Code]++
		if found[0].Code == compilers.NeverMatches && len(c.correlations) == 0 && len(c.rules[len(c.rules)-1].Joins()) == 0 {
			assert.Empty(t, c.found(t, m, lines), "%s, which is refused since it can never match\n%s", c.name, c.text)
		}
		return nil
	}
	if differs(q) {
		return nil
	}
	return q
}

// run runs the queries of Kusto.
func (s *randomSeams) run(t *testing.T) {
	files := map[string]string{}
	for table := range s.tables {
		files[table] = writeEvents(t, s.rows[table])
	}
	for at, all := range s.asked {
		var checked []finding
		for _, a := range all {
			checked = append(checked, finding{rule: a.text, query: a.query.Text})
		}
		for i, got := range RunKQL(t, checkedAt(t, s.tables, at, "Timestamp", checked), Recording{Tables: s.tables, Events: files, ID: "ReportId"}) {
			assert.ElementsMatch(t, all[i].want, got, "%s in KQL\n%s\n%s", all[i].name, all[i].text, all[i].query.Text)
			s.queries, s.matches = s.queries+1, s.matches+len(got)
		}
	}
}

// TestRandomSeams does what TestSeams does, with made-up rules on made-up events: DECREE_RANDOM_MEETINGS rounds of them
// from DECREE_RANDOM_SEED on.
func TestRandomSeams(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	s := &randomSeams{rows: map[string][]doc{}, asked: map[string][]askedOfSeam{}, refused: map[string]int{}}
	var err error
	s.splunk, err = schema.LoadFile("testdata/seams/spl.yml")
	require.NoError(t, err)
	kusto, err := os.ReadFile("testdata/seams/kql.yml")
	require.NoError(t, err)
	s.kusto = string(kusto)
	first := seedOf(t)
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 4)) {
		s.round(t, first+round, fromEnv(t, "DECREE_RANDOM_RULES", fixture.Times(100, 200)), fromEnv(t, "DECREE_RANDOM_KQL", fixture.Times(2, 10)))
	}
	s.run(t)
	t.Logf("%d queries, %d matches; refused: %v", s.queries, s.matches, s.refused)
	assert.Greater(t, s.matches, s.queries)
}
