package conformance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRecordingsFitTheirTables: a value of another type is a fault, whether or not a query names its column; a query
// finds what it finds whatever way it names columns.
func TestRecordingsFitTheirTables(t *testing.T) {
	needDuckDB(t)
	dir := t.TempDir()
	recorded := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	tables := Tables{"A": {"Id": "string", "N": "long", "Odd-Name": "string", "it's": "string", "Text": "string"}, "B": {"Other": "string"}}
	good := recorded("good", `{"Id":"1","N":5,"Odd-Name":"x","it's":"y","Text":"word"}`+"\n"+`{"Id":"2"}`+"\n")
	events := map[string]string{"A": good, "B": recorded("other", `{"Other":"z"}`+"\n")}
	queries := []string{"A | where ['Odd-Name'] == 'x'", "A | where ['it\\'s'] == 'y'", "A | where Id != ''", "A | where N == 5 // it's", "A | where 1 == 1"}
	assert.Equal(t, [][]string{{"1"}, {"1"}, {"1", "2"}, {"1"}, {"1", "2"}}, RunKQL(t, queries, Recording{Tables: tables, Events: events, ID: "Id"}))
	assert.Equal(t, [][]string{{"N", "Id", "Text", "it's", "Odd-Name"}}, RunKQL(t, []string{"A | getschema | project Id = ColumnName"}, Recording{Tables: tables, Events: events, ID: "Id"}))

	question := map[string]any{"queries": []string{"A | where Id != ''"}, "tables": tables, "events": map[string]string{"A": recorded("bad", `{"Id":"1","N":"abc"}`+"\n")}, "profiles": nil, "id": "Id"}
	var got [][]string
	assert.ErrorContains(t, duckDB.tell(question, &got), "abc")
}
