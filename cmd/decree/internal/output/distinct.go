package output

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Distinct refuses flags that name one file: the last to be written would replace what the others wrote. It is given
// the path of each flag; "" for none.
func Distinct(paths map[string]string) error {
	flags := slices.Sorted(maps.Keys(paths))
	for i, flag := range flags {
		for _, other := range flags[:i] {
			if same(paths[flag], paths[other]) {
				return fmt.Errorf("--%s and --%s both name %s: choose another name for one of them", other, flag, paths[flag])
			}
		}
	}
	return nil
}

// same tells whether two paths name one file, which need not exist. A device or a pipe takes what both write.
func same(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	one, err := os.Stat(a)
	if err == nil {
		other, err := os.Stat(b)
		return err == nil && one.Mode().IsRegular() && os.SameFile(one, other)
	}
	a, err = target(a)
	if err != nil {
		return false
	}
	if b, err = target(b); err != nil {
		return false
	}
	a, err = filepath.Abs(a)
	if err != nil {
		return false
	}
	b, err = filepath.Abs(b)
	return err == nil && a == b
}
