package attack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTable(t *testing.T) {
	current := 0
	for id, technique := range techniques() {
		assert.NotEmpty(t, technique.Name, id)
		assert.Contains(t, []string{"current", "deprecated", "revoked", "later"}, technique.Status, id)
		if technique.Status != "current" {
			continue
		}
		current++
		require.NotEmpty(t, technique.Tactics, id)
		parent, ok := TechniqueOf(technique.Parent())
		require.True(t, ok, id)
		for _, slug := range technique.Tactics {
			_, known := TacticOf(slug)
			assert.True(t, known, slug)
			assert.Contains(t, parent.Tactics, slug, "%s serves what its parent does not", id)
		}
	}
	assert.Equal(t, 691, current, "as many as version 18.1 has")
}

func TestOf(t *testing.T) {
	m := Of([]string{"attack.t1505.001", "attack.persistence", "attack.T1611", "car.2016-03-001", "attack.t1086", "attack.t1999", "attack.stealth", "attack.g0016", "attack.t1505.001", "attack.t9999", "attack.evasion", "attack.DS0005", "attack.ta0003"})
	var tactics, techniques []string
	for _, t := range m.Tactics {
		tactics = append(tactics, t.Name)
	}
	for _, t := range m.Techniques {
		techniques = append(techniques, t.ID+" "+t.Name)
	}
	assert.Equal(t, []string{"Persistence", "Privilege Escalation", "Defense Evasion"}, tactics)
	assert.Equal(t, []string{"T1505.001 SQL Stored Procedures", "T1611 Escape to Host"}, techniques)
	assert.Equal(t, []int{4, 5, 9, 10}, m.Unknown)
	assert.Equal(t, "https://attack.mitre.org/techniques/T1505/001/", m.Techniques[0].URL())
	assert.Equal(t, "https://attack.mitre.org/tactics/TA0003/", m.Tactics[0].URL())
	assert.True(t, m.Techniques[0].IsSub() && m.Techniques[0].Has(m.Tactics[0]) && !m.Techniques[1].IsSub())
}

func TestTagOf(t *testing.T) {
	for id, want := range map[string]string{"TA0002": "execution", "ta0005": "defense-evasion", "T1059.001": "t1059.001", "Execution": "execution", "DS0022": "ds0022", "s0002": "s0002",
		"stealth": "stealth", "ta9999": "", "t9999": "", "x": "", "": ""} {
		assert.Equal(t, want, TagOf(id), id)
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string][2]bool{
		"execution": {true, true}, "stealth": {true, true}, "defense-evasion": {true, false}, "evasion": {},
		"t1059": {true, true}, "T1059": {}, "t1685": {true, true}, "t1562.001": {true, false}, "t1086": {true, false}, "t1999": {}, "": {},
	} {
		known, current := Lookup(name)
		assert.Equal(t, want, [2]bool{known, current}, name)
	}
	names := Names()
	assert.IsIncreasing(t, names)
	for _, name := range names {
		known, _ := Lookup(name)
		assert.True(t, known, name)
	}
}
