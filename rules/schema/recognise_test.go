package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRecognisable: the signs that are read without the rest of a model are the model's own, in the order that the
// documents promise.
func TestRecognisable(t *testing.T) {
	var names []string
	for _, r := range Recognisable() {
		names = append(names, r.Model)
		m, err := Load(r.Model)
		require.NoError(t, err)
		assert.Equal(t, m.Recognise, r.Signs, r.Model)
	}
	assert.Equal(t, []string{"windows", "linux", "cloud", "network", "web", "applications", "eslogger", "osquery", "falco", "unified-log", "winlogbeat", "ecs", "mde", "sentinel", "asim", "sentinel-event",
		"splunk-windows", "splunk-linux", "splunk-cloud", "splunk-network", "cim", Plain}, names)
}

func TestSigns(t *testing.T) {
	has := map[string][]string{"a": {"One", "two"}, "b": nil}
	texts := func(column string) ([]string, bool) {
		all, ok := has[column]
		return all, ok
	}
	for _, c := range []struct {
		sign   Sign
		weight int
		want   bool
	}{
		{Sign{Fields: []string{"a", "b"}}, 2, true},
		{Sign{Fields: []string{"a", "c"}}, 2, false},
		{Sign{Fields: []string{"a"}, Any: []string{"c", "b"}}, 2, true},
		{Sign{Any: []string{"c", "d"}}, 1, false},
		{Sign{Values: map[string][]string{"a": {"TWO"}}}, 3, true},
		{Sign{Values: map[string][]string{"a": {"on*"}}}, 3, true},
		{Sign{Values: map[string][]string{"a": {"tw"}}}, 3, false},
		{Sign{Values: map[string][]string{"b": {"*"}}}, 3, false},
		{Sign{Fields: []string{"a"}, Without: []string{"c"}}, 1, true},
		{Sign{Fields: []string{"a"}, Without: []string{"b"}}, 1, false},
	} {
		assert.Equal(t, c.weight, c.sign.Weight(), c.sign)
		assert.Equal(t, c.want, c.sign.Shown(texts), c.sign)
	}
}
