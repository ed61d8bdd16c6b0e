package document

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/engine/event/winevent"
)

// made gives the fields of a JSON object that are values, or lists of them, as a reader would make them.
func made(data []byte) winevent.Fields {
	object, err := event.Object(data)
	if err != nil {
		return nil
	}
	var c winevent.Collector
	for name, v := range object {
		for _, text := range appendTexts(nil, v) {
			_, text2 := v.(string)
			c.Field(name, winevent.Part{Value: winevent.Value{Text: text, Bare: !text2 && json.Valid([]byte(text))}})
		}
	}
	return c.Take()
}

// FuzzFields holds that fields are read as their JSON is, by documents that ask for them and that have read other
// events before.
func FuzzFields(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text), []byte(`{"EventID":1,"SourceName":"s","Hostname":"h","a":"x","b":["x",1],"c d":true}`))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		events := []winevent.Fields{made(first), made(second), made(first), made(first), made(second)}
		for _, keywords := range []bool{false, true} {
			l := layoutFor(events[0].JSON(), events[1].JSON())
			l.keywords = keywords
			byFields, byText, texts := New(l), New(l), map[version]string{}
			for n, fields := range events {
				require.NoError(t, byFields.loadFields(fields))
				require.NoError(t, byText.Load(fields.JSON()))
				for name, i := range l.columns {
					got, want := byFields.column(i), byText.column(i)
					require.Equal(t, want.Present, got.Present, "event %d: is %q there", n, name)
					require.Equal(t, slices.Clone(want.Texts), slices.Clone(got.Texts), "event %d: %q", n, name)
					if got.Version == 0 {
						continue
					}
					had := version{name, got.Version}
					if _, ok := texts[had]; !ok {
						texts[had] = strings.Join(got.Texts, "\x00")
					}
					require.Equal(t, texts[had], strings.Join(got.Texts, "\x00"), "event %d: %q has not been the same", n, name)
				}
				require.ElementsMatch(t, byText.All(), byFields.All())
				for _, text := range byFields.All() {
					require.True(t, !byFields.ASCII() || isASCII(text), "%q was overlooked", text)
				}
			}
		}
	})
}

// version names a value by its column and its number.
type version struct {
	column string
	number uint64
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c > 127 })
}
