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

	"github.com/stretchr/testify/require"
)

// ask gives a tool its question as JSON and reads its answer.
func ask(t testing.TB, cmd *exec.Cmd, question, answer any) {
	t.Helper()
	in, err := json.Marshal(question)
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s\n%s", filepath.Base(cmd.Args[1]), stderr.String())
	require.NoError(t, json.Unmarshal(out, answer))
}

// fewQueries are asked of one process: a tool takes about a second to start, and may take as long for one query.
const fewQueries = 8

// askInParts asks a tool of many queries, by one process for each processor. question is what it is told of some of the
// queries. The tool answers with a list, one element a query, in order; so is what comes back.
func askInParts[A any](t testing.TB, tool *kept, queries []string, question func(some []string) any) []A {
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
		asked := question(some)
		running.Go(func() {
			var got []A
			if failures[p] = tool.tell(asked, &got); failures[p] != nil {
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
