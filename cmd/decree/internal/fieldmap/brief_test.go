package fieldmap

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
)

func TestBriefTables(t *testing.T) {
	for table, want := range map[string]string{
		"":                                     "",
		"DeviceEvents":                         "DeviceEvents",
		"tag=malware tag=attack":               "tag=malware tag=attack",
		"(source=a)":                           "(source=a)",
		`(source="a (OR) b" OR source=c)`:      `source="a (OR) b" +1`,
		"(source=a OR source=b OR c=d) x=y":    "source=a +2 x=y",
		"(a=1 OR ((b=2 OR b=3) (c=4 OR d=5)))": "a=1 +1",
		"(a=1 OR b=2":                          "(a=1 OR b=2",
		`"(a OR b)" OR c`:                      `"(a OR b)" OR c`,
	} {
		assert.Equal(t, want, brief(table), table)
	}
	for _, one := range List(rules.LogSource{}, shipped(t)) {
		assert.LessOrEqual(t, len(brief(one.Table)), 120, one.Table)
	}
}
