package targets

import (
	"testing"

	"decree/rules/schema"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	all, err := Choose(nil)
	require.NoError(t, err)
	assert.Equal(t, All, all)
	some, err := Choose([]string{"eql", "kql", "eql"})
	require.NoError(t, err)
	require.Len(t, some, 2)
	assert.Equal(t, []string{"eql", "kql"}, []string{some[0].Name(), some[1].Name()})
	_, err = Choose([]string{"kpl"})
	assert.EqualError(t, err, `unknown target "kpl" (one of kql, spl, eql); did you mean "kql"?`)
}

func TestModels(t *testing.T) {
	kql := Models(All[0])
	assert.Contains(t, kql, "mde")
	assert.NotContains(t, kql, "ecs")
	assert.Greater(t, len(Models(All...)), len(kql))
}

// TestEachTargetHasAModel holds that a rule is compiled to each target, or refused by it: without a model with an order, it would be neither.
func TestEachTargetHasAModel(t *testing.T) {
	for _, d := range All {
		assert.NotEmpty(t, schema.Preferred(d.Name()), d.Name())
	}
}
