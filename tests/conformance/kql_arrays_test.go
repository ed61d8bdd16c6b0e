package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/parse"
)

// arrayItem writes one test of an element's field.
func (a author) arrayItem() string {
	field := pick(a, []string{"type", "name", "new", "info.id"})
	return pick(a, []string{
		field + ": " + pick(a, []string{"User", "role", "x", "'1'", "1", "null", "'*'"}),
		field + "|contains: " + pick(a, []string{"e", "Ro", "'1'"}),
		field + "|startswith: [u, r]",
		field + "|re: '^[a-m]'",
		field + "|gte: 1",
		field + "|word: user",
		field + "|exists: " + pick(a, []string{"true", "false"}),
		field + "|cased: role",
		field + "|bits: " + pick(a, []string{"1", "0x4"}),
		field + "|lt: 3",
		field + "|contains|all: [e, r]",
		field + "|endswith: [r, '1']",
		field + "|filename|startswith: r",
		field + "|neq: User",
		field + ": 'U?er*'",
		field + "|windash|contains: ' -x'",
	})
}

// arrayMap writes what an element must satisfy, as YAML of one line.
func (a author) arrayMap(depth int) string {
	items := []string{}
	for i := range 1 + a.IntN(2) {
		items = append(items, a.arrayItem())
		if i > 0 && strings.HasPrefix(items[i], strings.SplitN(items[0], ":", 2)[0]+":") {
			items = items[:i]
		}
	}
	if depth > 0 && a.IntN(3) == 0 {
		items = append(items, "'changes["+a.selector()+"]': "+a.arrayMap(depth-1))
	}
	plain := "{" + strings.Join(items, ", ") + "}"
	switch a.IntN(5) {
	case 0:
		return "{p: " + plain + ", q: {" + a.arrayItem() + "}, condition: " + pick(a, []string{"p and not q", "p or q", "not p", "1 of them", "not 1 of p*"}) + "}"
	case 1:
		return "[" + plain + ", {" + a.arrayItem() + "}]"
	}
	return plain
}

func (a author) selector() string {
	return pick(a, []string{"any", "any", "all", "none", "all_or_empty", "0", "-1", "1"})
}

// arrayRule makes a rule on arrays of Entra's audit log; nil where the parser refuses what came out.
func (a author) arrayRule(t *testing.T) *ir.Rule {
	var b strings.Builder
	b.WriteString("title: T\nsigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n")
	for _, name := range []string{"s1", "s2"} {
		fmt.Fprintf(&b, "  %s:\n    'TargetResources[%s]': %s\n", name, a.selector(), a.arrayMap(1))
	}
	fmt.Fprintf(&b, "  s3:\n    'TargetResources[%s].name|contains': r\n", a.selector())
	b.WriteString("  condition: " + pick(a, []string{"s1", "not s1", "s1 and s2", "s1 and not s2", "s1 or not s2", "s3 and s1", "2 of s*", "not (s1 or s3)"}) + "\n")
	parsed, found := parse.Rules("rule.yml", []byte(b.String()), nil)
	if found.HasErrors() {
		return nil
	}
	r, found := ir.Lower(parsed[0])
	require.NotNil(t, r, "%s\n%v", b.String(), found)
	r.Source.Description = strings.ReplaceAll(b.String(), "\n", " ")
	return r
}

// array makes an array of objects, or something that is none.
func (a author) array(depth int) any {
	if a.IntN(8) == 0 {
		return pick(a, []any{nil, "x", doc{"type": "User"}, []any{}})
	}
	all := []any{}
	for range a.IntN(4) {
		e := doc{}
		for _, name := range []string{"type", "name", "new"} {
			if a.IntN(4) > 0 {
				e[name] = pick(a, []any{"User", "user role", "Role", "role", "x", "1", 1, 5, true, nil, "10.1.2.3", "11.0.0.1", "a\\role", "2026-03-01T10:00:00Z", "a /x", "-1", 2.5})
			}
		}
		if a.IntN(3) == 0 {
			e["info"] = doc{"id": pick(a, []any{"e1", 2})}
		}
		if depth > 0 && a.IntN(2) == 0 {
			e["changes"] = a.array(depth - 1)
		}
		all = append(all, e)
	}
	return all
}

// TestKQLAgreesOnArrays runs random tests of elements on random arrays, by the engine and by the query.
func TestKQLAgreesOnArrays(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	a := author{rand.New(rand.NewPCG(5, seedOf(t))), windowsFolders}
	m := onlySource(t, "sentinel", "auditlogs")
	m.ID = []string{"Id"}
	var rows []doc
	for i := range 120 {
		row := doc{"Id": fmt.Sprintf("e%d", i)}
		if a.IntN(10) > 0 {
			row["TargetResources"] = a.array(1)
		}
		rows = append(rows, row)
	}
	file := writeEvents(t, rows)
	var compiled []*ir.Rule
	var queries []string
	for tries := 0; len(compiled) < randomRules(t)/4; tries++ {
		require.Less(t, tries, 20*randomRules(t), "the parser refuses most rules")
		r := a.arrayRule(t)
		if r == nil {
			continue
		}
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", r.Source.Description, problems)
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	matches := kqlAgrees(t, m, compiled, queries, "AuditLogs", file, "Id")
	t.Logf("%d rules on %d rows, %d matches", len(compiled), len(rows), matches)
	assert.Greater(t, matches, 10*len(compiled))
}

// TestKQLAgreesBelowArrays runs random tests of properties that the elements of arrays have, by the engine on rows of
// the table, by the engine on events that no model describes, and by the query.
func TestKQLAgreesBelowArrays(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	a := author{rand.New(rand.NewPCG(6, seedOf(t))), windowsFolders}
	m, plain := onlySource(t, "sentinel", "auditlogs"), onlySource(t, "sigma", "sigma")
	m.ID, plain.ID = []string{"Id"}, []string{"Id"}
	properties := []string{"type", "name", "new", "info.id"}
	m.Sources[0].Elements = map[string][]string{"TargetResources": properties, "TargetResources.changes": properties}
	var rows []doc
	for i := range 120 {
		row := doc{"Id": fmt.Sprintf("e%d", i)}
		if array, ok := a.array(1).([]any); ok && a.IntN(10) > 0 {
			row["TargetResources"] = array
		}
		rows = append(rows, row)
	}
	file := writeEvents(t, rows)
	var compiled []*ir.Rule
	var queries []string
	for tries := 0; len(compiled) < randomRules(t)/4; tries++ {
		require.Less(t, tries, 20*randomRules(t), "the parser refuses most rules")
		below := pick(a, []string{"TargetResources.", "TargetResources.Changes."})
		text := "title: T\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  s1: {" + below + a.arrayItem() + "}\n  s2: {TargetResources." + a.arrayItem() +
			"}\n  condition: " + pick(a, []string{"s1", "not s1", "s1 and s2", "s1 and not s2", "s1 or not s2"}) + "\n"
		parsed, found := parse.Rules("rule.yml", []byte(text), nil)
		if found.HasErrors() {
			continue
		}
		r, found := ir.Lower(parsed[0])
		require.NotNil(t, r, "%s\n%v", text, found)
		r.Source.Description = strings.ReplaceAll(text, "\n", " ")
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", text, problems)
		compiled, queries = append(compiled, r), append(queries, q.Text)
		if below == "TargetResources." { // names of other events are compared letter by letter
			assert.Equal(t, RunEngine(t, r, plain, file, splVerdicts()), RunEngine(t, r, m, file, splVerdicts()), text)
		}
	}
	matches := kqlAgrees(t, m, compiled, queries, "AuditLogs", file, "Id")
	t.Logf("%d rules on %d rows, %d matches", len(compiled), len(rows), matches)
	assert.Greater(t, matches, 10*len(compiled))
}
