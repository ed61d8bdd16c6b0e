package deployed

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// app are the files of an app with a lookup and a macro, some of them with other texts.
func appWith(t *testing.T, texts map[string]string) *Export {
	t.Helper()
	all := map[string]string{
		"app/default/savedsearches.conf": "[One]\nsearch = index=a\n",
		"app/default/macros.conf":        "[decree_default]\ndefinition = ()\n[theirs]\ndefinition = x\n",
		"app/default/transforms.conf":    "[decree_hosts]\nfilename = decree_hosts.csv\n",
		"app/lookups/decree_hosts.csv":   "value\nJUMP01\n",
	}
	var files []File
	for name, text := range texts {
		all[name] = text
	}
	for name, text := range all {
		require.True(t, MayHaveRules(name))
		files = append(files, File{name, []byte(text)})
	}
	x, err := Read(files)
	require.NoError(t, err)
	assert.Len(t, x.Rules, 1)
	return x
}

// TestParts: what a search needs beside it is compared, but for a macro that is set where a site sets it.
func TestParts(t *testing.T) {
	assert.False(t, MayHaveRules("app/lookups/theirs.csv"))
	project := appWith(t, nil)
	for name, c := range map[string]struct {
		texts map[string]string
		want  []Field
		kind  string
	}{
		"app/lookups/decree_hosts.csv": {map[string]string{"app/lookups/decree_hosts.csv": "\ufeff\"value\"\r\nJUMP01\r\nEVIL\r\n"}, []Field{{"rows", []string{"value", "JUMP01", "EVIL"}, []string{"value", "JUMP01"}}}, "lookup"},
		"no table":                     {map[string]string{"app/lookups/decree_hosts.csv": "\"value\nJUMP01\n"}, []Field{{"rows", []string{"\"value", "JUMP01"}, []string{"value", "JUMP01"}}}, "lookup"},
		"in quotes":                    {map[string]string{"app/lookups/decree_hosts.csv": "\"value\"\r\n\"JUMP01\"\r\n"}, nil, ""},
		"a macro":                      {map[string]string{"app/default/macros.conf": "[decree_default]\ndefinition = index=nothing\n"}, []Field{{"definition", []string{"index=nothing"}, []string{"()"}}}, "macro"},
		"a definition":                 {map[string]string{"app/local/transforms.conf": "[decree_hosts]\nfilename = b.csv\n"}, []Field{{"filename", []string{"b.csv"}, []string{"decree_hosts.csv"}}}, "definition of a lookup"},
		"a macro of the site":          {map[string]string{"app/local/macros.conf": "[decree_default]\ndefinition = index=main\n"}, nil, ""},
	} {
		x := appWith(t, c.texts)
		changes, remarks := CompareParts(project.Parts, x.Parts)
		assert.Empty(t, remarks, name)
		if c.want == nil {
			assert.Empty(t, changes, name)
			continue
		}
		require.Len(t, changes, 1, name)
		assert.Equal(t, c.want, changes[0].Fields, name)
		assert.Equal(t, []any{Changed, c.kind}, []any{changes[0].State, changes[0].Kind}, name)
	}
	assert.Equal(t, []string{"macros that are set in the folder local, and not compared: decree_default"}, appWith(t, map[string]string{"app/local/macros.conf": "[decree_default]\ndefinition = index=main\n"}).Remarks)

	changes, remarks := CompareParts(append(slices.Clone(project.Parts), Part{"macro", "decree_other", nil}), project.Parts)
	assert.Empty(t, remarks)
	require.Len(t, changes, 1)
	assert.Equal(t, New, changes[0].State)
	_, remarks = CompareParts(project.Parts, project.Parts[:1])
	assert.Equal(t, []string{"not compared, as the export has nothing of the kind: macro decree_default, definition of a lookup decree_hosts"}, remarks)
	changes, remarks = CompareParts(project.Parts, nil)
	assert.Empty(t, changes)
	assert.Equal(t, []string{"not compared, as the export has nothing of the kind: lookup decree_hosts, macro decree_default, definition of a lookup decree_hosts"}, remarks)
}

// TestWatchlists: each template brings its own copy of a watchlist, and any may be another.
func TestWatchlists(t *testing.T) {
	list := func(content string) string {
		return `{"type": "Microsoft.OperationalInsights/workspaces/providers/Watchlists", "properties": {"watchlistAlias": "hosts", "itemsSearchKey": "value", "rawContent": "` + content + `"}}`
	}
	template := func(lists string) []Part {
		x, err := Read([]File{{"a.json", []byte(`{"$schema": "s", "resources": [` + lists + `, {"type": "x/alertRules", "name": "a", "properties": {"query": "q"}}]}`)}})
		require.NoError(t, err)
		return x.Parts
	}
	project := template(list(`value\nA`))
	changes, _ := CompareParts(project, template(list(`value\nA\n`)))
	assert.Empty(t, changes)
	changes, _ = CompareParts(project, template(list(`value\nA`)+","+list(`value\nB`)))
	require.Len(t, changes, 1)
	assert.Equal(t, []Field{{"rows", []string{"value", "B"}, []string{"value", "A"}}}, changes[0].Fields)

	// The service does not give the content back.
	without := strings.Replace(list("x"), `, "rawContent": "x"`, "", 1)
	changes, remarks := CompareParts(project, template(without+","+without))
	assert.Empty(t, changes)
	assert.Equal(t, []string{"not compared, as the export has not what is in it: watchlist hosts"}, remarks)
}
