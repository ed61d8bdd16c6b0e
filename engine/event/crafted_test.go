package event

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// TestACraftedEventTakesMemoryOfItsSize: no form of an event copies it for each of its parts.
func TestACraftedEventTakesMemoryOfItsSize(t *testing.T) {
	const parts = 5000
	var items, fields, spaced strings.Builder
	for i := range parts {
		fmt.Fprintf(&spaced, `,"S%sN%s":%d`, strings.Repeat(" ", i%70), strings.Repeat(" ", i/70), i)
		fmt.Fprintf(&items, `,{"n%d":"v"}`, i)
		fmt.Fprintf(&fields, `,"EventData.n%d":"v"`, i)
	}
	for name, text := range map[string]string{
		"OpenTelemetry's list":   `{"system_time":"t","record_id":1,"channel":"c","event_id":{"id":7},"event_data":{"data":[{}` + items.String() + `]}}`,
		"paths as keys":          `{"System.Channel":"c"` + fields.String() + `}`,
		"a path of many parts":   `{"System.Channel":"c","n4999":"v","EventData` + strings.Repeat(".a", 100*parts) + `":"v"}`,
		"spaces in names":        `{"n4999":"v"` + spaced.String() + `}`,
		"an element of few keys": `{"System.Channel":"c","n4999":"v","EventData` + strings.Repeat(".a", 100) + `":"v"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var got map[string]any
			took := fixture.Allocated(func() {
				var err error
				got, err = Decode([]byte(text))
				require.NoError(t, err)
			})
			assert.Equal(t, "v", got["n4999"])
			assert.Less(t, took, uint64(100*len(text)+1<<16))
		})
	}
}

// TestAPathIsNestedToADepth: a key of more parts than an event has levels is a field under its own name alone.
func TestAPathIsNestedToADepth(t *testing.T) {
	path := "UserData" + strings.Repeat(".a", deepestPath-1)
	fields, err := Decode([]byte(`{"System.Channel":"c","System.Provider.#attributes.Name":"p","` + path + `":1,"` + path + `.a":2,"EventData` + strings.Repeat(".a", 2_000_000) + `":3}`))
	require.NoError(t, err)
	assert.Equal(t, "p", fields["Provider_Name"])
	assert.Contains(t, fields, path)
	assert.Contains(t, fields, path+".a")
	assert.NotContains(t, fmt.Sprint(fields["a"]), "2")
}

// TestTheFirstOfANameInAListCounts also before what is beside the list.
func TestTheFirstOfANameInAListCounts(t *testing.T) {
	fields, err := Decode([]byte(`{"system_time":"t","record_id":1,"channel":"c","event_id":7,"event_data":{"data":[{"a":"1","b":"1"},{"a":"2"},5],"b":"3","c":"3"},"user_data":{"c":"4","d":"4"}}`))
	require.NoError(t, err)
	assert.Equal(t, "1 1 3 4", fmt.Sprint(fields["a"], " ", fields["b"], " ", fields["c"], " ", fields["d"]))
}
