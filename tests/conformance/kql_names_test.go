package conformance

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

var letName = regexp.MustCompile(`(?m)^let (\w+) =`)

// TestKQLNamesNeverCollide names rules, lists, populations and correlations as what a query holds already: its own
// statements and columns, tables, columns of tables, functions and words of the language.
func TestKQLNamesNeverCollide(t *testing.T) {
	t.Parallel()
	needKusto(t)
	m, tables := mde(t)
	var queries []string
	for _, name := range []string{"timeframe", "Timestamp", "deviceprocessevents", "DeviceFileEvents", "AccountName", "at", "Event", "input", "Key1", "Value1", "Running1", "step", "ago", "count", "tolower",
		"row_cumsum", "summarize", "union", "join", "project", "let", "dynamic", "events", "DeviceCount", "GlobalPrevalence", "Ancestor2_Image", "default_global_prevalence", "r2_inputs", "by_host", "of_host", "9", "ä"} {
		for _, text := range []string{
			"title: C\nname: c_\nschedule: {every: 1h, lookback: 2h}\ncorrelation: {type: temporal, rules: [NAME, r2], timespan: 10m, group-by: [host]}\n---\n" +
				"title: R1\nname: NAME\nlogsource: {product: windows, category: process_creation}\nancestry: {anc: {ancestor: {level: 3, Image|endswith: '\\b.exe'}}}\ndetection: {s: {Image|endswith: '\\a.exe'}, condition: s and anc}\n---\n" +
				"title: R2\nname: r2\nlogsource: {product: windows, category: file_event}\ndetection: {s: {TargetFilename|endswith: '\\c.exe'}, condition: s}\n",
			"title: C\nname: NAME\nschedule: {every: 1h, lookback: 2h}\ncorrelation: {type: value_count, rules: [r1], timespan: 10m, group-by: [host], condition: {field: user, gte: 2}}\n---\n" +
				"title: R1\nname: r1\nlogsource: {product: windows, category: process_creation}\nlists: {NAME: ['\\a.exe', '\\b.exe']}\ndetection: {s: {Image|endswith|expand: '%NAME%', CommandLine|expand: '%NAME%'}, condition: s}\n",
			"title: R\nschedule: {every: 1h, lookback: 2h}\nlogsource: {product: windows, category: process_creation}\nlists: {NAME: ['\\a.exe', '\\b.exe']}\n" +
				"ancestry: {anc: {ancestor: {level: 3, CommandLine|expand: '%NAME%'}}}\nprevalence: {rare: {field: sha1, among: s, local: {distinct: host, rarest: 10}, global: {lt: 250, default: 0}}}\n" +
				"detection: {s: {CommandLine|expand: '%NAME%'}, condition: anc and rare and s}\n",
		} {
			text = strings.ReplaceAll(text, "%NAME%", "%"+name+"%")
			text = strings.NewReplacer("NAME:", fmt.Sprintf("%q:", name), "NAME", fmt.Sprintf("%q", name)).Replace(text)
			queries = append(queries, compileText(t, text))
		}
	}
	for i, r := range CheckKQL(t, queries, tables, now, "Timestamp") {
		assert.Empty(t, r.Errors, queries[i])
		seen := map[string]bool{}
		for _, let := range letName.FindAllStringSubmatch(queries[i], -1) {
			assert.False(t, seen[strings.ToLower(let[1])], "%s twice in\n%s", let[1], queries[i])
			seen[strings.ToLower(let[1])] = true
			for _, s := range m.Sources {
				assert.NotContains(t, s.Columns, let[1], queries[i])
				assert.False(t, strings.EqualFold(s.Table, let[1]), queries[i])
			}
		}
	}
}

// TestKQLReadsPropertiesOfAnyName reads properties that are named as words of the language and as functions.
func TestKQLReadsPropertiesOfAnyName(t *testing.T) {
	t.Parallel()
	needKusto(t)
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	words := strings.Fields(`and or not in has by on where between contains startswith endswith matches true false null dynamic let set with of default from to step at asc desc kind type typeof
		title time view views date decimal project union limit take top order sort render print sample search find range count sum min max now ago bin pack make-series mv-expand mv-apply as
		join lookup evaluate invoke parse parse-where extend distinct summarize reduce serialize consume fork facet getschema datatable externaldata materialize toscalar totable int long real
		double guid uuid bool boolean string timespan datetime tostring tolower strcat database table cluster pattern declare query_parameters restrict alias access hint nooptimization
		id name value values properties 0 1a a-b a_b a$b _ äö`)
	var queries []string
	for _, word := range words {
		r := lowered.Rule(t, fmt.Sprintf("title: T\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {%q: x, %q: 5}\n  condition: s\n", "requestParameters."+word, "responseElements.a."+word+".b|gt"))
		q, found := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", word, found)
		queries = append(queries, q.Text)
	}
	for i, c := range CheckKQL(t, queries, tablesOf(t, m), now, m.Time[0]) {
		assert.Empty(t, c.Errors, queries[i])
	}
}

// compileText compiles the first correlation of a text, or its first rule.
func compileText(t *testing.T, text string) string {
	t.Helper()
	m, _ := mde(t)
	read, found := parse.Documents("rule.yml", []byte(text), nil)
	require.False(t, found.HasErrors(), "%s\n%v", text, found)
	lowered := map[*rules.Rule]*ir.Rule{}
	for _, r := range read.Rules {
		lowered[r], found = ir.Lower(r)
		require.Empty(t, found, text)
	}
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.Empty(t, found, text)
	cs, found := ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found, text)
	opt := compilers.Options{Model: m}
	var q *compilers.Query
	if len(cs) > 0 {
		q, found = kql.New().CompileCorrelation(cs[0], opt)
	} else {
		q, found = kql.New().Compile(lowered[read.Rules[0]], opt)
	}
	require.False(t, found.HasErrors(), "%s\n%v", text, found)
	return q.Text
}
