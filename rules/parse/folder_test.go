package parse_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

const usesList = "title: T\nlogsource: {category: x}\nlists:\n  l: {file: FILE}\ndetection:\n  a: {F|expand: '%l%'}\n  condition: a\n"

// TestListFilesStayInside reads a list file through each kind of path.
func TestListFilesStayInside(t *testing.T) {
	base := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(base, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(base, name), []byte(text), 0o644))
	}
	write("secret.yml", "values: [secret]\n")
	write("rules/lists/own.yml", "values: [own]\n")
	write("rules/lists/huge.yml", "values: ["+strings.Repeat("x,", 3<<20)+"]\n")
	require.NoError(t, os.Symlink("../../secret.yml", filepath.Join(base, "rules/lists/relative.yml")))
	require.NoError(t, os.Symlink(filepath.Join(base, "secret.yml"), filepath.Join(base, "rules/lists/absolute.yml")))
	require.NoError(t, os.Symlink("../..", filepath.Join(base, "rules/lists/up")))
	require.NoError(t, os.Symlink("own.yml", filepath.Join(base, "rules/lists/alias.yml")))
	require.NoError(t, os.Symlink("loop.yml", filepath.Join(base, "rules/lists/loop.yml")))
	folder, err := source.OpenFolder(filepath.Join(base, "rules"))
	require.NoError(t, err)
	cases := []struct{ file, code string }{
		{"../lists/own.yml", ""},
		{"../lists/../lists/alias.yml", ""},
		{"../lists/relative.yml", "list-outside-folder"},
		{"../lists/absolute.yml", "list-outside-folder"},
		{"../lists/up/secret.yml", "list-outside-folder"},
		{"../../secret.yml", "list-outside-folder"},
		{"../../rules/lists/own.yml", "list-outside-folder"},
		{filepath.Join(base, "rules/lists/own.yml"), "list-outside-folder"},
		{"../lists/none.yml", "list-not-found"},
		{"../lists/loop.yml", "list-unreadable"},
		{"../lists/huge.yml", "list-unreadable"},
		{"../lists", "list-unreadable"},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			text := strings.ReplaceAll(usesList, "FILE", c.file)
			rs, found := parse.Rules("sub/rule.yml", []byte(text), folder)
			if c.code == "" {
				require.Empty(t, found)
				assert.Equal(t, []string{"own"}, rs[0].Lists[0].Values)
				return
			}
			assert.Empty(t, rs)
			require.Len(t, found, 1, "%v", found)
			assert.Equal(t, c.code, found[0].Code)
			assert.NotContains(t, found[0].Message, "secret]")
		})
	}
}

// TestSymlinkShown is the whole block about a link that leaves the folder.
func TestSymlinkShown(t *testing.T) {
	base := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(base, "rules"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(base, "secret.yml"), []byte("values: [x]\n"), 0o644))
	require.NoError(t, os.Symlink("../secret.yml", filepath.Join(base, "rules", "link.yml")))
	root, err := os.OpenRoot(filepath.Join(base, "rules"))
	require.NoError(t, err)
	defer func() { require.NoError(t, root.Close()) }()
	text := []byte(strings.ReplaceAll(usesList, "FILE", "link.yml"))
	_, found := parse.Rules("rule.yml", text, source.NewFolder("rules", root.FS()))
	var b strings.Builder
	diag.WriteText(&b, found, func(string) []byte { return text }, false)
	assert.Equal(t, `error[list-outside-folder]: list file "link.yml" is outside the rules folder
  --> rules/rule.yml:4:13
  |
4 |   l: {file: link.yml}
  |             ^^^^^^^^
  = hint: move it into the rules folder

`, b.String())
}

// TestFiles lists rule files and nothing that stands beside them.
func TestFiles(t *testing.T) {
	empty := &fstest.MapFile{}
	folder := source.NewFolder("rules", fstest.MapFS{"b.yml": empty, "a/c.yaml": empty, "a/C.YML": empty, "a/C.TEST.YML": empty, "a/c.test.yml": empty, "a/c.test.yaml": empty, "a/note.md": empty,
		"lists/l.yml": empty, "a/lists/l.yml": empty, "filters/f.yml": empty})
	files, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	assert.Equal(t, []string{"a/C.YML", "a/c.yaml", "b.yml"}, files)
	all, _, err := folder.YAMLFiles(".", nil)
	require.NoError(t, err)
	assert.Equal(t, files, slices.DeleteFunc(all, func(file string) bool { return !parse.IsRuleFile(file) }), "a file alone is judged as in its folder")
	assert.False(t, parse.IsRuleFile("a/note.md"))
	has, err := parse.HasRuleFile(folder, "a")
	require.NoError(t, err)
	assert.True(t, has)
	has, err = parse.HasRuleFile(folder, "a/lists")
	require.NoError(t, err)
	assert.True(t, has, "the folder that is asked for may have any name")
	has, err = parse.HasRuleFile(source.NewFolder("rules", fstest.MapFS{"lists/l.yml": empty, "x.test.yml": empty}), ".")
	require.NoError(t, err)
	assert.False(t, has)
	_, err = parse.HasRuleFile(folder, "none")
	assert.Error(t, err)
}

// TestHasRules: what is no rule may have a title, an id, a status and a level.
func TestHasRules(t *testing.T) {
	for text, want := range map[string]bool{
		"title: A\nlogsource: {product: windows}\ndetection: {a: {B: c}, condition: a}\n":      true,
		"title: A\nlogsource: {product: windows}\ndetection: {a: {B|none: c}, condition: a}\n": true,
		"title: A\nid: 1\npaths: {}\n":                                                              false,
		"title: A\nstatus: test\nlevel: high\ndata: [1]\n":                                          false,
		"title: A\nstatus: test\nlevel: high\ndetection: none\n":                                    false,
		"title: A\ncorrelation: {type: event_count, rules: [a], timespan: 1h, condition: {gte: 1}}": true,
		"not: [closed": false,
	} {
		folder := source.NewFolder("", fstest.MapFS{"a/b.yml": &fstest.MapFile{Data: []byte(text)}})
		assert.Equal(t, want, parse.HasRules(folder, "a"), text)
	}
}

// TestNoFolder refuses list files where there is no folder to hold them.
func TestNoFolder(t *testing.T) {
	_, found := parse.Rules("rule.yml", []byte(strings.ReplaceAll(usesList, "FILE", "x.yml")), nil)
	require.Len(t, found, 1)
	assert.Equal(t, "list-outside-folder", found[0].Code)
}

// TestFileTooLarge is one finding, whatever the file holds.
func TestFileTooLarge(t *testing.T) {
	rs, found := parse.Rules("rule.yml", []byte(strings.Repeat("# x\n", 2<<20)), nil)
	assert.Empty(t, rs)
	require.Len(t, found, 1)
	assert.Equal(t, "rule.yml:1:1: error[file-too-large]: the file is larger than 4 MiB", found[0].Error())
}
