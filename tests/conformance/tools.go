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

// needDuckDB gives the interpreter that runs KQL.
func needDuckDB(t testing.TB) (python string) {
	t.Helper()
	return pythonWith(t, "import duckdb_kql, duckdb, pytz", "kql")
}

// needEQL gives the interpreter that runs EQL.
func needEQL(t testing.TB) (python string) {
	t.Helper()
	return pythonWith(t, "from eql import parse_query", "eql")
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

// interpreters are those found: the statement that they can run -> path, "" if none can. Trying one takes about a second.
var interpreters sync.Map

// pythonWith is an interpreter that can run a statement: the one in the repository's .cache/venv,
// or the system's.
func pythonWith(t testing.TB, probe, dialect string) string {
	t.Helper()
	known, tried := interpreters.Load(probe)
	if !tried {
		known = ""
		for _, p := range []string{filepath.Join(root(), ".cache", "venv", "bin", "python"), "python3"} {
			cmd := exec.Command(p, "-c", probe)
			cmd.Dir = t.TempDir() // beside nothing that could pass for a library
			if cmd.Run() == nil {
				known = p
				break
			}
		}
		interpreters.Store(probe, known)
	}
	if known == "" {
		missing(t, "python lacks what this needs: python3 -m venv .cache/venv && .cache/venv/bin/pip install -r tests/conformance/"+dialect+"/requirements.txt")
	}
	return known.(string)
}

// missing skips a test that lacks its tool, unless every tool is required.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("DECREE_REQUIRE_CONFORMANCE") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
