package defender_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/defender"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/library"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

var settings = packages.Settings{Target: "defender"}

// sound holds packaged rules to the schema, and their names and titles to be unique.
func sound(t testing.TB, s *jsonschema.Schema, out packages.Output) {
	t.Helper()
	names, titles := map[string]bool{}, map[string]bool{}
	for _, f := range out.Files {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(f.Text))
		require.NoError(t, err)
		assert.NoError(t, s.Validate(v), f.Text)
		rule := v.(map[string]any)
		name := strings.ToLower(rule["displayName"].(string))
		title := strings.ToLower(rule["detectionAction"].(map[string]any)["alertTemplate"].(map[string]any)["title"].(string))
		assert.False(t, names[name], "the name %s twice", name)
		assert.False(t, titles[title], "the alert title %s twice", title)
		names[name], titles[title] = true, true
	}
}

// TestGolden packages the rule that decree began from, and a correlation, in full.
func TestGolden(t *testing.T) {
	f := defender.New()
	correlation, err := os.ReadFile("testdata/download_then_connection.yml")
	require.NoError(t, err)
	inputs := []packages.Input{
		packaged.Of(t, f, kql.New(), "mde", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")),
		packaged.Correlation(t, f, kql.New(), "mde", string(correlation)),
	}
	out := f.Package(settings, inputs)
	var b []byte
	for _, d := range out.Found {
		b = append(b, (d.Severity.String() + " " + d.Code + ": " + d.Message + "\n")...)
	}
	packaged.Golden(t, "findings.txt", string(b))
	require.Len(t, out.Files, 2)
	require.Len(t, out.Made, 2)
	for _, file := range out.Files {
		packaged.Golden(t, filepath.Base(file.Path), file.Text)
	}
	sound(t, packaged.Schema(t, "testdata/detectionrule.schema.json"), out)
}

// TestLibraryIsSound packages each shipped rule that the data model can say.
func TestLibraryIsSound(t *testing.T) {
	f, inputs := defender.New(), []packages.Input{}
	require.NoError(t, fs.WalkDir(library.FS(), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".yml" || strings.HasSuffix(file, ".test.yml") {
			return err
		}
		rs, _ := parse.RulesIn(source.NewFolder("library", library.FS()), file)
		if len(rs) == 0 { // a list
			return nil
		}
		_, found := parse.LinkJoins(rs, nil)
		require.Empty(t, found)
		byRule := map[*rules.Rule]*ir.Rule{}
		for _, r := range rs {
			byRule[r], found = ir.Lower(r)
			require.False(t, found.HasErrors(), "%v", found)
		}
		joined, found := ir.LinkJoins([]*ir.Rule{byRule[rs[0]]}, byRule)
		require.Empty(t, found)
		low := packages.ScheduledRule(joined[0], f.Schedule())
		show := packages.ShowOf(f, low)
		if q, _ := kql.New().Compile(low, compilers.Options{Model: lowered.Model(t, "mde"), Approximate: []string{"all"}, Show: show}); q != nil {
			inputs = append(inputs, packages.Input{Rule: low.Source, Query: q, Show: show, Path: strings.TrimSuffix(file, ".yml")})
		}
		return nil
	}))
	require.NotEmpty(t, inputs)
	out := f.Package(settings, inputs)
	var refused []string
	for _, d := range out.Found {
		if d.Severity == diag.Error {
			refused = append(refused, d.Code)
		}
	}
	// Two rules look back two weeks every hour, and Defender shows a query so much only once a day.
	assert.Equal(t, []string{"package-schedule", "package-schedule"}, refused, "%v", out.Found)
	assert.Len(t, out.Made, len(inputs)-len(refused), "%v", out.Found)
	sound(t, packaged.Schema(t, "testdata/detectionrule.schema.json"), out)
}

func codes(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}
