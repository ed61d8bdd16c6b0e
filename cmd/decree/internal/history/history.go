// Package history asks git for the history of files. In: a folder. Out: the commits that changed each file below it. A
// folder that git does not keep has no history, and that is not an error.
package history

import (
	"os/exec"
	"path/filepath"
	"strings"

	"decree/cmd/decree/internal/git"
	"decree/compilers/pages"
)

// mostCommits bounds the commits of one file that are kept, the latest first.
const mostCommits = 10

// begin marks a line of git's that begins a commit: no path begins with it.
const begin = "\x01"

// Of gives the commits that changed each file below a folder, by slash paths relative to it. since is a revision whose
// commits, and those before it, are left out; or "". why says why there is no history, where that is not plain: the
// repository is shallow, or git refuses it.
func Of(dir, since string) (commits map[string][]pages.Commit, why string, err error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, "", nil
	}
	if _, kept := git.Below(dir); !kept {
		return nil, "", nil
	}
	if _, err := git.Run(dir, "rev-parse"); err != nil { // such as a repository that another user owns
		return nil, "the pages have no history: " + err.Error(), nil
	}
	if git.Shallow(dir) {
		return nil, "the clone is shallow, so the pages have no history from git: fetch all commits", nil
	}
	if _, err := git.Run(dir, "rev-parse", "--verify", "--quiet", "HEAD"); err != nil {
		return nil, "", nil // no commit yet
	}
	args := []string{"-c", "core.quotePath=false", "log", "--no-show-signature", "--format=" + begin + "%H%x09%as%x09%an%x09%s", "--name-only", "--relative"}
	if since != "" {
		args = append(args, "--end-of-options", since+"..HEAD")
	}
	text, err := git.Run(dir, append(args, "--", ".")...)
	if err != nil {
		return nil, "", err
	}
	return parse(text), "", nil
}

// parse reads what git log writes: a line for each commit, and the paths that it changed.
func parse(text string) map[string][]pages.Commit {
	out := map[string][]pages.Commit{}
	var at pages.Commit
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		head, isCommit := strings.CutPrefix(line, begin)
		parts := strings.SplitN(head, "\t", 4)
		switch {
		case isCommit && len(parts) == 4:
			at = pages.Commit{ID: parts[0][:min(len(parts[0]), 10)], Date: parts[1], Author: parts[2], Subject: parts[3]}
		case line != "" && len(out[line]) < mostCommits:
			out[line] = append(out[line], at)
		}
	}
	return out
}

// Difference gives how the files below a folder differ from a revision: A for new files, M for changed ones, D for
// those that are gone. Paths are relative to the folder.
func Difference(dir, rev string) (map[string]string, error) {
	out := map[string]string{}
	text, err := git.Run(dir, "diff", "--name-status", "--no-renames", "--relative", "-z", "--end-of-options", rev, "--", ".")
	if err != nil {
		return nil, err
	}
	fields := strings.Split(strings.TrimSuffix(text, "\x00"), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		out[filepath.ToSlash(fields[i+1])] = fields[i]
	}
	untracked, err := git.Run(dir, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(untracked, "\x00") {
		if name != "" {
			out[filepath.ToSlash(name)] = "A"
		}
	}
	return out, nil
}
