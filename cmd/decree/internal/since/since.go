// Package since asks git which files changed since a revision. In: a folder and a revision. Out: the files that
// changed, and those of which git cannot tell.
package since

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"decree/cmd/decree/internal/git"
)

// Changed lists the files below a folder that differ from a revision, those that are gone, and those that git does not
// track. Of those that it ignores it cannot tell: they are false. They are slash paths relative to the folder.
func Changed(dir, rev string) (map[string]bool, error) {
	at, err := git.Run(dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return nil, unknown(dir, err)
	}
	out := map[string]bool{}
	for _, list := range []struct {
		command []string
		tells   bool
	}{
		{[]string{"ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", "."}, false},
		{[]string{"ls-files", "--others", "--exclude-standard", "-z", "--", "."}, true},
		{[]string{"diff", "--name-only", "--no-renames", "--relative", "-z", strings.TrimSpace(at), "--", "."}, true},
	} {
		names, err := git.Run(dir, list.command...)
		if err != nil {
			return nil, err
		}
		for name := range strings.SplitSeq(strings.TrimSuffix(names, "\x00"), "\x00") {
			out[filepath.ToSlash(name)] = list.tells
		}
	}
	delete(out, "") // of a command that names none
	return out, nil
}

// ErrUnknown is the error of a revision that git does not find.
var ErrUnknown = errors.New("unknown git revision")

// unknown is the error of a revision that git does not find. git itself says nothing of it, but has a text where the
// folder is of no repository.
func unknown(dir string, err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if git.Shallow(dir) {
			return fmt.Errorf("%w: the clone is shallow, which CI makes by default: fetch all commits (fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab)", ErrUnknown)
		}
		return fmt.Errorf("%w: name a commit, a tag or a branch (HEAD~3, v1.2, origin/main), or the commit that `git rev-list -1 --before=2026-01-31 HEAD` gives for a day", ErrUnknown)
	}
	return err
}

// Tracked tells whether git has a file of a folder. The file is a slash path relative to the folder.
func Tracked(dir, file string) bool {
	out, err := git.Run(dir, "ls-files", "-z", "--", ":(literal)"+file)
	return err == nil && out != ""
}

// Text gives what a file of a folder held at a revision. ok is false if it was not there. The file is a slash path
// relative to the folder.
func Text(dir, rev, file string) (text []byte, ok bool) {
	out, err := git.Run(dir, "cat-file", "blob", rev+":./"+file)
	return []byte(out), err == nil
}
