package compilers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// conditionsOn are conditions on a field and what a rule needs for them. Each takes the field's name.
var conditionsOn = []struct{ name, section, search string }{
	{"a test", "", "c: {%s|contains: x}"},
	{"prevalence", "prevalence: {c: {field: %s, local: {distinct: host, lte: 1}}}\n", ""},
	{"prevalence by who has it", "prevalence: {c: {field: host, local: {distinct: %s, lte: 1}}}\n", ""},
	{"prevalence among some", "prevalence: {c: {field: host, among: q, local: {distinct: host, lte: 1}}}\n", "q: {%s|contains: x}"},
	{"first_seen", "first_seen: {c: {fields: [host, %s], over: 1h}}\n", ""},
	{"a join", "joins: {c: {rule: other, same: [%s], before: 1h}}\n", ""},
	{"an ancestor", "ancestry: {c: {parent: {%s|contains: x}}}\n", ""},
	{"an extract", "extract: {Part: {field: %s, lower: true}}\n", "c: {Part|contains: x}"},
}

// TestEverySourceIsAskedOrNamed: whatever a rule asks of a field that some of its sources lack, and however it stands
// in the condition, each source that the rule can match in is searched, or a note, a refusal or the engine names it. In
// a source without the field the condition is false; the rule is left out there only if it excludes by it.
func TestEverySourceIsAskedOrNamed(t *testing.T) {
	asked, named := 0, 0
	for _, name := range schema.Names() {
		m := lowered.Model(t, name)
		for _, of := range severalSources(m) {
			for _, field := range differingFields(m, of) {
				for _, c := range conditionsOn {
					for condition, excludes := range map[string]bool{"s or c": false, "s and not c": true, "s or (s and c)": false, "s and not (not (s or c))": false} {
						text := fmt.Sprintf("title: T\nlogsource: %s\n", logSourceText(of[0]))
						text += strings.ReplaceAll(c.section, "%s", field)
						text += "detection:\n  s: {host|contains: a}\n"
						if c.search != "" {
							text += "  " + strings.ReplaceAll(c.search, "%s", field) + "\n"
						}
						text += "  condition: " + condition + "\n"
						text += fmt.Sprintf("---\ntitle: O\nname: other\nlogsource: %s\ndetection: {s: {host|contains: b}, condition: s}\n", logSourceText(of[0]))
						r := lowered.Rules(t, text)[0]
						lacks := lackingIn(m, of, r)
						if len(lacks) == 0 || len(lacks) == len(of) {
							continue
						}
						e, _ := engine.New([]*ir.Rule{r}, engine.Options{Model: m})
						require.NotNil(t, e, text)
						var left []string
						for _, n := range e.NotAsked() {
							if n.Rule == r {
								left = append(left, n.LogSource)
							}
						}
						answering := m.Answering(r)
						for _, s := range of {
							isAsked := slices.Contains(answering, s)
							if slices.Contains(lacks, s) {
								require.Equal(t, !excludes, isAsked, "%s %s %s\n%s", name, s.Name, c.name, text)
							}
							if isAsked {
								asked++
								continue
							}
							named++
							require.Contains(t, left, s.Name, "the engine\n%s", text)
						}
						assertToldByQuery(t, m, r, left, text)
					}
				}
			}
		}
	}
	assert.Greater(t, asked, 100)
	assert.Greater(t, named, 100)
}

// assertToldByQuery compiles a rule: a query has a note of each source that is left out, or there is none and an error
// says why.
func assertToldByQuery(t *testing.T, m *schema.Model, r *ir.Rule, left []string, text string) {
	t.Helper()
	for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
		if d.Name() != m.Dialect {
			continue
		}
		q, found := d.Compile(r, compilers.Options{Model: m})
		if q == nil {
			require.True(t, found.HasErrors(), text)
			continue
		}
		for _, s := range left {
			told := slices.ContainsFunc(q.Notes, func(n compilers.Note) bool {
				return n.Code == "sources-left-out" && strings.Contains(n.Message, s)
			})
			require.True(t, told, "%s: %s is not named\n%s", m.Name, s, text)
		}
		for _, s := range m.Answering(r) {
			require.Contains(t, q.Result.Tables, s.Table, "%s: %s\n%s", m.Name, s.Name, text)
		}
	}
}

// severalSources gives the sources of each category or service that a model has in two to four sources.
func severalSources(m *schema.Model) (all [][]*schema.Source) {
	seen := map[string]bool{}
	for i := range m.Sources {
		s := &m.Sources[i]
		if key := logSourceText(s); !seen[key] && s.Product != "*" && (s.Category != "" || s.Service != "") {
			seen[key] = true
			if of := m.Find(s.Category, s.Product, s.Service); len(of) > 1 && len(of) <= 4 {
				all = append(all, of)
			}
		}
	}
	return all
}

func logSourceText(s *schema.Source) string {
	var parts []string
	for _, p := range [][2]string{{"product", s.Product}, {"category", s.Category}, {"service", s.Service}} {
		if p[1] != "" {
			parts = append(parts, p[0]+": "+p[1])
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// differingFields gives some fields and entities that one of the sources has and another lacks.
func differingFields(m *schema.Model, of []*schema.Source) []string {
	var out []string
	for _, field := range []string{"sha1", "user", "Company", "CurrentDirectory", "SubjectUserName", "ip", "host"} {
		has := func(s *schema.Source) bool { return m.HasWhole(s, ir.FieldNamed(field)) }
		if slices.ContainsFunc(of, has) && !slices.ContainsFunc(of, func(s *schema.Source) bool { return !has(s) }) {
			continue
		}
		if slices.ContainsFunc(of, has) {
			out = append(out, field)
		}
	}
	return out
}

// lackingIn gives the sources that lack what the rule's condition c reads.
func lackingIn(m *schema.Model, of []*schema.Source, r *ir.Rule) []*schema.Source {
	var out []*schema.Source
	for _, s := range of {
		lacking := false
		var each func(n ir.Node) bool
		each = func(n ir.Node) bool {
			_, lacks := m.Lacks(s, n)
			lacking = lacking || lacks
			if p, ok := n.(*ir.Prevalence); ok && p.Among != nil {
				ir.Inspect(p.Among, each)
			}
			return true
		}
		ir.Inspect(r.Condition, each)
		if lacking {
			out = append(out, s)
		}
	}
	return out
}

// TestEveryProductIsAskedOrNamed: a rule without a product is about every product that a model of the dialect has its
// category of. Those of other models are named, and only those.
func TestEveryProductIsAskedOrNamed(t *testing.T) {
	ofAll := map[string]map[string]map[string][]string{} // dialect -> category -> model -> its products
	for _, d := range dialects.Names() {
		ofAll[d] = map[string]map[string][]string{}
		for _, name := range schema.Preferred(d) {
			for _, s := range lowered.Model(t, name).Sources {
				if s.Category == "" || s.Category == "*" || s.Service != "" {
					continue
				}
				if ofAll[d][s.Category] == nil {
					ofAll[d][s.Category] = map[string][]string{}
				}
				product := s.Product
				if product == "" || product == "*" {
					product = "any product"
				}
				ofAll[d][s.Category][name] = append(ofAll[d][s.Category][name], product)
			}
		}
	}
	named, silent := 0, 0
	for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
		for category, of := range ofAll[d.Name()] {
			for name, own := range of {
				text := fmt.Sprintf("title: T\nlogsource: {category: %s}\ndetection: {s: {host: a}, condition: s}\n", category)
				m, r := lowered.Model(t, name), lowered.Rule(t, text)
				q, found := d.Compile(r, compilers.Options{Model: m})
				if q == nil {
					require.True(t, found.HasErrors(), text)
					continue
				}
				told := ""
				for _, n := range q.Notes {
					if n.Code == compilers.OtherProducts {
						assert.Empty(t, told, "told twice: %s: %s", name, text)
						assert.Equal(t, "exact", n.Effect, "of its own model's events the query finds all")
						_, told, _ = strings.Cut(n.Message, "Not searched: ")
					}
				}
				for other, products := range of {
					for _, product := range products {
						want := other != name && !slices.Contains(own, product) && !slices.Contains(own, "any product") && len(lowered.Model(t, other).Answering(r)) > 0
						at := strings.Index(told, product)
						require.True(t, !want || at >= 0 && strings.Contains(told, "data model "+other), "%s: %s of %s is not named: %q\n%s", name, product, other, told, text)
						if want {
							named++
						}
					}
				}
				if told == "" {
					silent++
				}
				if own[0] != "any product" {
					with := strings.Replace(text, "{category", "{product: "+own[0]+", category", 1)
					q, _ := d.Compile(lowered.Rule(t, with), compilers.Options{Model: m})
					require.NotNil(t, q)
					assert.NotContains(t, q.Text, compilers.OtherProducts, "a rule that names its product is about no other")
				}
			}
		}
	}
	assert.Greater(t, named, 10)
	assert.Greater(t, silent, 10)
}

// TestOtherProductsOfARuleThatIsRead: a correlation and a join say it of the rules that they read.
func TestOtherProductsOfARuleThatIsRead(t *testing.T) {
	const wide = "---\ntitle: Wide\nname: wide\nlogsource: {category: process_creation}\ndetection: {s: {Image|endswith: '\\a.exe'}, condition: s}\n"
	for _, c := range []struct {
		dialect compilers.Dialect
		model   string
	}{{kql.New(), "sentinel"}, {spl.New(), "splunk-windows"}, {eql.New(), "winlogbeat"}} {
		opt := compilers.Options{Model: lowered.Model(t, c.model), Approximate: []string{"all"}}
		_, cs := lowered.Correlations(t, "title: C\ncorrelation: {type: event_count, rules: [wide], group-by: [host], timespan: 5m, condition: {gte: 5}}\n"+wide)
		q, found := c.dialect.CompileCorrelation(cs[0], opt)
		require.NotNil(t, q, "%v", found)
		assert.Contains(t, q.Text, "note: "+compilers.OtherProducts, c.model)
		joining := lowered.Rules(t, "title: J\nlogsource: {product: windows, category: process_creation}\njoins: {j: {rule: wide, same: [host], before: 1h}}\ndetection: {s: {Image: b}, condition: s and j}\n"+wide)[0]
		q, found = c.dialect.Compile(joining, opt)
		require.NotNil(t, q, "%v", found)
		assert.Contains(t, q.Text, "note: "+compilers.OtherProducts, c.model)
	}
}

// refusedTests are tests that some products cannot be asked: of a user with the domain apart, of a field with words of
// the product's own, of hashes apart, of a path of which only the name is there, and of parts of it.
var refusedTests = []string{
	`User|re: 'a.b'`, `ParentUser|re: 'a.b'`, `TargetUserName|re: 'a.b'`, `IntegrityLevel|re: '(?<!x)High'`, `Hashes|contains: 'MD5=0123'`, `Hashes|re: 'MD5=0123'`, `Image|re: 'a.b\\c'`,
	`ParentImage|contains: '\a\b'`, `TargetObject|re: 'a.*b'`, `TargetObject|contains: 'CurrentControlSet'`, `Details|re: 'DWORD'`, `User|fieldref: ParentUser`, `LogonType: 13`, `Initiated|startswith: 'x'`,
}

// TestATestThatOneSourceCannotBeAskedIsNoted: where other sources answer a test that a source cannot be asked of a
// field that it has, the query says so, however the test stands in the condition. Where all sources answer it, or lack
// the field, nothing is said.
func TestATestThatOneSourceCannotBeAskedIsNoted(t *testing.T) {
	noted, silent := map[string]int{}, 0
	for _, name := range schema.Names() {
		m := lowered.Model(t, name)
		d := dialects.Named(m.Dialect)
		if d == nil {
			continue
		}
		for _, of := range severalSources(m) {
			for _, test := range refusedTests {
				for _, condition := range []string{"c", "s and c", "s or c", "s and not c", "s and not (not c)", "s or not c", "1 of *"} {
					text := fmt.Sprintf("title: T\nlogsource: %s\ndetection:\n  s: {host|contains: a}\n  c: {%s}\n  condition: %s\n", logSourceText(of[0]), test, condition)
					r := lowered.Rule(t, text)
					var c *ir.Match
					ir.Inspect(r.Condition, func(n ir.Node) bool {
						if m, ok := n.(*ir.Match); ok && m.Field.Name != "host" {
							c = m
						}
						return true
					})
					q, found := d.Compile(r, compilers.Options{Model: m, Approximate: []string{"all"}})
					if q == nil {
						require.True(t, found.HasErrors(), text)
						continue
					}
					told := ""
					for _, n := range q.Notes {
						if n.Code == compilers.SourceNotAsked {
							told += n.Message + "\n"
							assert.Equal(t, "false-negatives", n.Effect, text)
						}
					}
					for _, s := range of {
						refused := (s.Has(m, c.Field) || m.Reaches(s, c.Field, nil) || s.HashesApart(c.Field)) && !m.Answers(s, c)
						require.Equal(t, refused, strings.Contains(told, " "+s.Name+" ") || strings.Contains(told, " "+s.Name+","), "%s %s\n%s\n%s", name, s.Name, text, told)
						if refused {
							noted[m.Dialect]++
						} else {
							silent++
						}
					}
				}
			}
		}
	}
	assert.Greater(t, noted["kql"], 10)
	assert.Greater(t, silent, 100)
}

const halfAsked = `name: half
title: Half
dialect: DIALECT
time: [T]
id: [Id]
sources:
  - {name: first, product: p, category: c, table: First, indices: [first-*], fields: {A: {column: A}, V: {column: V}, W: {column: W}}, columns: {T: datetime, Id: string, A: string, V: string, W: string}}
  - {name: second, product: p, category: c, table: Second, indices: [second-*], fields: {A: {column: A}, V: {column: V, domain: "-"}, Kind: {column: Kind}}, columns: {T: datetime, Id: string, A: string, V: string, Kind: string}, scope: [{column: Kind, values: [b]}]}
  - {name: third, product: p, category: d, table: Third, indices: [third-*], fields: {A: {column: A}, V: {column: V}}, columns: {T: datetime, Id: string, A: string, V: string}}
`

// TestWhatASourceCannotBeAskedInEachDialect: the second source has names of users without domains, and cannot be asked
// how a value with its domain begins.
func TestWhatASourceCannotBeAskedInEachDialect(t *testing.T) {
	const why = "the product stores user names without domains: \"x\" may be part of either"
	const unsearched = "false-negatives: not searched: second, which cannot be asked the test of V: " + why
	const never = "in second the test of V never holds, whatever the event has: " + why
	const both = "{product: p, category: c}, {product: p, category: d}"
	for _, c := range []struct{ logsource, detection, filter, want string }{
		{"", "c: {V|startswith: x}, condition: c", "", unsearched},
		{"", "c: {V|startswith: x, A: y}, condition: c", "", unsearched},
		{"", "c: {V|startswith: x}, s: {A: y}, condition: s or c", "", "false-negatives: " + never},
		{"", "c: {V|startswith: x}, s: {A: y}, u: {A|contains: y}, condition: 2 of *", "", "false-negatives: " + never},
		{"", "c: {V|startswith: x}, s: {A: y}, condition: s and not c", "", unsearched},
		{"", "c: {V|startswith: x}, s: {A: y}, condition: s and not (not c)", "", unsearched},
		{"", "s: {A: y}, condition: s", "c: {V|startswith: x}, condition: not c", unsearched},
		{both, "s: {A: y}, condition: s", "c: {V|startswith: x}, condition: not c", "false-positives: " + never},
		// nothing is lost: the source answers it, it has no such field, or it cannot match for another reason
		{"", "c: {V|endswith: x}, condition: c", "", ""},
		{"", "c: {W|startswith: x}, condition: c", "", ""},
		{"", "c: {V|startswith: x, W: y}, condition: c", "", ""},
		{"", "c: {V|startswith: x, Kind: a}, s: {A: y}, condition: s or c", "", ""},
		{"", "c: {V|startswith: x}, s: {A: y}, n: {W: z}, condition: s and c and not n", "", ""},
	} {
		for _, d := range dialects.All {
			m := modelFrom(t, strings.Replace(halfAsked, "DIALECT", d.Name(), 1))
			logsource := "{product: p, category: c}"
			if c.logsource != "" {
				logsource = "[" + c.logsource + "]"
			}
			r := lowered.Rule(t, "title: T\nlogsource: "+logsource+"\ndetection: {"+c.detection+"}\n")
			if c.filter != "" {
				r = lowered.Filtered(t, r, "logsource: {product: p}\nfilter: {rules: any, "+c.filter+"}\n")
			}
			q, found := d.Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%s %s %v", d.Name(), c.detection, found)
			got := ""
			for _, n := range q.Notes {
				if n.Code == compilers.SourceNotAsked {
					got += n.Effect + ": " + n.Message
				}
			}
			assert.Equal(t, c.want, got, "%s %s %s", d.Name(), c.detection, c.filter)
		}
	}
}

// TestWhatIsNotAskedOfCountedEvents: a match that is not found is not counted, which may fulfil what holds of few.
func TestWhatIsNotAskedOfCountedEvents(t *testing.T) {
	const misses, finds = "false-negatives", "false-positives"
	rule := func(title, more, detection string) string {
		return "title: " + title + "\nname: " + title + "\nlogsource: {product: p, category: c}\n" + more + "detection: {" + detection + "}\n"
	}
	other := "---\n" + rule("other", "", "c: {V|startswith: x}, s: {A: y}, condition: s or c")
	join := func(count string) string { return "joins: {j: {rule: other, same: [V], before: 1h" + count + "}}\n" }
	among := func(bound string) string {
		return "prevalence: {n: {field: V, among: c, local: {distinct: A, " + bound + "}}}\n"
	}
	const own, counted = "s: {A: z}, condition: ", "c: [{V|startswith: x}, {A: y}], s: {A: z}, condition: "
	for _, c := range []struct {
		text string
		want []string
	}{
		{rule("T", join(""), own+"s and j") + other, []string{misses}},
		{rule("T", join(""), own+"s and not j") + other, []string{finds}},
		{rule("T", join(", count: {gte: 1, lte: 2}"), own+"s and j") + other, []string{misses, finds}},
		{rule("T", "first_seen: {n: {fields: [V], over: 1h, among: c}}\n", counted+"s and n"), []string{misses, finds}},
		{rule("T", among("gte: 3"), counted+"s and n"), []string{misses}},
		{rule("T", among("lte: 3"), counted+"s and n"), []string{misses, finds}},
		{rule("T", among("rarest: 3"), counted+"s and n"), []string{misses, finds}},
		{"title: T\ncorrelation: {type: event_count, rules: [other], group-by: [V], timespan: 1h, condition: {gte: 2}}\n" + other, []string{misses}},
		{"title: T\ncorrelation: {type: event_count, rules: [other], group-by: [V], timespan: 1h, condition: {lt: 2}}\n" + other, []string{misses, finds}},
	} {
		for _, d := range dialects.All {
			m := modelFrom(t, strings.Replace(halfAsked, "DIALECT", d.Name(), 1))
			opt := compilers.Options{Model: m, Approximate: []string{"all"}}
			var q *compilers.Query
			var found diag.Diagnostics
			if rs, cs := lowered.Correlations(t, c.text); len(cs) > 0 {
				q, found = d.CompileCorrelation(cs[0], opt)
			} else {
				q, found = d.Compile(rs[0], opt)
			}
			if q == nil {
				require.Equal(t, "eql", d.Name(), "%s%v", c.text, found)
				continue
			}
			var got []string
			for _, n := range q.Notes {
				if n.Code == compilers.SourceNotAsked {
					got = append(got, n.Effect)
				}
			}
			slices.Sort(got)
			assert.Equal(t, c.want, got, "%s %s", d.Name(), c.text)
		}
	}
}

// TestAPrevalenceIsAskedWhereItsTestsAre: of several sources, one that can be asked all tests is searched.
func TestAPrevalenceIsAskedWhereItsTestsAre(t *testing.T) {
	r := lowered.Rule(t, "title: T\nprevalence: {n: {field: Image, among: c, local: {distinct: host, lte: 3}}}\ndetection: {c: {User|re: a.*b}, s: {CommandLine|contains: x}, condition: s and n}\n")
	q, found := kql.New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel"), Approximate: []string{"all"}})
	require.NotNil(t, q, "%v", found)
	assert.NotContains(t, q.Text, "where false")
	assert.Contains(t, q.Text, "matches regex")
}

func modelFrom(t *testing.T, text string) *schema.Model {
	t.Helper()
	file := filepath.Join(t.TempDir(), "model.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	m, err := schema.LoadFile(file)
	require.NoError(t, err)
	return m
}
