package attack

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamed(t *testing.T) {
	tactics, techniques := Named([]string{"attack.execution", "attack.privilege_escalation", "Attack.T1059.001", "attack.t1218", "attack.g0001", "car.2013-02-003", "attack."})
	assert.Equal(t, []string{"execution", "privilege-escalation"}, tactics)
	assert.Equal(t, []string{"T1059.001", "T1218"}, techniques)
}
