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

// TestCut: an export that counts more rules than it has is none, however the rules are spread over files.
func TestCut(t *testing.T) {
	const (
		one   = `{"rule_id": "a", "name": "A", "type": "query", "query": "q"}` + "\n"
		learn = `{"rule_id": "b", "name": "B", "type": "machine_learning"}` + "\n"
		badly = `{"rule_id": "c", "name": "C", "type": "query", "query": 5}` + "\n"
		three = `{"exported_count": 4, "exported_rules_count": 3, "missing_rules": [], "missing_rules_count": 0}` + "\n"
		old   = `{"exported_count": 3, "missing_rules": [], "missing_rules_count": 0}` + "\n" // before 7.16
	)
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{one + learn + badly + three}, ""},
		{[]string{one + one + learn + three}, ""},
		{[]string{three + one + learn + badly}, ""},
		{[]string{one, learn, badly, three}, ""},
		{[]string{one + learn + badly + old}, ""},
		{[]string{one + learn + three}, "it counts 3 rules, and 2 are in it"},
		{[]string{one + learn + old}, "it counts 3 rules, and 2 are in it"},
		{[]string{one + `{"list_id": "l"}` + three}, "it counts 3 rules, and 1 are in it"},
		{[]string{three}, "it counts 3 rules, and 0 are in it"},
		{[]string{one + learn + badly + three, learn + three}, "it counts 6 rules, and 4 are in it"},
	} {
		var files []File
		for _, text := range c.files {
			files = append(files, File{"a.ndjson", []byte(text)})
		}
		_, err := Read(files)
		if c.want == "" {
			assert.NoError(t, err, c.files)
		} else {
			assert.EqualError(t, err, "the export is cut: "+c.want+". Export all rules again", c.files)
		}
	}
}

// TestMissing: an export may say that rules are missing from it, in each version of Kibana.
func TestMissing(t *testing.T) {
	for summary, want := range map[string]string{
		`{"exported_count": 0, "exported_rules_count": 0, "missing_rules": [], "missing_rules_count": 0}`:                                   "",
		`{"exported_count": 0, "exported_rules_count": 0, "missing_rules": [{"rule_id": "x"}, {"rule_id": "y"}], "missing_rules_count": 2}`: "2 (x, y)",
		`{"exported_count": 0, "missing_rules": [{"rule_id": "x"}]}`:                                                                        "1 (x)",
		`{"exported_count": 0, "exported_rules_count": 0, "missing_rules_count": 7}`:                                                        "7",
	} {
		x, err := Read([]File{{"a.ndjson", []byte(summary)}})
		assert.NoError(t, err, summary)
		assert.Equal(t, want != "", x.Incomplete, summary)
		if want != "" {
			assert.Equal(t, []string{"the export says that rules are missing from it: " + want + ". Nothing is said about them: export all rules again, " +
				"or the custom rules alone if these are Elastic's own"}, x.Remarks)
		}
	}
}
