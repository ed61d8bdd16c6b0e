package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestQueries(t *testing.T) {
	r := &Rule{Queries: []Query{{For: NamedField{Name: "kql"}, Text: "any"}, {For: NamedField{Name: "sentinel"}, Text: "of Sentinel"}}}
	assert.Equal(t, "of Sentinel", r.QueryFor("prod", "sentinel", "kql").Text, "the most exact name")
	assert.Equal(t, "any", r.QueryFor("hunting", "", "kql").Text)
	assert.Nil(t, r.QueryFor("splunk", "", "spl"))
	assert.True(t, r.OnlyWritten())
	r.Conditions = []Condition{{Text: "a"}}
	assert.False(t, r.OnlyWritten())
	assert.False(t, (&Rule{}).OnlyWritten())
}
