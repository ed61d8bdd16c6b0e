package route_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/document"
	"decree/engine/route"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// tableOf makes a table of sources of a model, all of them if none is named, and the layout of what it reads. names are
// those of the sources by their numbers.
func tableOf(m *schema.Model, tableColumn string, among ...string) (l *document.Layout, table *route.Table, names []string) {
	l = document.NewLayout(m)
	table = route.NewTable(l, m)
	for i := range m.Sources {
		if s := &m.Sources[i]; len(among) == 0 || slices.Contains(among, s.Name) {
			table.Add(s, tableColumn)
			names = append(names, s.Name)
		}
	}
	table.Finish()
	l.Finish()
	return l, table, names
}

// TestEventsAreRoutedByTheirScope routes each event several times, in turn with others, by all log sources of a model:
// what is remembered of one changes nothing for the next.
func TestEventsAreRoutedByTheirScope(t *testing.T) {
	m := lowered.Model(t, "windows")
	l, table, _ := tableOf(m, m.TableColumn)
	assert.NotEmpty(t, table.Slots())
	d, r := document.New(l), table.NewRouter()
	events := []string{
		`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1}`, `{"Channel":"microsoft-windows-sysmon/operational","EventID":"1"}`,
		`{"Channel":"Security","EventID":4688}`, `{"Channel":"Security","EventID":[4688,4624]}`, `{"EventID":4688}`, `{"Channel":"none"}`, `{}`, `{"Channel":"Security","EventID":"4688.5"}`, `{"Channel":"Security","EventID":"4688."}`,
	}
	var first [][]int
	for round := range 3 {
		for i, event := range events {
			require.NoError(t, d.Load([]byte(event)))
			r.Route(d)
			if round == 0 {
				first = append(first, append([]int{}, r.Of...))
			}
			assert.Equal(t, first[i], append([]int{}, r.Of...), event)
			for source := range m.Sources {
				assert.Equal(t, isOf(&m.Sources[source], d, l), r.Is(source), "%s of %s", event, m.Sources[source].Name)
			}
		}
	}
	assert.NotEmpty(t, first[0])
	assert.Equal(t, first[0], first[1], "case and the type of a number change nothing")
	assert.NotEqual(t, first[0], first[2])
	for _, event := range []string{`{"Channel":"Security","EventID":4688.0}`, `{"Channel":"Security","EventID":"4688.00"}`} {
		require.NoError(t, d.Load([]byte(event)))
		r.Route(d)
		assert.Equal(t, first[2], r.Of, "a fraction of zeros changes nothing")
	}
}

// TestAScopeMayHaveAFraction: a fraction of zeros counts where the model writes it.
func TestAScopeMayHaveAFraction(t *testing.T) {
	m := &schema.Model{Name: "m", Sources: []schema.Source{
		{Name: "old", Product: "p", Service: "old", Scope: []schema.ScopeTest{{Column: "version", Values: []string{"1.0"}}}},
		{Name: "new", Product: "p", Service: "new", Scope: []schema.ScopeTest{{Column: "version", Values: []string{"2"}}}},
	}}
	l, table, names := tableOf(m, "")
	d, r := document.New(l), table.NewRouter()
	for text, want := range map[string]string{"1.0": "old", "2": "new", "2.0": "new"} {
		require.NoError(t, d.Load([]byte(`{"version":"`+text+`"}`)))
		r.Route(d)
		require.Len(t, r.Of, 1, text)
		assert.Equal(t, want, names[r.Of[0]], text)
	}
}

// isOf asks every test of a scope, one by one.
func isOf(s *schema.Source, d *document.Document, l *document.Layout) bool {
	for _, test := range s.Scope {
		v := d.Slot(l.Slot(test.Reads()))
		holds := !v.Present && test.Optional
		for _, text := range v.Texts {
			for _, want := range test.Values {
				holds = holds || strings.EqualFold(text, want)
			}
		}
		if !holds {
			return false
		}
	}
	return true
}

// TestAColumnTellsItsTable: a scope without values asks only whether the column is there.
func TestAColumnTellsItsTable(t *testing.T) {
	m := lowered.Model(t, "mde")
	l, table, _ := tableOf(m, m.TableColumn)
	d, r := document.New(l), table.NewRouter()
	of := func(event string) (tables []string) {
		require.NoError(t, d.Load([]byte(event)))
		r.Route(d)
		for _, i := range r.Of {
			if m.Sources[i].OwnColumns {
				tables = append(tables, m.Sources[i].Table)
			}
		}
		return tables
	}
	for range 2 {
		assert.Equal(t, []string{"UrlClickEvents"}, of(`{"Url":"u","ActionType":"ClickAllowed","AccountUpn":"a","IsClickedThrough":true}`))
		assert.Equal(t, []string{"EmailEvents"}, of(`{"NetworkMessageId":"n","EmailDirection":"Inbound","Subject":""}`))
		assert.Equal(t, []string{"DeviceFileCertificateInfo"}, of(`{"DeviceId":"d","SHA1":"x","IsTrusted":false}`))
		assert.Equal(t, []string{"IdentityLogonEvents", "IdentityDirectoryEvents"}, of(`{"Application":"Active Directory","ActionType":"LogonFailed","AccountName":"a"}`))
		assert.Empty(t, of(`{"NetworkMessageId":"n"}`))
		assert.Empty(t, of(`{"Url":"u","IsClickedThrough":null}`))
	}
}
