package document

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event/winevent"
	"decree/rules/schema"
)

// TestElements reads arrays where events may have them: below dots, in a text of JSON, under a first column or a
// second.
func TestElements(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	for _, c := range []struct {
		column schema.Column
		event  string
		want   int
	}{
		{schema.Column{Name: "TargetResources"}, `{"TargetResources": [{"a": 1}, null, 2]}`, 3},
		{schema.Column{Name: "TargetResources"}, `{"TargetResources": "[{\"a\": 1}]"}`, 1},
		{schema.Column{Name: "TargetResources"}, `{"\u0054argetResources": [1]}`, 1},
		{schema.Column{Name: "TargetResources"}, `{"TargetResources": "[x"}`, 0},
		{schema.Column{Name: "TargetResources"}, `{"TargetResources": {"a": 1}}`, 0},
		{schema.Column{Name: "TargetResources"}, `{"Other": [1]}`, 0},
		{schema.Column{Name: "RequestParameters.a.items"}, `{"RequestParameters": {"a": {"items": [1, 2]}}}`, 2},
		{schema.Column{Name: "RequestParameters.a.items"}, `{"RequestParameters": "{\"a\": {\"items\": [1, 2]}}"}`, 2},
		{schema.Column{Name: "RequestParameters.a.items"}, `{"RequestParameters": "{no"}`, 0},
		{schema.Column{Name: "RequestParameters.a.items"}, `{"RequestParameters.a.items": [1]}`, 1},
		{schema.Column{Name: "reasons/all"}, `{"reasons\/all": [1, 2]}`, 2},
		{schema.Column{Name: "NewValues"}, `{"New Values": [1, 2]}`, 2},
		{schema.Column{Name: "New_Values"}, `{"a": 1, "New Values": [1, 2]}`, 2},
		{schema.Column{Name: "EventData_Items"}, `{"_source": {"EventData_\u0049tems": [1]}}`, 1},
		{schema.Column{Name: "First", Also: []string{"Second"}}, `{"Second": [1]}`, 1},
	} {
		l := NewLayout(m)
		slot := l.Slot(c.column)
		l.AskElements(slot)
		l.Finish()
		d := New(l)
		require.NoError(t, d.Load([]byte(c.event)))
		assert.Len(t, d.Elements(slot), c.want, c.event)
		require.NoError(t, d.Load([]byte(`{"x": 1}`)))
		assert.Empty(t, d.Elements(slot), "of the event before")
		require.NoError(t, d.loadFields(winevent.Fields{}))
		assert.Empty(t, d.Elements(slot))
	}
}
