package targets

import (
	"testing"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/dialects"
	"decree/compilers/packages/formats"
	"decree/rules/schema"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	all, err := Choose(nil, nil)
	require.NoError(t, err)
	assert.Equal(t, All, all)
	some, err := Choose(nil, []string{"eql", "kql", "eql"})
	require.NoError(t, err)
	assert.Equal(t, []string{"eql", "kql"}, Names(some))
	_, err = Choose(nil, []string{"kpl"})
	assert.EqualError(t, err, `unknown target "kpl" (one of kql, spl, eql); did you mean "kql"?`)
}

// TestChooseOfAProject: a name is first that of a target, then of a dialect and all its targets.
func TestChooseOfAProject(t *testing.T) {
	kql, spl := dialects.All[0], dialects.All[1]
	own := []Target{{Name: "defender", Dialect: kql, Model: "mde"}, {Name: "sentinel", Dialect: kql, Model: "sentinel"}, {Name: "kibana", Dialect: dialects.All[2]}}
	for _, c := range []struct{ asked, want []string }{
		{nil, []string{"defender", "sentinel", "kibana"}},
		{[]string{"sentinel"}, []string{"sentinel"}},
		{[]string{"kql"}, []string{"defender", "sentinel"}},
		{[]string{"sentinel", "kql"}, []string{"sentinel", "defender"}},
		{[]string{"spl"}, []string{"spl"}},
	} {
		chosen, err := Choose(own, c.asked)
		require.NoError(t, err)
		assert.Equal(t, c.want, Names(chosen))
	}
	_, err := Choose(own, []string{"defende"})
	assert.EqualError(t, err, `unknown target "defende" (one of defender, sentinel, kibana, kql, spl, eql); did you mean "defender"?`)
	_, err = ChoosePackages([]Target{{Name: "sentinel", Package: "sentinel", Dialect: own[1].Dialect}}, []string{"sentinal"})
	assert.EqualError(t, err, `unknown target "sentinal" (one of sentinel, defender, splunk, kibana); did you mean "sentinel"?`)
	assert.Equal(t, "defender (Microsoft KQL)", own[0].Title())
	assert.Equal(t, "Splunk SPL", Target{Name: "spl", Dialect: spl}.Title())
}

// TestLanguagesThatAreNotWritten: the name of another language of Elastic's is not taken for a slip.
func TestLanguagesThatAreNotWritten(t *testing.T) {
	own := []Target{{Name: "prod", Dialect: dialects.All[2], Package: "kibana"}}
	const are = "; ES|QL, Lucene and Kibana's own KQL are not among them: for Elastic it is "
	for _, name := range []string{"esql", "ES|QL", "lucene", "kuery"} {
		_, err := Choose(nil, []string{name})
		assert.EqualError(t, err, `unknown target "`+name+`" (one of kql, spl, eql)`+are+"eql")
		_, err = Choose(own, []string{name})
		assert.EqualError(t, err, `unknown target "`+name+`" (one of prod, kql, spl, eql)`+are+"eql")
		_, err = ChoosePackages(own, []string{name})
		assert.EqualError(t, err, `unknown target "`+name+`" (one of prod, defender, sentinel, splunk, kibana)`+are+"kibana")
	}
}

// TestWords: what people call a product is its target. A target of that name wins, and so do a project's own of that
// dialect and model.
func TestWords(t *testing.T) {
	kql, spl := dialects.All[0], dialects.All[1]
	for _, word := range Words() {
		got, err := Choose(nil, []string{word})
		require.NoError(t, err)
		require.Len(t, got, 1)
		if got[0].Model != "" {
			assert.Equal(t, word, got[0].Name)
			assert.Contains(t, schema.NamesFor(got[0].Dialect.Name()), got[0].Model)
		} else {
			assert.Contains(t, All, got[0])
		}
	}
	assert.Equal(t, "spl", DialectOfWord("Splunk"))
	own := []Target{{Name: "sentinel", Dialect: spl}, {Name: "xdr", Dialect: kql, Model: "mde"}, {Name: "other", Dialect: kql, Model: "asim"}}
	for word, want := range map[string][]string{"sentinel": {"sentinel"}, "defender": {"xdr"}, "kusto": {"xdr", "other"}, "splunk": {"sentinel"}, "elastic": {"eql"}, "Defender": {"xdr"}, "ELASTIC": {"eql"}} {
		got, err := Choose(own, []string{word})
		require.NoError(t, err)
		assert.Equal(t, want, Names(got), word)
	}
}

// TestEachTargetHasAModel holds that a rule is compiled to each target, or refused by it: without a model with an
// order, it would be neither.
func TestEachTargetHasAModel(t *testing.T) {
	for _, d := range dialects.All {
		assert.NotEmpty(t, schema.Preferred(d.Name()), d.Name())
	}
}

// TestEachFormatIsReadBack holds that `diff` and `import` know what `package` writes, in a language that is written.
func TestEachFormatIsReadBack(t *testing.T) {
	var products []string
	for _, p := range deployed.Products() {
		products = append(products, string(p))
	}
	assert.ElementsMatch(t, products, formats.Names(), "a product of compilers/deployed for each format, and a format for each product")
	for _, f := range formats.All {
		assert.NotNil(t, dialects.Named(f.Dialect()), f.Name())
	}
}

// TestPlaces: what is given wins by key, the rest stays, and the target that it is given to does not change.
func TestPlaces(t *testing.T) {
	own := Target{Name: "splunk", Dialect: dialects.All[1], Scope: map[string]string{"windows": "index=a", "linux": "index=b"}}
	assert.Equal(t, compilers.Places{"windows": "index=c", "linux": "index=b"}, own.With(compilers.Places{"windows": "index=c"}).Places())
	assert.Equal(t, compilers.Places{"windows": "index=a", "linux": "index=b"}, own.Places())
	assert.Equal(t, map[string]string{"linux": "T"}, Target{Dialect: dialects.All[0]}.With(compilers.Places{"linux": "T"}).Table)
	assert.Equal(t, map[string]string{"linux": "logs-*"}, Target{Dialect: dialects.All[2]}.With(compilers.Places{"linux": "logs-*"}).Index)
}

// TestChoosePackages: of a project, the targets with a package; a format by its name, also where the project has none
// of it.
func TestChoosePackages(t *testing.T) {
	kql := dialects.All[0]
	own := []Target{{Name: "azure", Dialect: kql, Package: "sentinel"}, {Name: "plain", Dialect: kql}, {Name: "other", Dialect: kql, Package: "sentinel"}}
	for _, c := range []struct{ asked, want []string }{
		{nil, []string{"azure", "other"}},
		{[]string{"other"}, []string{"other"}},
		{[]string{"other", "sentinel"}, []string{"other", "azure"}},
	} {
		chosen, err := ChoosePackages(own, c.asked)
		require.NoError(t, err)
		assert.Equal(t, c.want, Names(chosen))
	}
	alone, err := ChoosePackages(nil, []string{"sentinel"})
	require.NoError(t, err)
	assert.Equal(t, []Target{{Name: "sentinel", Dialect: kql, Package: "sentinel"}}, alone)
	named, err := ChoosePackages([]Target{{Name: "sentinel", Dialect: kql, Model: "asim"}}, []string{"sentinel"})
	require.NoError(t, err)
	assert.Equal(t, []Target{{Name: "sentinel", Dialect: kql, Model: "asim", Package: "sentinel"}}, named, "the project's target of that name, with its model")
	_, err = ChoosePackages(own, []string{"plain"})
	assert.ErrorContains(t, err, "target plain has no package")
	_, err = ChoosePackages(own, []string{"azur"})
	assert.ErrorContains(t, err, `did you mean "azure"?`)
	_, err = ChoosePackages(nil, nil)
	assert.ErrorContains(t, err, "no target has a package")
}
