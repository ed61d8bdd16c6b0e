package diag

import (
	"path"
	"path/filepath"
	"slices"
)

// Below gives findings whose paths are read from another folder, in which the working folder has a path.
func (ds Diagnostics) Below(folder string) Diagnostics {
	out := slices.Clone(ds)
	for i := range out {
		out[i].Range.File = Below(folder, out[i].Range.File)
	}
	return out
}

// Below is a file's path as it is read from another folder, in which the working folder has a path.
func Below(folder, file string) string {
	if file == "" || folder == "" || filepath.IsAbs(file) {
		return file
	}
	return path.Join(folder, filepath.ToSlash(file))
}
