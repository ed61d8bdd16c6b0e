package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVocabulary(t *testing.T) {
	m, err := Load("mde")
	require.NoError(t, err)
	names := m.Find("process_creation", "windows", "")[0].Vocabulary()
	assert.Subset(t, names, []string{"CommandLine", "GrandParentImage", "Image", "ParentImage", "sha1"})
	assert.NotContains(t, names, "Parentsha1", "Sigma has no name for it")
	m, err = Load("windows")
	require.NoError(t, err)
	sysmon := m.Find("pipe_created", "windows", "")[0]
	assert.Subset(t, sysmon.Vocabulary(), []string{"PipeName", "UtcTime"}, "fields of the log are known, too")
	assert.NotContains(t, sysmon.Vocabulary(), "DestinationPort", "a field of other events")
	own := Source{Names: []string{"a", "A", "b.", "c.d"}}
	assert.Equal(t, []string{"a", "c.d"}, own.Vocabulary())
}

func TestAnyOther(t *testing.T) {
	for model, want := range map[string]string{"mde": "AdditionalFields.*", "asim": "", "sentinel": "EventData.*", "sentinel-event": "EventData (XML)", "sigma": "*"} {
		m, err := Load(model)
		require.NoError(t, err)
		sources := m.Find("process_creation", "windows", "")
		assert.Equal(t, want, m.AnyOther(sources[len(sources)-1]), model)
	}
}
