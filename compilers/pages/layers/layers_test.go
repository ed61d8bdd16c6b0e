package layers

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/attack"
)

var detections = []Rule{
	{Title: "PowerShell", Level: "low", Status: "test", Tags: []string{"attack.execution", "attack.t1059.001"}, Score: 50, Changed: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)},
	{Title: "Encoded \"PowerShell\"\n</script>", Level: "critical", Status: "stable", Tags: []string{"attack.T1059.001", "attack.t1027"}, Score: 100, Page: "https://x.example/rules/e.html", Changed: time.Date(2025, 6, 2, 0, 0, 0, 0, time.UTC)},
	{Title: "Old", Status: "deprecated", Tags: []string{"attack.t1003", "attack.t1086", "attack.t9999", "cve.2020-1"}},
}

func TestByTechnique(t *testing.T) {
	all := ByTechnique(detections)
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	assert.Equal(t, []string{"T1003", "T1027", "T1059.001"}, ids)
	assert.Len(t, all[2].Rules, 2)
}

// read validates a layer by the format and reads it back.
func read(t *testing.T, text []byte) layer {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/layer.schema.json")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, s.Validate(doc))
	var l layer
	require.NoError(t, json.Unmarshal(text, &l))
	assert.Greater(t, l.Gradient.Max, l.Gradient.Min)
	return l
}

func TestNavigator(t *testing.T) {
	all := ByTechnique(detections)
	lsass, _ := attack.TechniqueOf("T1003.001")
	text, err := Navigator("A \"name\"", all, Count, []attack.Technique{lsass})
	require.NoError(t, err)
	l := read(t, text)
	byID := map[string]layerTechnique{}
	for _, one := range l.Techniques {
		byID[one.ID] = one
	}
	require.Len(t, l.Techniques, 5)
	assert.InDelta(t, 2, *byID["T1059.001"].Score, 0)
	assert.InDelta(t, 2, l.Gradient.Max, 0)
	assert.Equal(t, "PowerShell\n"+detections[1].Title, byID["T1059.001"].Comment)
	assert.Equal(t, []metadata{{"critical", "1"}, {"low", "1"}}, byID["T1059.001"].Metadata)
	assert.Equal(t, []link{{detections[1].Title, detections[1].Page}}, byID["T1059.001"].Links)
	assert.Nil(t, byID["T1059"].Score)
	assert.True(t, byID["T1059"].Show, "a technique opens over an annotated sub-technique")
	assert.True(t, byID["T1003"].Show)
	assert.Equal(t, gapColor, byID["T1003.001"].Color)
	assert.Len(t, l.Legend, 1)
	assert.Equal(t, []metadata{{"no level", "1"}}, byID["T1003"].Metadata)
}

func TestScales(t *testing.T) {
	all := ByTechnique(detections)
	want := map[Scale][3]float64{Count: {1, 1, 2}, Level: {0, 100, 100}, Fidelity: {0, 100, 75}, Mutation: {0, 100, 75}}
	for _, name := range Scales() {
		text, err := Navigator("x", all, Scale(name), nil)
		require.NoError(t, err)
		assert.NotEmpty(t, read(t, text).Description)
		for i, c := range all {
			assert.InDelta(t, want[Scale(name)][i], Scale(name).Score(c), 0, "%s of %s", name, c.ID)
		}
	}
	assert.Panics(t, func() { Scale("x").describe() })
}

func TestManyRulesOfATechnique(t *testing.T) {
	var many []Rule
	for range mostNamed + 3 {
		many = append(many, detections[1])
	}
	all := ByTechnique(many)
	text, err := Navigator("x", all, Count, nil)
	require.NoError(t, err)
	one := read(t, text).Techniques[0]
	assert.True(t, strings.HasSuffix(one.Comment, "and 3 more"))
	assert.Len(t, one.Links, mostNamed)
}

func TestNoRules(t *testing.T) {
	text, err := Navigator("x", nil, Count, nil)
	require.NoError(t, err)
	assert.Empty(t, read(t, text).Techniques)
	text, err = DeTTECT("x", nil)
	require.NoError(t, err)
	assert.Contains(t, string(text), "techniques: []")
}

func TestDeTTECT(t *testing.T) {
	all := ByTechnique(detections)
	text, err := DeTTECT("Ours: #1", all)
	require.NoError(t, err)
	var back administration
	require.NoError(t, yaml.Unmarshal(text, &back))
	assert.Equal(t, "Ours: #1", back.Name)
	require.Len(t, back.Techniques, 3)
	old, powershell := back.Techniques[0], back.Techniques[2]
	assert.Equal(t, []string{detections[0].Title, detections[1].Title}, powershell.Detection[0].Location)
	assert.Equal(t, 3, powershell.Detection[0].Logbook[0].Score, "the most mature rule counts")
	assert.Equal(t, detections[1].Changed, *powershell.Detection[0].Logbook[0].Date)
	assert.Equal(t, -1, old.Detection[0].Logbook[0].Score)
	assert.Nil(t, old.Detection[0].Logbook[0].Date)
}

func TestWanted(t *testing.T) {
	got, err := Wanted(strings.NewReader("\ufeff# list\n\nt1059.001 PowerShell\nT1003, x # no\r\nT1003\n"), "f")
	require.NoError(t, err)
	var ids []string
	for _, g := range got {
		ids = append(ids, g.ID)
	}
	assert.Equal(t, []string{"T1059.001", "T1003"}, ids)
	_, err = Wanted(strings.NewReader("T1003\nT10x\n"), "a/f.txt")
	require.EqualError(t, err, `a/f.txt:2: ATT&CK 18.1 has no technique "T10x": write an id such as T1059 or T1059.001`)
	_, err = Wanted(strings.NewReader("# T1003\n\n"), "f")
	require.EqualError(t, err, "f: no technique is in it: write an id such as T1059 on each line", "an empty list has no gaps")
	_, err = Wanted(strings.NewReader("T1086\n"), "f")
	require.ErrorContains(t, err, "f:1: technique T1086 is revoked in ATT&CK 18.1")
	_, err = Wanted(io.MultiReader(strings.NewReader("T1003\n"), failing{}), "f")
	require.EqualError(t, err, "f: broken")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestGaps(t *testing.T) {
	all := ByTechnique([]Rule{{Tags: []string{"attack.t1059.001", "attack.t1003"}}})
	wanted, err := Wanted(strings.NewReader("T1059\nT1059.001\nT1059.003\nT1003\nT1003.001\n"), "f")
	require.NoError(t, err)
	var ids []string
	for _, g := range Gaps(wanted, all) {
		ids = append(ids, g.ID)
	}
	assert.Equal(t, []string{"T1059.003", "T1003.001"}, ids, "a rule of a sub-technique covers its technique, not the other way round")
}

func TestBadge(t *testing.T) {
	text := Badge(`rules <x> "q" & y`, "12")
	d := xml.NewDecoder(bytes.NewReader(text))
	var shown string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if data, ok := token.(xml.CharData); ok {
			shown += string(data) + "|"
		}
	}
	assert.Contains(t, shown, `rules <x> "q" & y: 12|`)
	assert.NotContains(t, string(text), "<x>")
}
