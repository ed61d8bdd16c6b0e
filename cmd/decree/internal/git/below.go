package git

import (
	"os"
	"path/filepath"
)

// Below gives the path of a folder from the top of the repository that it is in, as a slash path: "" at the top, and
// where there is no repository. It asks the disk alone, so that it knows the top also where git refuses the repository
// because another user owns it. ok is false where there is none.
func Below(dir string) (path string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for top := dir; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil { // a file in a worktree or a submodule
			at, err := filepath.Rel(top, dir)
			if at == "." || err != nil {
				at = ""
			}
			return filepath.ToSlash(at), err == nil
		}
		if top == filepath.Dir(top) {
			return "", false
		}
	}
}
