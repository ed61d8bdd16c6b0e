package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// A test asks for its tools first, so that it computes nothing where they are missing.

// needKusto is for tests that ask Microsoft's parser.
func needKusto(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not installed")
	}
	if _, err := os.Stat(filepath.Join(root(), "tests", "conformance", "kql", "node_modules")); err != nil {
		missing(t, "Microsoft's parser is not installed: npm ci --prefix tests/conformance/kql")
	}
}

// importsDuckDB and importsEQL are what an interpreter needs that runs KQL, and one that runs EQL.
const (
	importsDuckDB = "import duckdb_kql, duckdb, pytz"
	importsEQL    = "from eql import parse_query"
)

// needDuckDB is for tests that run KQL.
func needDuckDB(t testing.TB) {
	t.Helper()
	pythonWith(t, importsDuckDB, "kql")
}

// needEQL is for tests that run EQL.
func needEQL(t testing.TB) {
	t.Helper()
	pythonWith(t, importsEQL, "eql")
}

// needPCRE is for tests that ask PCRE2 itself.
func needPCRE(t testing.TB) {
	t.Helper()
	if !findsPCRE() {
		missing(t, "PCRE2 is not there, or Python: apt-get install python3 libpcre2-8-0")
	}
}

var findsPCRE = sync.OnceValue(func() bool {
	return exec.Command("python3", "-c", `import ctypes; ctypes.CDLL("libpcre2-8.so.0")`).Run() == nil
})

// needBrowser gives Chromium, and the interpreter that steers it.
func needBrowser(t testing.TB) (chromium, python string) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			return at, pythonWith(t, "import playwright.sync_api", "report")
		}
	}
	missing(t, "Chromium is not installed: apt-get install chromium")
	return "", ""
}

// interpreters are those found: the statement that they can run -> func() (string, error). Trying one takes about a
// second.
var interpreters sync.Map

// pythonWith is an interpreter that can run a statement.
func pythonWith(t testing.TB, probe, dialect string) string {
	t.Helper()
	python, err := interpreter(probe)
	if err != nil {
		t.Fatal(err)
	}
	if python == "" {
		missing(t, "python lacks what this needs: python3 -m venv .cache/venv && .cache/venv/bin/pip install -r tests/conformance/"+dialect+"/requirements.txt")
	}
	return python
}

// interpreter can run a statement: the one in the repository's .cache/venv, or the system's. "" is none.
func interpreter(probe string) (string, error) {
	find, _ := interpreters.LoadOrStore(probe, sync.OnceValues(func() (string, error) {
		beside, err := os.MkdirTemp("", "") // nothing that could pass for a library
		if err != nil {
			return "", err
		}
		defer func() { _ = os.Remove(beside) }() // empty, and the system's to clear
		for _, p := range []string{filepath.Join(root(), ".cache", "venv", "bin", "python"), "python3"} {
			cmd := exec.Command(p, "-c", probe)
			cmd.Dir = beside
			if cmd.Run() == nil {
				return p, nil
			}
		}
		return "", nil
	}))
	return find.(func() (string, error))()
}

// missing skips a test that lacks its tool, unless every tool is required.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("DECREE_REQUIRE_CONFORMANCE") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
