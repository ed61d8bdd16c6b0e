package compilers_test

import (
	"fmt"
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
