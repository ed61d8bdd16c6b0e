package scaffold

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/regression"
	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
	"decree/rules/source"
)

// TestANewRuleIsValidAndPassesItsTest: of every log source that has an example of its own, and of others.
func TestANewRuleIsValidAndPassesItsTest(t *testing.T) {
	requests := []Request{{}, {Product: "windows", Service: "security"}, {Product: "aws", Service: "cloudtrail"}, {Product: "someone's", Service: "else"}}
	for _, category := range []string{"process_creation", "file_event", "registry_set", "dns_query", "network_connection", "ps_script", "proxy"} {
		requests = append(requests, Request{Category: category, Product: "windows"})
	}
	for _, r := range requests {
		r.Name, r.Date = "new_rule", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		texts, err := Write(r)
		require.NoError(t, err)
		file, found := parse.Documents("new_rule.yml", texts.Rule, nil)
		require.Empty(t, found, "%s", texts.Rule)
		lowered, found := ir.Lower(file.Rules[0])
		require.Empty(t, found)
		assert.Equal(t, "New rule", file.Rules[0].Title)
		assert.False(t, lint.Run([]lint.File{{Path: "new_rule.yml", Rules: file.Rules, Lowered: []*ir.Rule{lowered}}}).HasErrors(), "%s", texts.Rule)
		folder, err := source.OpenFolder(t.TempDir())
		require.NoError(t, err)
		tests, found := regression.Parse(folder, "new_rule.test.yml", texts.Test, "")
		require.Empty(t, found)
		for _, outcomes := range regression.RunAll([]regression.Suite{{Rule: lowered, Cases: tests.Cases}}, 1) {
			require.Len(t, outcomes, 1)
			assert.True(t, outcomes[0].Passed(), "%s\n%v", texts.Rule, outcomes[0].Summary())
		}
	}
}

// TestTextsAreQuotedWhereTheyMustBe, and are what they were in any reader of YAML.
func TestTextsAreQuotedWhereTheyMustBe(t *testing.T) {
	texts, err := Write(Request{Name: "x", Title: "It's: a 'title'", Product: "windows", Service: "a, b", Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	assert.Contains(t, string(texts.Rule), "title: 'It''s: a ''title'''\n")
	assert.Contains(t, string(texts.Rule), "date: 2026-03-01\nlogsource: {product: windows, service: 'a, b'}\n")
}

func TestEachRuleHasAnID(t *testing.T) {
	a, b := UUID(), UUID()
	assert.NotEqual(t, a, b)
	assert.Regexp(t, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", a)
}
