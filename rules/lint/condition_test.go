package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAllOfAList: only a list that the condition names is reported, and none of which all values are asked.
func TestAllOfAList(t *testing.T) {
	for detection, want := range map[string]int{
		"{keywords: [a, b], condition: all of keywords}":               1,
		"{s: [{Image: x}, {Image: y}], condition: not all of s}":       1,
		"{keywords: {'|all': [a, b]}, condition: all of keywords}":     0,
		"{keywords: [a], condition: all of keywords}":                  0,
		"{keywords: [a, b], condition: 1 of keywords}":                 0,
		"{keywords: [a, b], condition: all of them}":                   0, // them are the selections
		"{sel_a: [{Image: x}, {Image: y}], condition: all of sel_*}":   0,
		"{s: {Image: [x, y]}, t: {User: u}, condition: s or all of t}": 0,
	} {
		assert.Equal(t, want, findings(t, "title: T\nlogsource: {product: windows}\ndetection: "+detection+"\n", "all-of-list"), detection)
	}
}
