package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// ask gives a tool its question as JSON and reads its answer.
func ask(t testing.TB, cmd *exec.Cmd, question, answer any) {
	t.Helper()
	if err := tell(cmd, question, answer); err != nil {
		t.Fatal(err)
	}
}

func tell(cmd *exec.Cmd, question, answer any) error {
	in, err := json.Marshal(question)
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Args[1]), err, stderr.String())
	}
	return json.Unmarshal(out, answer)
}

// fewQueries are asked by one process: a tool takes about a second to start, and may take as long for one query.
const fewQueries = 8

// askInParts asks a tool of many queries, by one process for each processor. question makes the command of one process and what it is told of some of the
// queries. The tool answers with a list, one element a query, in order; so is what comes back.
func askInParts[A any](t testing.TB, queries []string, question func(some []string) (*exec.Cmd, any)) []A {
	t.Helper()
	parts := max(1, min(runtime.NumCPU(), len(queries)/fewQueries))
	answers := make([]A, len(queries))
	failures := make([]error, parts)
	var running sync.WaitGroup
	for p := range parts {
		some := []string{}
		for i := p; i < len(queries); i += parts { // in turn, since neighbours cost alike
			some = append(some, queries[i])
		}
		cmd, asked := question(some)
		running.Go(func() {
			var got []A
			if failures[p] = tell(cmd, asked, &got); failures[p] != nil {
				return
			}
			if len(got) != len(some) {
				failures[p] = fmt.Errorf("%s: %d answers to %d queries", filepath.Base(cmd.Args[1]), len(got), len(some))
				return
			}
			for i, answer := range got {
				answers[p+i*parts] = answer
			}
		})
	}
	running.Wait()
	for _, err := range failures {
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// interpreters are those found: the statement that they can run -> path. Trying one takes about a second.
var interpreters sync.Map

// pythonWith is an interpreter that can run a statement: the one in the repository's .cache/venv,
// or the system's.
func pythonWith(t testing.TB, probe, dialect string) string {
	t.Helper()
	if known, ok := interpreters.Load(probe); ok {
		return known.(string)
	}
	for _, p := range []string{filepath.Join(root(), ".cache", "venv", "bin", "python"), "python3"} {
		cmd := exec.Command(p, "-c", probe)
		cmd.Dir = t.TempDir() // beside nothing that could pass for a library
		if cmd.Run() == nil {
			interpreters.Store(probe, p)
			return p
		}
	}
	missing(t, "python lacks what this needs: python3 -m venv .cache/venv && .cache/venv/bin/pip install -r tests/conformance/"+dialect+"/requirements.txt")
	return ""
}

// missing skips a test that lacks its tool, unless every tool is required.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("DECREE_REQUIRE_CONFORMANCE") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
