package parse

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/tests/fixture"
)

func TestSuppress(t *testing.T) {
	const rule = "title: T\nlogsource: {product: windows}\ndetection: {a: {F: 1}, condition: a}\n"
	const correlation = "title: T\ncorrelation: {type: event_count, rules: [a], group-by: [User, Host], timespan: 1h, condition: {gte: 2}}\n"
	for _, test := range []struct {
		name, text string
		by         []string
		length     time.Duration
	}{
		{"by fields", rule + "suppress: {by: [host, Image], for: 1d}", []string{"host", "Image"}, 24 * time.Hour},
		{"by one field", rule + "suppress: {by: host, for: 30m}", []string{"host"}, 30 * time.Minute},
		{"whatever the values", rule + "suppress: {for: 1h}", nil, time.Hour},
		{"an empty list", rule + "suppress: {by: [], for: 1h}", nil, time.Hour},
		{"a correlation by its groups", correlation + "suppress: {for: 1h}", []string{"User", "Host"}, time.Hour},
		{"a correlation by null", correlation + "suppress: {by: , for: 1h}", []string{"User", "Host"}, time.Hour},
		{"a correlation by one of them", correlation + "suppress: {by: User, for: 1h}", []string{"User"}, time.Hour},
		{"a correlation whatever the group", correlation + "suppress: {by: [], for: 1h}", nil, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			docs, found := Documents("rule.yml", []byte(test.text), nil)
			require.Empty(t, found)
			require.NoError(t, fixture.Schema(t, rules.JSONSchema).Validate(yamlOf(t, test.text)))
			var got *rules.Suppress
			for _, r := range docs.Rules {
				got = r.Suppress
			}
			for _, c := range docs.Correlations {
				got = c.Body.Suppress
			}
			require.NotNil(t, got)
			var names []string
			for _, f := range got.By {
				names = append(names, f.Name)
			}
			assert.Equal(t, test.by, names)
			assert.Equal(t, test.length, got.For)
		})
	}
}
