package drift

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/compilers/deployed"
)

// report compares two lines of Kibana's, as a project and a product have them.
func report(t *testing.T, project, inProduct string) Report {
	t.Helper()
	read := func(text string) *deployed.Export {
		x, err := deployed.Read([]deployed.File{{Path: "rules.ndjson", Data: []byte(text)}})
		require.NoError(t, err)
		return x
	}
	x := read(inProduct)
	changes, others := deployed.Compare(deployed.Kibana, read(project).Rules, x.Rules, deployed.Settings{Target: "prod"})
	return New(x, "export", "prod", changes, others)
}

func TestPrint(t *testing.T) {
	long := strings.Repeat("long ", 30)
	r := report(t, `{"rule_id": "1", "name": "One", "query": "a\nb\u202ec", "tags": ["x", "y"], "description": "short", "author": ["p", "q"]}`,
		`{"rule_id": "1", "name": "One", "query": "a\nc", "tags": ["y", "z"], "description": "`+long+`", "author": ["q", "p"], "actions": [{"id": "mail"}]}`+"\n"+`{"list_id": "l"}`)
	require.True(t, r.Drifted())
	s, out, errs := clitest.Streams("")
	r.Print(s, true)
	assert.Equal(t, `~ changed         One (1)
    actions: {"id":"mail"} -> (none)
    author:
      the same entries in another order
    description:
      --- deployed
      +++ project
      @@ -1,1 +1,1 @@
      -`+strings.TrimSuffix(long, " ")+` 
      +short
    tags:
      - z
      + x
    query:
      --- deployed
      +++ project
      @@ -1,2 +1,2 @@
       a
      -c
      +b\u202ec
prod: 1 changed, 0 rules unchanged; 0 not made by decree
`, out.String())
	assert.Equal(t, "not read: an exception list or an item of one (1)\n", errs.String())
	out.Reset()
	s.OutTerminal = true
	r.Print(s, true)
	assert.Contains(t, out.String(), "\x1b[33m~ changed        \x1b[0m One (1)")
	assert.Contains(t, out.String(), "      \x1b[32m+ x\x1b[0m")
	out.Reset()
	s.OutTerminal = false
	r.Print(s, false)
	assert.Equal(t, "~ changed         One (1)\nprod: 1 changed, 0 rules unchanged; 0 not made by decree\n", out.String())
}

func TestNothingDiffers(t *testing.T) {
	const one = `{"rule_id": "1", "name": "One", "query": "a"}`
	r := report(t, one, one)
	assert.False(t, r.Drifted())
	s, out, _ := clitest.Streams("")
	require.NoError(t, s.WriteJSON(r))
	assert.JSONEq(t, `{"product": "kibana", "target": "prod", "export": "export", "changes": [], "unchanged": 1, "others": 0}`, out.String())
}

// TestRemarks: a rule that was packaged for another target is decree's, a part has its kind, and what is gone its note.
func TestRemarks(t *testing.T) {
	r := report(t, `{"rule_id": "1", "name": "One", "query": "a"}`, `{"rule_id": "2", "name": "One", "query": "a\n// Packaged by decree for prod: 0123456789abcdef"}
{"rule_id": "3", "name": "Three", "query": "a\n// Packaged by decree for former: 0123456789abcdef"}`)
	r.Changes = append(r.Changes, Change{Change: deployed.Change{State: deployed.NotCompared, ID: "l", Name: "l", Kind: "lookup"}})
	s, out, errs := clitest.Streams("")
	r.Print(s, true)
	assert.Equal(t, `+ new             One (1)
- gone            One (2)
    a new rule has its title, under another id: this one stays until somebody removes it
? not compared    l (lookup)
prod: 1 new, 1 gone, 1 not compared, 0 rules unchanged; 1 not made by decree
`, out.String())
	assert.Equal(t, "decree packaged 1 rule for the target former, and this is prod: if it was renamed, these stay beside its rules\n", errs.String())
}
