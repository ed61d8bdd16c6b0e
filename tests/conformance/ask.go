package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// ask gives a tool its question as JSON and reads its answer.
func ask(t testing.TB, cmd *exec.Cmd, question, answer any) {
	t.Helper()
	if err := (once{cmd}).tell(question, answer); err != nil {
		t.Fatal(err)
	}
}

// teller tells a tool a question and reads its answer.
type teller interface {
	tell(question, answer any) error
}

// once is a process that answers one question.
type once struct{ *exec.Cmd }

func (cmd once) tell(question, answer any) error {
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

// askInParts asks a tool of many queries, by one process for each processor. question makes the process and what it is
// told of some of the queries. The tool answers with a list, one element a query, in order; so is what comes back.
func askInParts[A any](t testing.TB, queries []string, question func(some []string) (teller, any)) []A {
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
		to, asked := question(some)
		running.Go(func() {
			var got []A
			if failures[p] = to.tell(asked, &got); failures[p] != nil {
				return
			}
			if len(got) != len(some) {
				failures[p] = fmt.Errorf("%d answers to %d queries", len(got), len(some))
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
