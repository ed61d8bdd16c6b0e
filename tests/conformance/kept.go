package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// kept is a tool that takes long to start. Its processes answer one question after the other, each a line of JSON, and
// end with the tests.
type kept struct {
	command func() (*exec.Cmd, error)
	mu      sync.Mutex
	idle    []*conversation
}

// conversation is one running process.
type conversation struct {
	process   *exec.Cmd
	in        io.WriteCloser
	out       io.ReadCloser
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
		return with.failed(err)
	}
	if err := with.answers.Decode(answer); err != nil {
		return with.failed(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.idle = append(k.idle, with)
	return nil
}

// failed ends a process that did not take a question, or did not answer as expected, and says why: its stderr is whole
// once it has ended. Without its stdin and stdout it waits neither for a question nor for somebody who reads.
func (c *conversation) failed(err error) error {
	err = errors.Join(err, c.in.Close(), c.out.Close(), c.process.Wait())
	return fmt.Errorf("%s: %w\n%s", c.process, err, c.stderr.String())
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
	process, err := k.command()
	if err != nil {
		return nil, err
	}
	with := &conversation{process: process}
	process.Stderr = &with.stderr
	if with.in, err = process.StdinPipe(); err != nil {
		return nil, err
	}
	if with.out, err = process.StdoutPipe(); err != nil {
		return nil, err
	}
	with.questions, with.answers = json.NewEncoder(with.in), json.NewDecoder(with.out)
	return with, process.Start()
}
