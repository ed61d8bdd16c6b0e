package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"decree/rules/diag"
)

// Existing gives those of the files to write that are there already. Unless they are kept, it is an error that names
// them.
func Existing(paths []string, keep bool) (map[string]bool, error) {
	there := map[string]bool{}
	var shown strings.Builder
	for _, path := range paths {
		switch _, err := os.Lstat(path); {
		case err == nil:
			there[path] = true
			shown.WriteString("\n  " + diag.Visible(path))
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if len(there) > 0 && !keep {
		return nil, fmt.Errorf("nothing is written, because these files are there:%s\n--keep keeps them and writes the others", shown.String())
	}
	return there, nil
}
