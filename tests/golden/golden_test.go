// Package golden pins what each case becomes in every data model: the logical tree, the queries and their assets, or
// the refusal. A case is a folder with a rule.yml, and filters.yml, and model.DIALECT.yml that overlays a model, where
// it is about them; the rest is rewritten with -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func same(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the tests with -update")
	assert.Equal(t, string(want), got)
}

// compiler writes the case in one dialect and model.
type compiler func(compilers.Dialect, compilers.Options) (*compilers.Query, diag.Diagnostics)

// rendered is a query with its assets, or why there is none.
func rendered(t *testing.T, compile compiler, d compilers.Dialect, opt compilers.Options, source []byte) string {
	t.Helper()
	q, found := compile(d, opt)
	var b strings.Builder
	if q == nil {
		require.True(t, found.HasErrors(), "no query and no reason")
		b.WriteString("unsupported\n\n")
	} else {
		b.WriteString(q.Text)
		for _, a := range q.Assets {
			b.WriteString("\n=== " + a.Name + ": " + a.Purpose + "\n" + a.Content)
		}
	}
	diag.WriteText(&b, found, func(string) []byte { return source }, false)
	return b.String()
}

// read lowers a case: its last correlation or its only rule, which may join others behind it, with its filters.
func read(t *testing.T, dir string) (compiler, string, []byte) {
	folder, err := source.OpenFolder(dir)
	require.NoError(t, err)
	source, err := folder.Read("rule.yml")
	require.NoError(t, err)
	file, found := parse.Documents("rule.yml", source, folder)
	require.False(t, found.HasErrors(), "%v", found)
	var filters []*rules.Filter
	if _, err := folder.Read("filters.yml"); err == nil {
		filters, found = parse.Filters(folder, "filters.yml", parse.FilterByForm)
		require.False(t, found.HasErrors(), "%v", found)
		require.NotEmpty(t, filters)
	}
	_, found = parse.LinkJoins(file.Rules, file.Correlations)
	require.False(t, found.HasErrors(), "%v", found)
	lowered := map[*rules.Rule]*ir.Rule{}
	dump := ""
	for _, source := range file.Rules {
		r, found := ir.Lower(source)
		require.False(t, found.HasErrors(), "%v", found)
		for _, f := range filters {
			required, found := ir.LowerFilter(f)
			require.False(t, found.HasErrors(), "%v", found)
			if f.Covers(source) {
				r = r.Filtered(f, required)
			}
		}
		lowered[source] = r
		dump += ir.Dump(r)
	}
	if len(file.Correlations) > 0 {
		linked, found := parse.Link(file.Rules, file.Correlations)
		require.False(t, found.HasErrors(), "%v", found)
		cs, found := ir.LowerCorrelations(linked, lowered)
		require.False(t, found.HasErrors(), "%v", found)
		return func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
			return d.CompileCorrelation(cs[len(cs)-1], opt)
		}, dump, source
	}
	joined, found := ir.LinkJoins([]*ir.Rule{lowered[file.Rules[0]]}, lowered)
	require.False(t, found.HasErrors(), "%v", found)
	named := slices.DeleteFunc(joined[0].Joined(), func(r *ir.Rule) bool { return !slices.Contains(file.Rules, r.Source) }) // first_seen's have no document
	require.Len(t, file.Rules, 1+len(named))
	return func(d compilers.Dialect, opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
		return d.Compile(joined[0], opt)
	}, dump, source
}

// options has where a case's events are: its places.yml says so by setting.
func options(t *testing.T, dir string) compilers.Options {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "places.yml"))
	if os.IsNotExist(err) {
		return compilers.Options{}
	}
	require.NoError(t, err)
	var out struct{ Scope, Index, Table compilers.Places }
	require.NoError(t, yaml.Unmarshal(data, &out))
	given := map[string]compilers.Places{"scope": out.Scope, "index": out.Index, "table": out.Table}
	for _, d := range dialects.All {
		var all []*schema.Model
		for _, name := range schema.Preferred(d.Name()) {
			m, err := schema.Load(name)
			require.NoError(t, err)
			all = append(all, m)
		}
		setting, _ := d.Place()
		require.Empty(t, compilers.CheckPlaces(d, given[setting], all...))
	}
	return compilers.Options{Scope: out.Scope, Index: out.Index, Table: out.Table}
}

// models are those of a dialect, and the case's own overlay where it is of that dialect.
func models(t *testing.T, d compilers.Dialect, dir string) []*schema.Model {
	var out []*schema.Model
	for _, name := range schema.Preferred(d.Name()) {
		m, err := schema.Load(name)
		require.NoError(t, err)
		out = append(out, m)
	}
	overlays, err := filepath.Glob(filepath.Join(dir, "model.*.yml"))
	require.NoError(t, err)
	for _, file := range overlays {
		if strings.HasSuffix(file, "."+d.Name()+".yml") {
			m, err := schema.LoadFile(file)
			require.NoError(t, err)
			out = append(out, m)
		}
	}
	return out
}

func TestCases(t *testing.T) {
	folders, err := filepath.Glob("cases/*/rule.yml")
	require.NoError(t, err)
	require.NotEmpty(t, folders, "no cases found")
	compiled := map[string]int{}
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			compile, dump, source := read(t, dir)
			same(t, filepath.Join(dir, "ir.txt"), dump)
			opt := options(t, dir)
			for _, d := range dialects.All {
				for _, m := range models(t, d, dir) {
					opt.Model = m
					text := rendered(t, compile, d, opt, source)
					if !strings.HasPrefix(text, "unsupported") {
						compiled[m.Name]++
					}
					same(t, filepath.Join(dir, m.Name+d.Extension()), text)
				}
			}
		})
	}
	for _, d := range dialects.All {
		for _, name := range schema.Preferred(d.Name()) {
			assert.Positive(t, compiled[name], "no case has a query in the model %s", name)
		}
	}
}
