package regression

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/parse"
)

const beforeUpdate = `# what whoami must find
cases:
  - name: in brackets     # stays
    events: [{id: a, Image: x.exe}, {id: "it's", Image: x.exe}, {id: c}]
    expect: {ids: [c, "a,]"]}   # reviewed in May
  - name: line by line
    events: [{id: a, Image: x.exe}, {id: b}, {id: c, Image: x.exe}]
    expect:
      ids:
        - a   # the full path
        # a near miss
        - b
  - {name: count, events: [{id: a, Image: x.exe}], expect: {count: 22}}
  - {name: least, events: [{id: a}], expect: {at_least: 1}}
  - {name: fewer, events: [{id: a, Image: x.exe}], expect: {at_least: 2}}
  - {name: none, events: [{id: a, Image: x.exe}], expect: {none: true}}
  - {name: none without ids, events: [{Image: x.exe}], expect: {none: true}}
  - name: all gone
    events: [{id: a}]
    expect:
      ids:
        - a
  - name: empty
    events: [{id: a, Image: x.exe}]
    expect:
  - {name: indexes, events: [{id: a}, {id: b, Image: x.exe}], expect: {indexes: [1]}}
  - {name: selections, events: [{id: a, Image: x.exe}], expect: {ids: [a], details: [{id: a, selections: []}]}}
  - name: commented
    events: [{id: a, Image: x.exe}]
    expect:
      ids: [   # why
        b]
  - {name: good, events: [{id: a, Image: x.exe}], expect: {ids: [ a ]}}
  - {name: ids that begin with a hash, events: [{id: '#1', Image: x.exe}, {id: '#a', Image: x.exe}], expect: {ids: [b]}}
  - name: ids that YAML would read otherwise
    events: [{id: 'null', Image: x.exe}, {id: 0x17, Image: x.exe}, {id: 'yes', Image: x.exe}, {id: '1e3', Image: x.exe}, {id: '007', Image: x.exe}, {id: '2026-03-02', Image: x.exe}, {id: '~', Image: x.exe}, {id: 'a: b', Image: x.exe}, {id: "a\u202e\n", Image: x.exe}, {id: 1038, Image: x.exe}, {id: '-', Image: x.exe}, {id: '*a', Image: x.exe}]
    expect:
      ids:   # all of them
        - c  # gone
  - {name: one of two with one id, events: [{id: a, Image: x.exe}, {id: a}], expect: {none: true}}
  - {name: two with one id, events: [{id: a, Image: x.exe}, {id: a, Image: x.exe}], expect: {none: true}}
`

const afterUpdate = `# what whoami must find
cases:
  - name: in brackets     # stays
    events: [{id: a, Image: x.exe}, {id: "it's", Image: x.exe}, {id: c}]
    expect: {ids: [a, 'it''s']}   # reviewed in May
  - name: line by line
    events: [{id: a, Image: x.exe}, {id: b}, {id: c, Image: x.exe}]
    expect:
      ids:
        - a   # the full path
        # a near miss
        - c
  - {name: count, events: [{id: a, Image: x.exe}], expect: {count: 1}}
  - {name: least, events: [{id: a}], expect: {none: true}}
  - {name: fewer, events: [{id: a, Image: x.exe}], expect: {at_least: 1}}
  - {name: none, events: [{id: a, Image: x.exe}], expect: {ids: [a]}}
  - {name: none without ids, events: [{Image: x.exe}], expect: {indexes: [1]}}
  - name: all gone
    events: [{id: a}]
    expect:
      ids:
        []
  - name: empty
    events: [{id: a, Image: x.exe}]
    expect: {ids: [a]}
  - {name: indexes, events: [{id: a}, {id: b, Image: x.exe}], expect: {indexes: [2]}}
  - {name: selections, events: [{id: a, Image: x.exe}], expect: {ids: [a], details: [{id: a, selections: [named]}]}}
  - name: commented
    events: [{id: a, Image: x.exe}]
    expect:
      ids: [   # why
        b]
  - {name: good, events: [{id: a, Image: x.exe}], expect: {ids: [ a ]}}
  - {name: ids that begin with a hash, events: [{id: '#1', Image: x.exe}, {id: '#a', Image: x.exe}], expect: {ids: ['#1', '#a']}}
  - name: ids that YAML would read otherwise
    events: [{id: 'null', Image: x.exe}, {id: 0x17, Image: x.exe}, {id: 'yes', Image: x.exe}, {id: '1e3', Image: x.exe}, {id: '007', Image: x.exe}, {id: '2026-03-02', Image: x.exe}, {id: '~', Image: x.exe}, {id: 'a: b', Image: x.exe}, {id: "a\u202e\n", Image: x.exe}, {id: 1038, Image: x.exe}, {id: '-', Image: x.exe}, {id: '*a', Image: x.exe}]
    expect:
      ids:   # all of them
        - 'null'
        - 23
        - 'yes'
        - '1e3'
        - '007'
        - '2026-03-02'
        - '~'
        - 'a: b'
        - "a\u202e\n"
        - 1038
        - '-'
        - '*a'
  - {name: one of two with one id, events: [{id: a, Image: x.exe}, {id: a}], expect: {indexes: [1]}}
  - {name: two with one id, events: [{id: a, Image: x.exe}, {id: a, Image: x.exe}], expect: {ids: [a]}}
`

func TestUpdateKeepsEveryOtherLetter(t *testing.T) {
	r := rule(t, ruleText)
	file, found := Parse(nil, "t", []byte(beforeUpdate), parse.FilterByForm)
	require.Empty(t, found)
	text, changed, left, err := file.Update(RunAll([]Suite{{Rule: r, Cases: file.Cases}}, 2)[0])
	require.NoError(t, err)
	assert.Equal(t, afterUpdate, string(text))
	assert.Len(t, changed, 15)
	assert.Equal(t, []string{"commented"}, left)

	again, found := Parse(nil, "t", text, parse.FilterByForm)
	require.Empty(t, found)
	for _, o := range RunAll([]Suite{{Rule: r, Cases: again.Cases}}, 2)[0] {
		assert.Equal(t, o.Case != "commented", o.Passed(), o.Case)
	}
}

func TestUpdateRefusesASharedExpectation(t *testing.T) {
	file, found := Parse(nil, "t", []byte("cases:\n  - {name: a, events: [{id: a, Image: x.exe}], expect: &e {ids: []}}\n  - {name: b, events: [{id: b, Image: x.exe}], expect: *e}\n"), parse.FilterByForm)
	require.Empty(t, found)
	_, _, _, err := file.Update(RunAll([]Suite{{Rule: rule(t, ruleText), Cases: file.Cases}}, 1)[0])
	assert.ErrorContains(t, err, "two cases share one expectation")
}
