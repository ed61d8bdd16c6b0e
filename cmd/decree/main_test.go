package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the outputs that the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"decree": main})
}

// TestScripts runs the command as its users do. Each script stands in tests/cli.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "../../tests/cli", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true, ContinueOnError: true})
}
