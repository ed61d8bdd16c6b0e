package scaffold

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/tests/fixture"
)

// projectFilesByPath are the files of a new project.
func projectFilesByPath(t *testing.T) map[string]File {
	t.Helper()
	files, err := Project(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), nil)
	require.NoError(t, err)
	out := map[string]File{}
	for _, f := range files {
		out[f.Path] = f
	}
	return out
}

// TestTheProjectFileIsRead: what is written is a project without a finding, in the folders that come with it.
func TestTheProjectFileIsRead(t *testing.T) {
	clitest.Files(t, "-- x --\n")
	for path, f := range projectFilesByPath(t) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.FromSlash(path)), 0o755))
		require.NoError(t, os.WriteFile(filepath.FromSlash(path), f.Text, 0o644))
	}
	p, found, _, err := project.Read(project.FileName)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.Equal(t, []string{"rules"}, p.Rules)
	assert.Len(t, p.Targets, 4)
}

func TestTheRuleIsOfItsDay(t *testing.T) {
	rule := string(projectFilesByPath(t)["rules/proc_creation_win_encoded_powershell.yml"].Text)
	assert.Contains(t, rule, "\ndate: 2026-03-02\n")
	assert.NotContains(t, rule, "{{")
	again := string(projectFilesByPath(t)["rules/proc_creation_win_encoded_powershell.yml"].Text)
	assert.NotEqual(t, rule, again, "every project's rule has an id of its own")
}

func TestOnlyTheHookRuns(t *testing.T) {
	for path, f := range projectFilesByPath(t) {
		assert.Equal(t, path == ".githooks/pre-commit", f.Runs, path)
	}
}

// workflow is what a test reads of a GitHub workflow.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
type workflow struct {
	Name        string
	On          map[string]any
	Permissions map[string]string
	Env         map[string]string
	Jobs        map[string]struct {
		RunsOn string `yaml:"runs-on"`
		Steps  []struct {
			Name, Uses, Run, If string
			With                map[string]any
			Env                 map[string]string
			ContinueOnError     bool `yaml:"continue-on-error"`
		}
	}
}

// pipeline is what a test reads of a GitLab pipeline. https://docs.gitlab.com/ci/yaml/
type pipeline struct {
	Variables  map[string]string
	Detections struct {
		Image     string
		Rules     []struct{ If, When string }
		Script    []string
		Artifacts struct {
			When    string
			Expose  string `yaml:"expose_as"`
			Paths   []string
			Reports map[string]string
		}
	}
}

// strictly reads YAML, and refuses keys that the type has not.
func strictly(t *testing.T, text []byte, to any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	require.NoError(t, d.Decode(to))
}

// TestContinuousIntegrationIsValid: both files are YAML of their products' form, and each script is valid for a shell.
func TestContinuousIntegrationIsValid(t *testing.T) {
	files := projectFilesByPath(t)
	var github workflow
	strictly(t, files[".github/workflows/detections.yml"].Text, &github)
	var scripts []string
	for _, step := range github.Jobs["build"].Steps {
		assert.True(t, (step.Uses == "") != (step.Run == ""), "%+v: a step uses an action or runs a script", step)
		scripts = append(scripts, step.Run)
	}
	var gitlab pipeline
	strictly(t, files[".gitlab-ci.yml"].Text, &gitlab)
	assert.Equal(t, "always", gitlab.Detections.Artifacts.When)
	scripts = append(scripts, strings.Join(gitlab.Detections.Script, "\n"), string(files[".githooks/pre-commit"].Text))
	all := strings.Join(scripts, "\n")
	for _, command := range []string{"validate --format github", "test --format github", "validate --format sarif", "validate --format gitlab", "test --format junit",
		"compile --report --format markdown", "decree build"} {
		assert.Contains(t, all, command)
	}
	for _, made := range append(gitlab.Detections.Artifacts.Paths, "tests.xml", "findings.json", "packages", "site") {
		assert.Contains(t, string(files[".gitignore"].Text), "/"+made, "what CI and commands make is not committed")
	}
	fixture.Tool(t, "sh")
	for _, script := range scripts {
		check := exec.Command("sh", "-n")
		check.Stdin = strings.NewReader(script)
		out, err := check.CombinedOutput()
		assert.NoError(t, err, "%s\n%s", out, script)
	}
}

// TestRulesThatAreThere are those of the project, which has no first rule then.
func TestRulesThatAreThere(t *testing.T) {
	files, err := Project(time.Now(), []string{"cloud", "a, b"})
	require.NoError(t, err)
	for _, f := range files {
		assert.False(t, strings.HasPrefix(f.Path, "rules/"), f.Path)
		if f.Path == project.FileName {
			assert.Contains(t, string(f.Text), "\nrules: [cloud, 'a, b'] ")
		}
	}
}
