package diag

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzIndentedJSON holds that JSON is indented as Go's own library does it, byte for byte.
func FuzzIndentedJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `[[],{}, [[]]]`, `null`, `""`, `{"a":{},"b":[]}`, `{"b":[1,-0.5e+30,true,false,null],"a":{"":"\u0000"}}`,
		`["\\\"","\\\\","{[:,]}","<&>\u2028 é"]`, `{"a":{"b":{"c":[{"d":[[[1]]]}]}}}`, ` { "a" : [ 1 , 2 ] } `, `["a b","c\td\n"]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			t.Skip("decree writes valid JSON")
		}
		for _, prefix := range []string{"", "    "} {
			var compact, want bytes.Buffer
			require.NoError(t, json.Compact(&compact, []byte(text)))
			require.NoError(t, json.Indent(&want, compact.Bytes(), prefix, "  "))
			got, err := IndentedJSON(json.RawMessage(text), prefix)
			require.NoError(t, err)
			assert.Equal(t, want.String(), string(got))
		}
	})
}
