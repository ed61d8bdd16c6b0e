package deployed

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPages: a page of a list is no export, unless the others are beside it.
func TestPages(t *testing.T) {
	const (
		first  = `{"value": [{"queryCondition": {"queryText": "x"}, "id": "1"}], "@odata.nextLink": "https://graph.example"}`
		last   = `{"value": [{"queryCondition": {"queryText": "x"}, "id": "2"}]}`
		arm    = `{"value": [{"kind": "Scheduled", "name": "a", "properties": {"query": "x"}}], "nextLink": "https://management.example"}`
		empty  = `{"value": [], "nextLink": "https://management.example"}`
		found  = `{"page": 1, "perPage": 1, "total": 2, "data": [{"rule_id": "a", "query": "q"}]}`
		found2 = `{"page": 2, "perPage": 1, "total": 2, "data": [{"rule_id": "b", "query": "q"}]}`
	)
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{first}, "it names a next page (nextLink)"},
		{[]string{arm}, "it names a next page (nextLink)"},
		{[]string{empty}, "it names a next page (nextLink)"},
		{[]string{first, last}, ""},
		{[]string{"[" + first + "," + last + "]"}, ""},
		{[]string{found}, "Kibana has 2 rules, and 1 are in it"},
		{[]string{found, found2}, ""},
	} {
		var files []File
		for _, text := range c.files {
			files = append(files, File{"a.json", []byte(text)})
		}
		_, err := Read(files)
		if c.want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, "the export goes on: "+c.want)
		}
	}
}
