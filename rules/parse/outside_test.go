package parse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

// outside reads a folder of list files, and gives what is found as text.
func outside(t *testing.T, environment string, files map[string]string) (*parse.Outside, string) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	lists, found, err := parse.OutsideLists([]*source.Folder{source.NewFolder("lists", fsys)}, environment)
	require.NoError(t, err)
	return lists, shown(found)
}

func shown(found diag.Diagnostics) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(d.Error() + "\n")
	}
	return b.String()
}

// valuesOf gives what %name% stands for, and what lowering says.
func valuesOf(t *testing.T, lists *parse.Outside, name string) ([]string, string) {
	t.Helper()
	rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {category: x}\ndetection:\n  a: {F|expand: '%"+name+"%'}\n  condition: a\n"), nil)
	require.Empty(t, found)
	lists.Answer(rs[0])
	_, found = ir.Lower(rs[0])
	if found.HasErrors() {
		return nil, found[0].Message + "; " + found[0].Hint
	}
	return rs[0].Lists[0].Values, shown(found)
}

func TestListFromOutsideBelowAnArray(t *testing.T) {
	lists, _ := outside(t, "", map[string]string{"tools.txt": "a.exe\n"})
	rs, found := parse.Rules("rule.yml", []byte("title: T\nsigma-version: 3\nlogsource: {category: x}\ndetection:\n  a:\n    Files[any]: {Name|expand: '%tools%'}\n  condition: a\n"), nil)
	require.Empty(t, found)
	lists.Answer(rs[0])
	_, found = ir.Lower(rs[0])
	require.Empty(t, found)
	assert.Equal(t, []string{"a.exe"}, rs[0].Lists[0].Values)
}

func TestListFilesFromOutside(t *testing.T) {
	lists, found := outside(t, "", map[string]string{
		"yml.yml":             "title: Tools\nvalues: [a.exe, 'B.exe', b.exe, 7]\n",
		"text.txt":            "\ufeff# comment\r\n\r\n one \r\ntwo words\r\n#three\r\nONE\r\n*literal?\r\n",
		"wide.txt":            "\xff\xfea\x00\r\x00\n\x00b\x00",
		"first.csv":           "x\n\"quo\"\"ted, with comma\"\n",
		"named.csv":           "owner,Value\nme,a\nyou, b \n",
		"Its-name.csv":        "owner,its-name\nme,a\n",
		"networks.csv":        "net,owner\n10.0.0.0/8,x\n2001:db8::1,y\n",
		"ports.CSV":           "port\n22\n443\n",
		"semicolons.csv":      "owner;value\r\nme;\"a;b\"\r\nyou;1,5\r\n",
		"tabs.csv":            "owner\tnote\tvalue\nme\t\ta\n",
		"said.csv":            "sep=;\nvalue\na;x\nb\n",
		"one-line.csv":        "a;b\n",
		"ragged.csv":          "a;b\nc\n",
		"README.md":           "no list",
		".hidden.txt":         "x",
		"sub/other.txt":       "x",
		"sub/deeper/more.txt": "x",
	})
	assert.Empty(t, found)
	for name, want := range map[string][]string{
		"yml": {"a.exe", "B.exe", "7"}, "text": {"one", "two words", "*literal?"}, "wide": {"a", "b"}, "first": {"x", `quo"ted, with comma`},
		"named": {"a", "b"}, "Its-name": {"a"}, "networks": {"10.0.0.0/8", "2001:db8::1"}, "ports": {"22", "443"},
		"semicolons": {"a;b", "1,5"}, "tabs": {"a"}, "said": {"a", "b"}, "one-line": {"a;b"}, "ragged": {"a;b", "c"},
	} {
		got, wrong := valuesOf(t, lists, name)
		assert.Equal(t, want, got, "%s: %s", name, wrong)
	}
	for _, name := range []string{"README", "other", ".hidden", "more", "sub/other", "../lists/text"} {
		_, wrong := valuesOf(t, lists, name)
		assert.Contains(t, wrong, "the rule has no list", name)
	}
	_, wrong := valuesOf(t, lists, "Text")
	assert.Equal(t, "the rule has no list \"Text\"; did you mean `%text%`?", wrong, "names are compared letter for letter")
	_, wrong = valuesOf(t, lists, "admins")
	assert.Equal(t, "the rule has no list \"admins\"; define it under `lists:`, or write its values, a line each, into admins.txt in a folder that --list-dir or decree.yml names", wrong)
	_, wrong = valuesOf(t, lists, "a/b")
	assert.Equal(t, "the rule has no list \"a/b\"; define it under `lists:`", wrong, "no file has such a name")
	assert.Equal(t, []string{"lists/Its-name.csv", "lists/first.csv", "lists/named.csv", "lists/networks.csv", "lists/one-line.csv", "lists/ports.CSV",
		"lists/ragged.csv", "lists/said.csv", "lists/semicolons.csv", "lists/tabs.csv", "lists/text.txt", "lists/wide.txt", "lists/yml.yml"}, lists.Files())
	assert.Equal(t, `lists/Its-name.csv:1:7: info[list-header]: this line is a header: the values come from the column "its-name"
lists/named.csv:1:7: info[list-header]: this line is a header: the values come from the column "Value"
lists/networks.csv:1:1: info[list-header]: this line is a header: the values come from the column "net"
lists/ports.CSV:1:1: info[list-header]: this line is a header: the values come from the column "port"
lists/said.csv:2:1: info[list-header]: this line is a header: the values come from the column "value"
lists/semicolons.csv:1:7: info[list-header]: this line is a header: the values come from the column "value"
lists/tabs.csv:1:12: info[list-header]: this line is a header: the values come from the column "value"
`, shown(lists.Check()))
}

func TestWhatIsWrongWithListFiles(t *testing.T) {
	lists, found := outside(t, "", map[string]string{
		"empty.txt": "# nothing\n", "latin.txt": "caf\xe9\n", "bare.csv": "a\"b\n", "header.csv": "account,owner\nadm1,x\n", "misspelt.csv": "owner,vlaue\nx,adm1\n", "named.csv": "owner,name\nx,adm1\n", "one.csv": "Valeu\nadm1\n", "admins.csv": "admin\nann\n", "numbers.csv": "valeu,x\n1,2\n", "hole.csv": "value,owner\n,x\na,y\n",
		"keys.yml": "value: [a]\n", "twice.txt": "a\n", "twice.csv": "b\n", "unused.txt": "x\n", "file.yml": "values: [x]\n",
		"note.txt":   "JUMP01\n  JUMP02 # the old one\nJUMP03 # too\nC# 7\n",
		"merged.txt": "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> theirs\n",
	})
	assert.Equal(t, `lists/bare.csv:1:2: error[list-unreadable]: this line is not CSV: bare " in non-quoted-field
lists/empty.txt:1:1: error[empty-list]: this list file has no values
lists/header.csv:1:1: warning[list-without-header]: no column is named value or header: the values come from the first column, also in this line
lists/hole.csv:2:1: warning[empty-cell]: this line has no value and is passed over
lists/keys.yml:1:1: error[empty-list]: this list file has no values
lists/keys.yml:1:1: warning[unknown-key]: unknown key "value" in a list file is ignored
lists/latin.txt:1:1: error[list-unreadable]: this line is not UTF-8
lists/merged.txt:2:1: error[list-unreadable]: two versions of the list are not merged yet
lists/misspelt.csv:1:7: warning[list-without-header]: no column is named value or misspelt: the values come from the first column, also in this line
lists/named.csv:1:7: warning[list-without-header]: no column is named value or named: the values come from the first column, also in this line
lists/note.txt:2:10: warning[comment-in-value]: this is part of the value "JUMP02 # the old one": only a line that begins with # is a comment
lists/one.csv:1:1: warning[list-without-header]: no column is named value or one: the values come from the first column, also in this line
lists/twice.txt: error[duplicate-list]: lists/twice.csv and lists/twice.txt both answer %twice%
`, found)
	for _, name := range []string{"empty", "latin", "twice"} {
		_, wrong := valuesOf(t, lists, name)
		assert.Equal(t, "the rule has no list \""+name+"\"; fix the list file that answers it", wrong)
	}
	for _, name := range []string{"bare", "header", "hole", "keys"} {
		valuesOf(t, lists, name)
	}
	rs, _ := parse.Rules("rules/rule.yml", []byte(strings.ReplaceAll(usesList, "FILE", "../lists/file.yml")), source.NewFolder("", fstest.MapFS{"lists/file.yml": {Data: []byte("values: [x]")}}))
	require.Len(t, rs, 1)
	lists.Answer(rs[0])
	assert.Len(t, rs[0].Lists, 1, "a rule's own list wins")
	assert.Contains(t, shown(lists.Check()), "lists/unused.txt: info[unused-list-file]: no rule uses %unused%")
	assert.NotContains(t, shown(lists.Check()), "file.yml", "a rule names it as a file")
}

// TestLongListsAreLinesOfText: a list in YAML has fewer values than a file of lines, which its hint names.
func TestLongListsAreLinesOfText(t *testing.T) {
	folder := source.NewFolder("lists", fstest.MapFS{"long.yml": {Data: []byte("values:\n" + strings.Repeat("- a\n", 200_001))}})
	_, found, err := parse.OutsideLists([]*source.Folder{folder}, "")
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "the document expands to more than 200000 nodes", found[0].Message)
	assert.Contains(t, found[0].Hint, ".txt")
}

func TestAnEnvironmentHasItsOwnLists(t *testing.T) {
	files := map[string]string{"admins.txt": "base\n", "hosts.txt": "all\n", "prod/admins.csv": "prod\n", "prod/more.txt": "more\n", "dev/admins.txt": "dev\n", "broken/admins.txt": "\n"}
	for environment, want := range map[string]string{"": "base", "prod": "prod", "dev": "dev"} {
		lists, found := outside(t, environment, files)
		assert.Empty(t, found)
		got, _ := valuesOf(t, lists, "admins")
		assert.Equal(t, []string{want}, got)
		got, _ = valuesOf(t, lists, "hosts")
		assert.Equal(t, []string{"all"}, got)
		assert.Equal(t, map[string]int{"": 0, "prod": 2, "dev": 1}[environment], lists.OfEnvironment())
	}
	lists, found := outside(t, "broken", files)
	assert.Contains(t, found, "lists/broken/admins.txt:1:1: error[empty-list]: this list file has no values")
	_, wrong := valuesOf(t, lists, "admins")
	assert.Contains(t, wrong, "fix the list file", "the base list does not take its place")
}

func TestOutsideListsStayInTheirFolder(t *testing.T) {
	base := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(base, "lists"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(base, "secret.txt"), []byte("secret\n"), 0o644))
	require.NoError(t, os.Symlink("../secret.txt", filepath.Join(base, "lists/admins.txt")))
	require.NoError(t, os.Symlink("..", filepath.Join(base, "lists/prod")))
	folder, err := source.OpenFolder(filepath.Join(base, "lists"))
	require.NoError(t, err)
	lists, found, err := parse.OutsideLists([]*source.Folder{folder}, "")
	require.NoError(t, err)
	assert.Contains(t, shown(found), "admins.txt: error[unreadable-file]: outside the folder")
	got, _ := valuesOf(t, lists, "admins")
	assert.Empty(t, got)
	known, err := parse.Environments([]*source.Folder{folder})
	require.NoError(t, err)
	assert.Empty(t, known, "a link is not an environment")
}
