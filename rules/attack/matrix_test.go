package attack

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMatrix(t *testing.T) {
	assert.Equal(t, "18", Major())
	all := Tactics()
	assert.Equal(t, "reconnaissance", all[0].Slug)
	all[0].Slug = "changed"
	assert.Equal(t, "reconnaissance", Tactics()[0].Slug, "callers have a copy")
	m := Of([]string{"attack.persistence", "attack.t1053.005"})
	assert.True(t, m.IsTagged(m.Tactics[1]))
	slugs := func(of []Tactic) (out []string) {
		for _, one := range of {
			out = append(out, one.Slug)
		}
		return out
	}
	task, _ := TechniqueOf("t1053.005")
	assert.Equal(t, []string{"persistence"}, slugs(m.TacticsOf(task)), "the tactic that is tagged")
	m = Of([]string{"attack.t1053.005"})
	assert.Equal(t, []string{"execution", "persistence", "privilege-escalation"}, slugs(m.TacticsOf(task)), "all, if none is tagged")
}
