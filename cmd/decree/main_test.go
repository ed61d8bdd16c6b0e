package main

import (
	"archive/zip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the outputs that the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"decree": main})
}

// TestScripts runs the command as its users do. Each script stands in tests/cli.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../tests/examples")
	require.NoError(t, err)
	setup := func(e *testscript.Env) error {
		e.Setenv("EXAMPLES", examples)
		return nil
	}
	testscript.Run(t, testscript.Params{Dir: "../../tests/cli", Setup: setup, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true, ContinueOnError: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"zip": zipped}})
}

// zipped is the command of scripts `zip ARCHIVE FILES`.
func zipped(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o700))
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	z := zip.NewWriter(f)
	for _, name := range args[1:] {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)})
		ts.Check(err)
		_, err = io.WriteString(w, ts.ReadFile(name))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(f.Close())
}
