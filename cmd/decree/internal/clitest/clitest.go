// Package clitest helps to test the command line: it gives streams that are buffers, and files in a folder of the
// test's own.
package clitest

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/stdio"
)

// Streams gives streams that are not terminals. Standard input holds a text; out and errs hold what was written.
func Streams(in string) (s *stdio.Streams, out, errs *strings.Builder) {
	out, errs = &strings.Builder{}, &strings.Builder{}
	return &stdio.Streams{In: strings.NewReader(in), Out: out, Err: errs}, out, errs
}

// Files writes the files of a txtar archive into a new folder and makes it the working folder.
func Files(t *testing.T, archive string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, txtar.Write(txtar.Parse([]byte(archive)), dir))
	t.Chdir(dir)
}
