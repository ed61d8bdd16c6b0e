package deployed

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTextsThatAreNone: what is not a text is neither guessed nor dropped in silence.
func TestTextsThatAreNone(t *testing.T) {
	x, err := Read([]File{{"rules.ndjson", []byte(`{"rule_id":"1","name":"One","query":5}
{"rule_id":"2","name":["a"],"query":"process where true"}
{"rule_id":"3","name":"Three","query":"process where true","description":["a"],"severity":5,"note":{"a":1}}
{"rule_id":"4","name":"Four","query":false}
{"rule_id":"5","name":null,"query":"process where true"}
{"exported_count":5,"exported_rules_count":5}
`)}})
	require.NoError(t, err)
	var ids []string
	for _, r := range x.Rules {
		ids = append(ids, r.ID)
	}
	assert.ElementsMatch(t, []string{"3", "5"}, ids)
	assert.Equal(t, []string{
		"not read: rule 1: query is a number, and must be text",
		"not read: rule 2: name is a list, and must be text",
		"rule 3: description is a list, and must be text: it is left out",
		"rule 3: note is an object, and must be text: it is left out",
		"not read: rule 4: query is true or false, and must be text",
	}, x.Remarks)
	x, err = Read([]File{{"rule.yaml", []byte("id: a\nname: 404\nkind: Scheduled\nquery: T\n")}})
	require.NoError(t, err)
	assert.Equal(t, "404", x.Rules[0].Name)
	assert.Empty(t, x.Remarks)
}

func TestErrorsNameTheirFileOnce(t *testing.T) {
	_, err := Read([]File{{"a/one.json", []byte(`{"rule_id":"1","query":"x"}`)}, {"a/two.json", []byte(`{"queryCondition":{"queryText":"T"},"id":"1"}`)}})
	assert.EqualError(t, err, "a/two.json: this is of defender, and what was read before is of kibana: name files of one product")
	_, err = Read([]File{{"a/one.json", []byte(`{"rule_id":"1","query":"x"}`)}, {"a/savedsearches.conf", []byte("[x]\nsearch = y\n")}})
	assert.EqualError(t, err, "a/savedsearches.conf: this is of splunk, and what was read before is of kibana: name files of one product")
	_, err = Read([]File{{"a/one.json", []byte(`{"rule_id":"1","qu`)}})
	assert.EqualError(t, err, "a/one.json: the file ends inside JSON value 1: export it again")
}
