package conformance

import (
	"fmt"
	"os"
	"testing"
)

// programFolder holds the built program while tests run.
var programFolder string

func TestMain(m *testing.M) {
	var err error
	if programFolder, err = os.MkdirTemp("", "decree-conformance"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(programFolder); err != nil {
		fmt.Fprintln(os.Stderr, err) // what the tests found counts
	}
	os.Exit(code)
}
