package conformance

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/pages/layers"
	"decree/rules/attack"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

// TestLayersAreReadByOthers reads a layer of the public rules by MITRE's library, and the technique administration by
// dettectinator.
func TestLayersAreReadByOthers(t *testing.T) {
	t.Parallel()
	python := pythonWith(t, "import dettectinator, mitreattack.navlayers", "attack")
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	hostile := "a \" quote: - [x] {y}\n# </script> \u202e"
	all := []layers.Rule{{Title: hostile, Status: "stable", Tags: []string{"attack.t1001"}, Page: "https://x.example/rules/a.html"}}
	for _, file := range files {
		rules, _ := parse.RulesIn(folder, file)
		for _, r := range rules {
			all = append(all, layers.Rule{Title: r.Title, Level: r.Level, Status: r.Status, Tags: r.Tags})
		}
	}
	covered := layers.ByTechnique(all)
	gap, _ := attack.TechniqueOf("T1595.003")
	layer, err := layers.Navigator(hostile, covered, layers.Count, []attack.Technique{gap})
	require.NoError(t, err)
	administration, err := layers.DeTTECT(hostile, covered)
	require.NoError(t, err)
	at := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(at, "layer.json"), layer, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(at, "techniques.yml"), administration, 0o600))
	out, err := exec.Command(python, filepath.Join(root(), "tests", "conformance", "attack", "read.py"), filepath.Join(at, "layer.json"), filepath.Join(at, "techniques.yml")).Output()
	require.NoError(t, err)
	var read struct {
		Layer   map[string]*float64
		Version string
		Dettect map[string][]int
	}
	require.NoError(t, json.Unmarshal(out, &read))
	assert.Equal(t, "4.5", read.Version)
	assert.Greater(t, len(covered), 200)
	assert.Len(t, read.Dettect, len(covered))
	for _, c := range covered {
		require.NotNil(t, read.Layer[c.ID], c.ID)
		assert.InDelta(t, len(c.Rules), *read.Layer[c.ID], 0)
		require.Len(t, read.Dettect[c.ID], 1)
	}
	assert.Contains(t, read.Layer, gap.ID)
	assert.Equal(t, []int{3}, read.Dettect["T1001"])
}
