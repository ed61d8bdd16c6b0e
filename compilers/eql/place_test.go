package eql

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCheckIndex(t *testing.T) {
	for text, fine := range map[string]bool{
		"logs-endpoint.events.*":                       true,
		"logs-endpoint.events.process-*, winlogbeat-*": true,
		".ds-logs-system":                              true,
		"europe:logs-*,*:logs-*":                       true,
		"*,-secret-*":                                  true,
		"":                                             false,
		"logs-*,":                                      false,
		"Logs-*":                                       false,
		"logs *":                                       false,
		"logs/_search":                                 false,
		"<logs-{now/d}>":                               false,
		"_all":                                         false,
		"logs\n-*":                                     false,
		"logs\"":                                       false,
		"..":                                           false,
	} {
		assert.Equal(t, fine, checkIndex(text) == nil, text)
	}
}
