package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

// TestCounted: entities come first, then fields with their whole value, and the actor's from its own columns.
func TestCounted(t *testing.T) {
	mde, err := Load("mde")
	require.NoError(t, err)
	windows, err := Load("windows")
	require.NoError(t, err)
	for _, c := range []struct {
		model                     *Model
		category, field, of, want string
		above                     bool
	}{
		{mde, "process_creation", "sha1", "", "SHA1", false},
		{mde, "process_creation", "sha1", "parent", "InitiatingProcessSHA1", true},
		{mde, "process_creation", "sha1", "actor", "InitiatingProcessSHA1", true},
		{mde, "process_creation", "user", "actor", "InitiatingProcessAccountName", false},
		{mde, "process_creation", "sha1", "grandparent", "", true},
		{mde, "process_creation", "Image", "grandparent", "", true},
		{mde, "process_creation", "ParentCommandLine", "", "InitiatingProcessCommandLine", true},
		{mde, "file_event", "sha1", "actor", "InitiatingProcessSHA1", false},
		{mde, "file_event", "Image", "actor", "InitiatingProcessFolderPath", false},
		{mde, "file_event", "TargetFilename", "actor", "", false},
		{mde, "registry_set", "TargetObject", "", "RegistryValueName", false},
		{windows, "process_creation", "sha1", "parent", "", true},
		{windows, "file_event", "sha1", "actor", "", false},
	} {
		s := c.model.Find(c.category, "windows", "")[0]
		n := &ir.Prevalence{Spec: rules.Prevalence{Field: c.field, Of: c.of}}
		columns, _ := c.model.Counted(s, n)
		name := ""
		if len(columns) > 0 {
			name = columns[0].Name
		}
		assert.Equal(t, c.want, name, "%s of %s in %s", c.field, c.of, s.Name)
		if c.want == "" {
			assert.Equal(t, c.above, c.model.CountsAbove(s, n), "%s of %s in %s", c.field, c.of, s.Name)
		}
	}
}

// TestReputationOfActors holds that the reputation of the process that acts can be asked wherever a table has its hash.
func TestReputationOfActors(t *testing.T) {
	for _, name := range []string{"mde", "sentinel"} {
		m, err := Load(name)
		require.NoError(t, err)
		asked := 0
		for i := range m.Sources {
			s := &m.Sources[i]
			if _, has := s.Columns["InitiatingProcessSHA1"]; !has {
				continue
			}
			asked++
			assert.NotEmpty(t, s.Reputation.Source, "%s of %s", s.Name, name)
			columns, _ := m.Counted(s, &ir.Prevalence{Spec: rules.Prevalence{Field: "sha1", Of: "actor"}})
			creation := s.Table == "DeviceProcessEvents" // of which the actor is the parent
			if !creation {
				assert.Equal(t, []Column{{Name: "InitiatingProcessSHA1"}}, columns, "%s of %s", s.Name, name)
			}
		}
		assert.Positive(t, asked, name)
	}
}
