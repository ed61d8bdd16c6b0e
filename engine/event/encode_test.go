package event

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

func TestFieldsAreWrittenAsEncodingJSONWritesThem(t *testing.T) {
	for _, fields := range []map[string]any{
		{},
		{"b": "x \"y\" \\ <z>\n\x01", "a": []string{"1", "2"}, "B": []string{}, "": map[string]any{"z": "1", "a": map[string]any{}}, "ä\u2028": "\xff"},
		{"number": 5, "none": nil, "is": true, "list": []any{"x", 1}},
	} {
		want, err := diag.JSON(fields)
		require.NoError(t, err)
		require.Equal(t, "x"+string(want), string(appendFields([]byte("x"), fields)))
	}
}
