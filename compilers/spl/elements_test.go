package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

const ofEntra = "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n"

// TestElements shows what becomes of each quantifier: which elements are looked for, and what the event must have.
func TestElements(t *testing.T) {
	m := lowered.Model(t, "splunk-cloud")
	for _, c := range []struct{ item, found, where string }{
		{"'TargetResources[any]': {a: x}", "", "isnotnull(decree_found_1)"},
		{"'TargetResources[none]': {a: x}", "", "NOT isnotnull(decree_found_1)"},
		{"'TargetResources[all]': {a: x}", "NOT ", "isnotnull(decree_array_1) AND NOT isnotnull(decree_found_1)"},
		{"'TargetResources[all_or_empty]': {a: x}", "NOT ", "NOT isnotnull(decree_found_1)"},
	} {
		q, found := New().Compile(lowered.Rule(t, ofEntra+"  s: {"+c.item+"}\n  condition: s\n"), compilers.Options{Model: m})
		require.Empty(t, found, c.item)
		assert.Contains(t, q.Text, "isnotnull(decree_element_1) AND "+c.found+`isnotnull(mvfind(decree_value_1_1, "(?i)\\Ax\\z")), 1, decree_found_1)`, c.item)
		assert.Contains(t, q.Text, "\n| where "+c.where+"\n", c.item)
	}
}

// TestElementsAreReadOnce holds that a duplicate test looks at the elements once, and that what is only asked
// to be there is not read.
func TestElementsAreReadOnce(t *testing.T) {
	r := lowered.Rule(t, ofEntra+"  s: {'TargetResources[-1].a': null, operationName: x}\n  u: {'TargetResources[-1].a': null, operationName|cased: Y}\n  condition: s or u\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-cloud")})
	require.Empty(t, found)
	assert.Equal(t, 1, strings.Count(q.Text, "| foreach"), q.Text)
	assert.Contains(t, q.Text, `json_array_to_mv(json_extract(_raw, "properties.targetResources"), true()), -1)`)
	assert.NotContains(t, q.Text, "mvmap")
}

// TestElementsWhereEmptyIsMissing holds that an empty text of an element is missing in a model that says so.
func TestElementsWhereEmptyIsMissing(t *testing.T) {
	m := *lowered.Model(t, "splunk-cloud")
	m.EmptyIsMissing = true
	q, found := New().Compile(lowered.Rule(t, ofEntra+"  s: {'TargetResources[any].a|exists': true}\n  condition: s\n"), compilers.Options{Model: &m})
	require.Empty(t, found)
	assert.Contains(t, q.Text, "decree_value_1_1=if(isnotnull(mvfilter(len(decree_value_1_1)>0)), decree_value_1_1, null())")
}

// TestElementsThatAreRefused names what has no elements, or none that can be read.
func TestElementsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ model, text, want string }{
		{"splunk-windows", "sigma-version: 3\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {'Image[any]': x}\n  condition: s\n",
			"spl: elements of arrays are read from events that are JSON, which those of this data model are not"},
		{"splunk-cloud", ofEntra + "  s: {'TargetResources[any].a{}.b': x}\n  condition: s\n", `SPL cannot name the field "a{}.b" of an element`},
		{"splunk-cloud", ofEntra + "  s: {'TargetResources.ModifiedProperties.NewValue[any]': x}\n  condition: s\n", "TargetResources.ModifiedProperties.NewValue is not an array"},
	} {
		q, found := New().Compile(lowered.Rule(t, c.text), compilers.Options{Model: lowered.Model(t, c.model)})
		assert.Nil(t, q, c.text)
		require.NotEmpty(t, found, c.text)
		assert.Contains(t, found[0].Message, c.want)
	}
}

// TestElementsThatAreNotRead: what a search says of an element's field that may hold a list in a list, or a key with a
// dot.
func TestElementsThatAreNotRead(t *testing.T) {
	const misses, finds = "false-negatives", "false-positives"
	for item, want := range map[string][]string{
		"'TargetResources[any]': {type: User}":                                  nil, // is listed
		"'TargetResources[any]': {'modifiedProperties[any]': {newValue: User}}": nil,
		"'TargetResources[any]': {modifiedProperties.newValue: User}":           {misses},
		"'TargetResources[any]': {'odd[any]': {newValue: User}}":                {misses},
		"'TargetResources[any]': {odd: User}":                                   {misses},
		"'TargetResources[none]': {odd: User}":                                  {finds},
		"'TargetResources[all_or_empty]': {odd: User}":                          {misses},
		"'TargetResources[any]': {odd: null}":                                   nil,
		"'TargetResources[any]': {odd|exists: true}":                            nil,
		"'TargetResources[any]': {odd.a|exists: true}":                          {misses},
		"'TargetResources[any]': {odd.a: null}":                                 {finds},
	} {
		q, found := New().Compile(lowered.Rule(t, ofEntra+"  s: {"+item+"}\n  condition: s\n"), compilers.Options{Model: lowered.Model(t, "splunk-cloud")})
		require.Empty(t, found, item)
		var got []string
		for _, n := range q.Notes {
			if n.Code == "element-values" {
				got = append(got, n.Effect)
			}
		}
		assert.Equal(t, want, got, item)
	}
}
