package sentinel_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

var settings = packages.Settings{Target: "sentinel"}

// TestGolden packages the rule that decree began from, and a correlation, in full.
func TestGolden(t *testing.T) {
	f := sentinel.New()
	guessing, err := os.ReadFile("../../../tests/examples/rules/password_guessing.yml")
	require.NoError(t, err)
	inputs := []packages.Input{
		packaged.Of(t, f, kql.New(), "sentinel", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")),
		packaged.Correlation(t, f, kql.New(), "sentinel", "name: password_guessing\n"+string(guessing)),
	}
	out := f.Package(settings, inputs)
	require.Len(t, out.Files, 5)
	require.Len(t, out.Made, 2)
	var b []byte
	for _, d := range out.Found {
		b = append(b, (d.Severity.String() + " " + d.Code + ": " + d.Message + "\n")...)
	}
	packaged.Golden(t, "findings.txt", string(b))
	for _, file := range out.Files {
		packaged.Golden(t, filepath.Base(file.Path), file.Text)
	}
}

func codes(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}
