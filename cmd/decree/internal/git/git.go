// Package git runs git. In: a folder, and a command of git. Out: what the command writes, or an error that says what
// git says.
package git

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"decree/rules/diag"
)

// Shallow tells whether the repository of a folder lacks commits.
func Shallow(dir string) bool {
	text, err := Run(dir, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(text) == "true"
}

// Run runs a command of git in a folder. The error is an *exec.ExitError where git fails without a word.
func Run(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		err = fmt.Errorf("git: %s", diag.Visible(strings.Join(strings.Fields(string(failed.Stderr)), " ")))
	}
	return string(out), err
}
