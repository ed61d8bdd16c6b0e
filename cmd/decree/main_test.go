package main

import (
	"flag"
	"path/filepath"
	"testing"

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
	testscript.Run(t, testscript.Params{Dir: "../../tests/cli", Setup: setup, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true, ContinueOnError: true})
}
