package compilers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules"
)

// TestWrittenQueries are taken as they are, and what a rule names is a column of theirs.
func TestWrittenQueries(t *testing.T) {
	r := &rules.Rule{Schedule: rules.Schedule{Lookback: time.Hour}}
	q := compilers.Written(r, &rules.Query{Text: "SecurityEvent", Index: []string{"logs-*"}}, kql.New())
	assert.Equal(t, "SecurityEvent\n", q.Text)
	assert.Equal(t, []string{compilers.HandWritten, compilers.Unchecked}, []string{q.Notes[0].Code, q.Notes[0].Effect})
	column, ok := q.Result.Column("Computer")
	assert.True(t, ok)
	assert.Equal(t, "Computer", column)
	assert.False(t, q.Result.Lists("host"))
	assert.True(t, q.Result.Has("Any"))
	assert.Equal(t, time.Hour, q.Result.Lookback)
}

func TestUnbalancedQueries(t *testing.T) {
	for _, c := range []struct {
		in   compilers.Dialect
		text string
		want string
	}{
		{kql.New(), "T | where A has \"(\" and B == @'C:\\' and C == 'it''s' // don't (\n| take 1", ""},
		{kql.New(), "T | where A in (1, 2] ", "a closing bracket without its opening one: ] "},
		{kql.New(), "let a = dynamic({\"x\": [1]}); print ```two\nlines (```", ""},
		{kql.New(), "T | where A == \"x\n\"", `a text that does not end: "x`},
		{kql.New(), "T // the end", ""},
		{kql.New(), "T | where (A == @\"say \"\"(\"\"\"", "a bracket that is not closed: ) is missing"},
		{spl.New(), "index=win don't [search index=x] | eval a=\"two\nlines \\\"(\" ```a ( comment```", ""},
		{spl.New(), "index=win | eval a=(1 | eval b=\"very long and not ended, as it happens in practice", `a text that does not end: "very long and not ended, as it happens ...`},
		{spl.New(), "index=x ```half", "a comment that does not end: ```half"},
		{eql.New(), "sequence by host.id [process where true] /* ( */ [file where file.path : \"\"\"C:\\\"\"\" and `a``(b` == 1] // (", ""},
		{eql.New(), "process where length(a) > 1)", "a closing bracket without its opening one: )"},
	} {
		r := &rules.Rule{Queries: []rules.Query{{For: rules.NamedField{Name: "x"}, Text: c.text}}}
		found := compilers.CheckWritten(r, nil, func(string) compilers.Dialect { return c.in })
		if c.want == "" {
			assert.Empty(t, found, c.text)
			continue
		}
		require.Len(t, found, 1, c.text)
		assert.Equal(t, "the query for x has "+c.want, found[0].Message)
		r.Queries[0].Language = "another"
		assert.Empty(t, compilers.CheckWritten(r, nil, func(string) compilers.Dialect { return c.in }))
	}
}

func TestQueriesForUnknownTargets(t *testing.T) {
	r := &rules.Rule{Queries: []rules.Query{{For: rules.NamedField{Name: "sentnel"}, Text: "x"}}}
	found := compilers.CheckWritten(r, []string{"sentinel"}, func(string) compilers.Dialect { return nil })
	require.Len(t, found, 1)
	assert.Equal(t, "did you mean `sentinel`?", found[0].Hint)
}

func FuzzUnbalanced(f *testing.F) {
	f.Add("a \"(\" // x\n```)``` @'x'")
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []compilers.Dialect{kql.New(), spl.New(), eql.New()} {
			r := &rules.Rule{Queries: []rules.Query{{Text: text}}}
			once := compilers.CheckWritten(r, nil, func(string) compilers.Dialect { return d })
			assert.LessOrEqual(t, len(once), 1)
		}
	})
}
