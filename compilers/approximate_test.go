package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
	"decree/rules/diag"
)

// TestAcceptedGapsAreKnown holds that a slip under `approximate` is found, with what it was meant for.
func TestAcceptedGapsAreKnown(t *testing.T) {
	for _, c := range []struct{ target, code, message, hint string }{
		{"eql", "deep-ancestor", "", ""},
		{"elq", "deep-ancestor", "unknown target \"elq\" under `approximate`", "did you mean `eql`?"},
		{"splunk-enterprise", "deep-ancestor", "unknown target \"splunk-enterprise\" under `approximate`", "targets are kql, spl and eql, in lower case"},
		{"eql", "deep-ancester", "unknown gap \"deep-ancester\" under `approximate`", "did you mean `deep-ancestor`?"},
		{"eql", "everything", "unknown gap \"everything\" under `approximate`", "`decree compile --explain` lists them"},
	} {
		found := CheckAccepted(&rules.Rule{Accepted: []rules.Accepted{{Target: c.target, Code: c.code}}}, []string{"kql", "spl", "eql"})
		if c.message == "" {
			assert.Empty(t, found)
			continue
		}
		assert.Equal(t, diag.Diagnostics{{Severity: diag.Warning, Code: "unknown-gap", Message: c.message, Hint: c.hint}}, found)
	}
}

func TestPassedOver(t *testing.T) {
	said := PassedOver("kql", "sentinel", "mde", diag.Range{}, diag.Diagnostic{Code: "no-column", Message: "no column for X"}, nil)
	assert.Equal(t, diag.Info, said.Severity)
	assert.Equal(t, ModelPassedOver, said.Code)
	assert.Equal(t, "kql: the query is for model sentinel; mde was passed over: no column for X (no-column)", said.Message)
	said = PassedOver("kql", "sentinel", "mde", diag.Range{}, diag.Diagnostic{Code: "no-column", Message: "no column for X"}, []string{"A", "B"})
	assert.Equal(t, `kql: the query is for model sentinel; mde was passed over because of filter "A" and filter "B": no column for X (no-column)`, said.Message)
}
