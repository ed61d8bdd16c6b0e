package splunk_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/packages"
	"decree/rules/diag"
)

// stanza is a stanza of a .conf file, as Splunk's page describes it, read without the writer's code.
type stanza struct {
	name     string
	settings map[string]string
}

// readConf reads a .conf file. A line that is neither a setting nor a stanza nor a comment fails the test, and so does
// a stanza or a setting that is there twice.
func readConf(t testing.TB, text string) []stanza {
	t.Helper()
	var all []stanza
	names := map[string]bool{}
	whole := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		require.NotContains(t, line, "\r")
		if rest, goesOn := strings.CutSuffix(line, `\`); goesOn {
			whole += strings.TrimRight(rest, " ") + "\n"
			continue
		}
		line, whole = whole+line, ""
		key, value, isSetting := strings.Cut(line, " = ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			name, closed := strings.CutSuffix(line[1:], "]")
			require.True(t, closed && !strings.ContainsAny(name, "[]"), line)
			require.False(t, names[name], "%s is there twice", name)
			names[name] = true
			all = append(all, stanza{name, map[string]string{}})
		default:
			require.True(t, isSetting, line)
			last := all[len(all)-1]
			require.Regexp(t, `^[A-Za-z_][A-Za-z0-9_.]*$`, key)
			require.NotContains(t, last.settings, key)
			last.settings[key] = value
		}
	}
	require.Empty(t, whole, "the file ends in a backslash")
	return all
}

// fileOf is the text of a file of the app.
func fileOf(t testing.TB, out packages.Output, name string) string {
	t.Helper()
	for _, f := range out.Files {
		if _, path, ok := strings.Cut(f.Path, "/"); ok && path == name {
			return f.Text
		}
	}
	require.Fail(t, "no file "+name)
	return ""
}

// unpack reads the archive: every file, with what must be true of all of them.
func unpack(t testing.TB, archive string) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(strings.NewReader(archive))
	require.NoError(t, err)
	files := map[string]string{}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		assert.Equal(t, []any{0, 0, "root", "root"}, []any{h.Uid, h.Gid, h.Uname, h.Gname})
		assert.Equal(t, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), h.ModTime.UTC())
		if h.Typeflag == tar.TypeDir {
			assert.EqualValues(t, 0o755, h.Mode)
			continue
		}
		assert.EqualValues(t, 0o644, h.Mode)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		files[h.Name] = string(text)
	}
}

func codes(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}
