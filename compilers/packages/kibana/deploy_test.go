package kibana_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// stack answers as Elasticsearch and Kibana do, as far as the script asks. It keeps the requests that change something.
type stack struct {
	mutex    sync.Mutex
	has      map[string]bool // paths of what exists
	refuses  string          // a path that is answered with 500
	imports  string          // the answer to an import
	requests []string
	bodies   map[string]string
}

func (s *stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	call := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/")
	if r.Method != http.MethodGet {
		s.requests, s.bodies[call] = append(s.requests, call), string(body)
	}
	switch {
	case r.Header.Get("Authorization") != "ApiKey a2V5=":
		w.WriteHeader(http.StatusUnauthorized)
	case s.refuses != "" && strings.HasPrefix(r.URL.Path, s.refuses):
		w.WriteHeader(http.StatusInternalServerError)
	case strings.HasSuffix(r.URL.Path, "/_import"):
		if r.Header.Get("kbn-xsrf") == "" {
			w.WriteHeader(http.StatusBadRequest)
		}
		io.WriteString(w, s.imports)
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/_enrich/") && !s.has[r.URL.Path]:
		io.WriteString(w, `{"policies":[]}`)
	case r.Method == http.MethodGet && !s.has[r.URL.Path]:
		w.WriteHeader(http.StatusNotFound)
	case strings.HasSuffix(r.URL.Path, "/_start") && s.has[r.URL.Path]:
		w.WriteHeader(http.StatusConflict)
	default:
		s.has[r.URL.Path] = true
		io.WriteString(w, `{"acknowledged":true}`)
	}
}

// deploy runs the script of a package.
func deploy(t *testing.T, out packages.Output, s *stack, environment ...string) (string, error) {
	t.Helper()
	fixture.Tool(t, "sh")
	fixture.Tool(t, "curl")
	folder := filepath.Join(t.TempDir(), "a folder")
	for _, f := range out.Files {
		path := filepath.Join(folder, filepath.FromSlash(f.Path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(f.Text), 0o644))
	}
	s.mutex.Lock()
	s.requests, s.bodies = nil, map[string]string{}
	s.mutex.Unlock()
	server := httptest.NewServer(s)
	defer server.Close()
	cmd := exec.Command("sh", filepath.Join(folder, "deploy.sh"))
	cmd.Env = append(os.Environ(), "no_proxy=*", "KIBANA_URL="+server.URL, "ELASTIC_URL="+server.URL, "ELASTIC_API_KEY=a2V5=")
	cmd.Env = append(cmd.Env, environment...)
	said, err := cmd.CombinedOutput()
	s.mutex.Lock() // what the server wrote is seen
	defer s.mutex.Unlock()
	return string(said), err
}

const imported = `{"exceptions_success":true,"rules_count":1,"success":true,"success_count":1,"errors":[]}`

// TestDeploy sends each asset before what needs it, and the rules last. Run again, it replaces what can be replaced.
func TestDeploy(t *testing.T) {
	f := kibana.New()
	out := f.Package(settings, []packages.Input{packaged.Of(t, f, eql.New(), "ecs", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml"))})
	s := &stack{has: map[string]bool{}, imports: imported}
	said, err := deploy(t, out, s)
	require.NoError(t, err, said)
	const name = "sql-server-suspicious-grandchild-rare-unsigned"
	const imports = "POST api/detection_engine/rules/_import?overwrite=true"
	assert.Equal(t, []string{
		"PUT decree-reputation", "PUT _enrich/policy/decree-reputation", "PUT _enrich/policy/decree-reputation/_execute",
		"PUT _transform/decree-count-" + name, "POST _transform/decree-count-" + name + "/_start",
		"PUT _enrich/policy/decree-count-" + name, "PUT _enrich/policy/decree-count-" + name + "/_execute",
		"PUT decree-rank-" + name, "PUT _watcher/watch/decree-rank-" + name,
		"PUT _enrich/policy/decree-rank-" + name, "PUT _enrich/policy/decree-rank-" + name + "/_execute",
		"PUT _ingest/pipeline/decree-" + name, imports,
	}, s.requests)
	assert.Contains(t, s.bodies[imports], out.Files[0].Text)
	assert.Equal(t, out.Files[1].Text, s.bodies["PUT decree-reputation"])

	said, err = deploy(t, out, s)
	require.NoError(t, err, said)
	assert.Equal(t, []string{
		"PUT _enrich/policy/decree-reputation/_execute", "POST _transform/decree-count-" + name + "/_start", "PUT _enrich/policy/decree-count-" + name + "/_execute",
		"PUT _watcher/watch/decree-rank-" + name, "PUT _enrich/policy/decree-rank-" + name + "/_execute", "PUT _ingest/pipeline/decree-" + name, imports,
	}, s.requests)
	assert.Contains(t, said, "kept decree-reputation")
}

// TestDeployFails: the script ends with what was refused.
func TestDeployFails(t *testing.T) {
	f := kibana.New()
	out := f.Package(settings, []packages.Input{packaged.Of(t, f, eql.New(), "ecs", lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml"))})
	for _, c := range []struct {
		name        string
		stack       *stack
		environment string
		said        string
	}{
		{"refused", &stack{refuses: "/_ingest", imports: imported}, "X=", "PUT _ingest/pipeline/decree-sql-server-suspicious-grandchild-rare-unsigned: status 500"},
		{"rule refused", &stack{imports: `{"exceptions_success":true,"success":false,"errors":[{"rule_id":"x"}]}`}, "X=", "import rules.ndjson: status 200"},
		{"wrong key", &stack{imports: imported}, "ELASTIC_API_KEY=b", "status 401"},
		{"no Kibana", &stack{imports: imported}, "KIBANA_URL=", "set it to the address of Kibana"},
		{"no Elasticsearch", &stack{imports: imported}, "ELASTIC_URL=", "set it to the address of Elasticsearch"},
		{"nobody answers", &stack{imports: imported}, "ELASTIC_URL=http://127.0.0.1:1", "GET decree-reputation: status 000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.stack.has = map[string]bool{}
			said, err := deploy(t, out, c.stack, c.environment)
			assert.Error(t, err)
			assert.Contains(t, said, c.said)
		})
	}
}
