package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"sync"
)

// kept is a tool that takes long to start. Its processes answer one question after the other, each a line of JSON, and
// end with the tests.
type kept struct {
	command func() *exec.Cmd
	mu      sync.Mutex
	idle    []*conversation
}

// conversation is one running process.
type conversation struct {
	process   *exec.Cmd
	questions *json.Encoder
	answers   *json.Decoder
	stderr    bytes.Buffer
}

func (k *kept) tell(question, answer any) error {
	with, err := k.next()
	if err != nil {
		return err
	}
	if err := with.questions.Encode(question); err != nil {
		return err
	}
	if err := with.answers.Decode(answer); err != nil {
		ended := with.process.Wait() // its stderr is whole then
		return fmt.Errorf("%s: %w, %v\n%s", with.process, err, ended, with.stderr.String())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.idle = append(k.idle, with)
	return nil
}

// next gives a process that waits for a question.
func (k *kept) next() (*conversation, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if last := len(k.idle) - 1; last >= 0 {
		with := k.idle[last]
		k.idle = k.idle[:last]
		return with, nil
	}
	with := &conversation{process: k.command()}
	with.process.Stderr = &with.stderr
	in, err := with.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := with.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	with.questions, with.answers = json.NewEncoder(in), json.NewDecoder(out)
	return with, with.process.Start()
}
