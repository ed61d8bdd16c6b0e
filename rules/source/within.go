package source

import "path/filepath"

// Within tells whether a path is a folder or a file, or below the folder. Both are absolute, or relative to the same.
func Within(top, at string) bool {
	within, err := filepath.Rel(top, at)
	return err == nil && filepath.IsLocal(within)
}
