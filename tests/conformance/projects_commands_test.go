package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/tests/fixture"
	"decree/tests/stories"
)

// build builds the program for the first test that runs it.
var build = sync.OnceValues(func() (file string, err error) {
	file = filepath.Join(programFolder, "decree.exe")
	out, err := exec.Command("go", "build", "-o", file, "decree/cmd/decree").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
})

// command is the built program.
func command(t *testing.T) string {
	t.Helper()
	file, err := build()
	require.NoError(t, err)
	return file
}

// folder is a project on disk, with what its commands are given.
type folder struct {
	t       *testing.T
	program string
	shown   string   // the project, for messages
	flags   []string // those that every command has
	rules   string
	events  string
	known   string // reputation
}

func (w world) write(t *testing.T, program string, p *project, story *stories.Story) folder {
	t.Helper()
	dir := t.TempDir()
	f := folder{t: t, program: program, shown: p.text, rules: filepath.Join(dir, "rules"), flags: []string{"--model-file", w.file}}
	save := func(folder, name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, folder, name), []byte(text), 0o600))
	}
	for name, text := range p.files {
		save("rules", name, text)
	}
	if p.filters != "" {
		save("filters", "filters.yml", p.filters)
		f.flags = append(f.flags, "--filters", filepath.Join(dir, "filters"))
	}
	if story != nil {
		f.events, f.known = writeEvents(t, w.tell(story)), verdicts(t, story)
	}
	return f
}

// ask runs a command and reads the JSON that it writes. Findings may make it end with 1; anything else is a failure.
func (f folder) ask(answer any, args ...string) {
	f.t.Helper()
	cmd := exec.Command(f.program, append(args, f.flags...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.LessOrEqual(f.t, cmd.ProcessState.ExitCode(), 1, "%v: %v\n%.3000s\n%s", args, err, stderr.String(), f.shown)
	require.NoError(f.t, json.Unmarshal(out, answer), "%v: %.3000s\n%s", args, stderr.String(), f.shown)
}

// TestProjectsThroughCommands writes random projects and model files to disk and has the commands read them: they
// compile the queries that the library compiles, and find and alert of what its engine does. What is only warned of
// changes nothing.
func TestProjectsThroughCommands(t *testing.T) {
	t.Parallel()
	program := command(t)
	projects := fixture.Times(4, 6)
	for _, name := range slices.Sorted(maps.Keys(projectWorlds(t, newProjectAuthor(0, 0)))) {
		if w := projectWorlds(t, newProjectAuthor(0, 0))[name](); w.file == "" || w.crowded {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queries, matches, alerts := 0, 0, 0
			for round := range uint64(fromEnv(t, "DECREE_RANDOM_PROJECTS", projects)) {
				a := newProjectAuthor(seedOf(t), 1000+round)
				w := projectWorlds(t, a)[name]()
				a.sides = w.own.tells()
				story := a.story()
				p := a.project(t)
				if p == nil {
					continue
				}
				f := w.write(t, program, p, story)
				queries += w.compilesAlike(f, p)
				matches += w.findsAlike(f, p, story)
				alerts += w.alertsAlike(f, p, story)
				if t.Failed() {
					return
				}
			}
			t.Logf("%d queries, %d matches, %d alerts", queries, matches, alerts)
			assert.Positive(t, min(queries, matches, alerts))
		})
	}
}

// whole are the rules and correlations that are no part of another in the same file.
func (p *project) whole() (rs map[*rules.Rule]bool) {
	rs = map[*rules.Rule]bool{}
	for _, r := range p.rules {
		rs[r.Source] = true
	}
	for _, c := range p.correlations {
		rs[c.Source.Body] = true
	}
	for _, c := range p.correlations {
		for _, in := range c.Inputs {
			var part *rules.Rule
			if in.Correlation != nil {
				part = in.Correlation.Source.Body
			} else {
				part = in.Rule.Source
			}
			if part.Range.File == c.Source.Body.Range.File {
				delete(rs, part)
			}
		}
	}
	return rs
}

func (w world) compilesAlike(f folder, p *project) int {
	type written struct {
		Rule  string
		Query *compilers.Query
	}
	var got []written
	f.ask(&got, "compile", "-t", w.dialect.Name(), "--format", "json", f.rules)
	texts := map[string]string{}
	for _, one := range got {
		require.NotContains(f.t, texts, one.Rule)
		texts[one.Rule] = ""
		if one.Query != nil {
			texts[one.Rule] = one.Query.Text
		}
	}
	want := map[string]string{}
	opt := compilers.Options{Model: w.model, Lists: compilers.ListsBySize}
	keep := func(r *rules.Rule, q *compilers.Query) {
		if want[r.Name] = ""; q != nil {
			want[r.Name] = q.Text
		}
	}
	whole := p.whole()
	for _, r := range p.rules {
		if whole[r.Source] {
			q, _ := w.dialect.Compile(r, opt)
			keep(r.Source, q)
		}
	}
	for _, c := range p.correlations {
		if whole[c.Source.Body] {
			q, _ := w.dialect.CompileCorrelation(c, opt)
			keep(c.Source.Body, q)
		}
	}
	assert.Equal(f.t, want, texts, f.shown)
	return len(want)
}

// heard is a match or an alert as commands write it.
type heard struct {
	At      string `json:"at"`
	Rule    string `json:"rule"`
	EventID string `json:"event_id"`
}

func told(all []heard) []string {
	out := []string{}
	for _, one := range all {
		out = append(out, strings.TrimSpace(one.At+" "+one.Rule+" "+one.EventID))
	}
	slices.Sort(out)
	return out
}

func (w world) findsAlike(f folder, p *project, story *stories.Story) (matches int) {
	for _, now := range projectRuns {
		var got []heard
		f.ask(&got, "run", "--quiet", "--format", "json", "--rules", f.rules, "--reputation", f.known, "--now", now.Format(time.RFC3339), f.events)
		var want []heard
		for _, r := range w.results(f.t, p, story, now) {
			want = append(want, heard{"", r.Rule.Source.Title, r.EventID})
		}
		assert.Equal(f.t, told(want), told(got), "at %s\n%s", now, f.shown)
		matches += len(got)
	}
	return matches
}

func (w world) alertsAlike(f folder, p *project, story *stories.Story) int {
	var got struct{ Alerts []heard }
	f.ask(&got, "run", "--quiet", "--format", "json", "--rules", f.rules, "--reputation", f.known, "--backtest", f.events)
	var want []heard
	for _, a := range w.alerts(f.t, p, story) {
		want = append(want, heard{a.At.Format(time.RFC3339), a.Rule.Source.Title, a.EventID})
	}
	assert.Equal(f.t, told(want), told(got.Alerts), f.shown)
	return len(want)
}

// TestModelsThatReferToThemselves: a model file whose fields refer to each other is either read, and then rules are
// compiled and run with it, or refused with its faults at their places.
func TestModelsThatReferToThemselves(t *testing.T) {
	t.Parallel()
	program := command(t)
	rounds := 12
	for _, name := range slices.Sorted(maps.Keys(products)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, refused := 0, 0
			for round := range uint64(rounds) {
				a := newProjectAuthor(seedOf(t), 2000+round)
				w := projectWorlds(t, a)[name]()
				text := a.entangled(products[name])
				w.file = filepath.Join(t.TempDir(), "model.yml")
				require.NoError(t, os.WriteFile(w.file, []byte(text), 0o600))
				p := a.project(t)
				if p == nil {
					continue
				}
				story := a.story()
				f := w.write(t, program, p, story)
				f.shown = text + f.shown
				out, err := exec.Command(program, append([]string{"compile", "-t", w.dialect.Name(), f.rules}, f.flags...)...).CombinedOutput()
				if strings.Contains(string(out), "[bad-model]") {
					require.Error(t, err)
					refused++
					continue
				}
				read++
				var queries, matches []any
				f.ask(&queries, "compile", "-t", w.dialect.Name(), "--format", "json", f.rules)
				f.ask(&matches, "run", "--quiet", "--format", "json", "--rules", f.rules, f.events)
				assert.NotEmpty(t, queries)
			}
			t.Logf("%d models are read, %d refused", read, refused)
			assert.Positive(t, min(read, refused))
		})
	}
}
