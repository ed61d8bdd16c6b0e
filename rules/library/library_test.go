package library

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/parse"
	"decree/rules/source"
)

// parsed gives the rule or correlation of each file. The documents behind it are what it reads.
func parsed(t *testing.T) map[string]*rules.Rule {
	t.Helper()
	folder := source.NewFolder("library", FS())
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	byFile := map[string]*rules.Rule{}
	for _, name := range files {
		data, err := folder.Read(name)
		require.NoError(t, err)
		file, found := parse.Documents(name, data, folder)
		require.Empty(t, found)
		byFile[name] = whole(t, file)
	}
	return byFile
}

// whole is the rule of a file that is not a part of another.
func whole(t *testing.T, file parse.File) *rules.Rule {
	t.Helper()
	var reads, parts []string
	rs := file.Rules
	var r *rules.Rule
	if len(file.Correlations) > 0 {
		require.Len(t, file.Correlations, 1)
		r = file.Correlations[0].Body
		for _, in := range file.Correlations[0].Inputs {
			reads = append(reads, in.Text)
		}
	} else {
		require.NotEmpty(t, rs)
		r, rs = rs[0], rs[1:]
		for _, j := range r.Joins {
			reads = append(reads, j.Rule.Text)
		}
	}
	for _, part := range rs {
		parts = append(parts, part.Name)
	}
	require.ElementsMatch(t, reads, parts)
	return r
}

// TestEveryRuleIsWhole asks of the library what its users may expect of each rule.
func TestEveryRuleIsWhole(t *testing.T) {
	ids, names := map[string]string{}, map[string]string{}
	for file, r := range parsed(t) {
		t.Run(file, func(t *testing.T) {
			assert.Empty(t, ids[r.ID], "the id is taken")
			assert.Empty(t, names[r.Name], "the name is taken")
			ids[r.ID], names[r.Name] = file, file
			assert.Equal(t, strings.TrimSuffix(path.Base(file), ".yml"), r.Name)
			for what, text := range map[string]string{"id": r.ID, "title": r.Title, "description": r.Description, "level": r.Level, "status": r.Status,
				"author": r.Author, "date": r.Date, "attack": r.Documentation.Attack, "response": r.Documentation.Response, "blind spots": r.Documentation.BlindSpots} {
				assert.NotEmpty(t, text, what)
			}
			assert.NotEmpty(t, r.Tags)
			assert.NotEmpty(t, r.References)
			assert.NotEmpty(t, r.FalsePositives)
			assert.NotEmpty(t, r.Documentation.OS)
			assert.NotEmpty(t, r.Documentation.PermissionRequired)
			_, err := fs.Stat(FS(), strings.TrimSuffix(file, ".yml")+".test.yml")
			assert.NoError(t, err, "no regression test")
		})
	}
}

// TestReferenceRuleIsComplete pins what the first detection was made of: 105 binaries and 46
// tools, odd entries included, four tags, and its whole history.
func TestReferenceRuleIsComplete(t *testing.T) {
	r := parsed(t)["windows/process_creation/sql_server_suspicious_grandchild.yml"]
	require.NotNil(t, r)
	values := map[string][]string{}
	for _, l := range r.Lists {
		values[l.Name] = l.Values
	}
	assert.Len(t, values["lolbins"], 105)
	assert.Len(t, values["recon_tools"], 46)
	for _, odd := range []string{"procdump", "psexec.c", "regsize", "sctasks.exe", "registercimprovider2.exe", "ru.exe"} {
		assert.Contains(t, values["recon_tools"], odd)
	}
	for _, odd := range []string{"mpcmdrun.exe", "register-cimprovider.exe", "microsoft.workflow.compiler.exe", "gfxdownloadwrapper.exe"} {
		assert.Contains(t, values["lolbins"], odd)
	}
	shared := 0
	for _, v := range values["recon_tools"] {
		for _, l := range values["lolbins"] {
			if v == l {
				shared++
			}
		}
	}
	assert.Len(t, values["watched"], 105+46-shared)
	assert.Equal(t, []string{"attack.privilege-escalation", "attack.t1611", "attack.persistence", "attack.t1505.001"}, r.Tags)
	var versions []string
	for _, c := range r.Changelog {
		versions = append(versions, c.Version)
		assert.NotEmpty(t, c.Notes)
		assert.Contains(t, []string{"major", "minor"}, c.Impact)
	}
	assert.Equal(t, []string{"2.0", "1.6", "1.5", "1.4", "1.3", "1.2", "1.1", "1.0"}, versions)
	assert.Equal(t, []string{"User"}, r.Documentation.PermissionRequired)
	assert.Equal(t, "DeviceProcessEvents", r.DataSources[0].Table)
}
