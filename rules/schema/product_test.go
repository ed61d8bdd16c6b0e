package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/schema"
)

func TestForeign(t *testing.T) {
	mde, err := schema.Load("mde")
	require.NoError(t, err)
	sentinel, err := schema.Load("sentinel")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		source  rules.LogSource
		foreign bool
	}{
		"another product":                    {rules.LogSource{Product: "aws", Service: "cloudtrail"}, true},
		"a sensor of another product":        {rules.LogSource{Product: "zeek", Category: "http"}, true},
		"a product that nobody knows":        {rules.LogSource{Product: "acme", Category: "process_creation"}, true},
		"a log that the product lacks":       {rules.LogSource{Product: "windows", Service: "dns-server"}, false},
		"a log that the product has":         {rules.LogSource{Product: "Windows", Category: "process_creation"}, false},
		"a misspelt product":                 {rules.LogSource{Product: "widnows", Category: "process_creation"}, false},
		"a misspelt product, one letter":     {rules.LogSource{Product: "window", Category: "process_creation"}, false},
		"a category without a product":       {rules.LogSource{Category: "webserver"}, true},
		"a misspelt category":                {rules.LogSource{Category: "proces_creation"}, false},
		"a category that others have too":    {rules.LogSource{Category: "process_creation"}, false},
		"a service without product":          {rules.LogSource{Service: "cloudtrail"}, true},
		"a log source that says nothing":     {rules.LogSource{}, false},
		"a product almost named as this one": {rules.LogSource{Product: "macos", Category: "nothing"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.foreign, schema.Foreign(c.source, mde))
		})
	}
	assert.False(t, schema.Foreign(rules.LogSource{Product: "aws", Service: "cloudtrail"}, mde, sentinel), "one of several models has it")
	cim, err := schema.Load("cim")
	require.NoError(t, err)
	assert.False(t, schema.Foreign(rules.LogSource{Product: "windows", Category: "process_creation"}, cim), "its source is of any product")
	assert.True(t, schema.Foreign(rules.LogSource{Product: "windows", Service: "security"}, cim), "it names no product, and has no such log")
}
