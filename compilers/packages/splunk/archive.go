package splunk

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"time"

	"decree/compilers/packages"
)

// made is the time of all files in an archive, so that the same app is the same bytes.
var made = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// archive packs an app as Splunk installs it: folders and files below one folder, of the owner root.
// https://dev.splunk.com/enterprise/docs/releaseapps/packageapps/packageappsquickref
func archive(files []packages.File) string {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b packages.File) int { return strings.Compare(a.Path, b.Path) })
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	folders := map[string]bool{}
	for _, f := range files {
		for at, c := range f.Path {
			if folder := f.Path[:at+1]; c == '/' && !folders[folder] {
				folders[folder] = true
				add(w, tar.Header{Typeflag: tar.TypeDir, Name: folder, Mode: 0o755}, "")
			}
		}
		add(w, tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Mode: 0o644, Size: int64(len(f.Text))}, f.Text)
	}
	for _, closing := range []func() error{w.Close, zip.Close} {
		if err := closing(); err != nil {
			panic(err) // a bytes.Buffer never fails
		}
	}
	return out.String()
}

func add(w *tar.Writer, h tar.Header, text string) {
	h.ModTime, h.Uname, h.Gname, h.Format = made, "root", "root", tar.FormatUSTAR
	if err := w.WriteHeader(&h); err != nil {
		panic(err) // names of an app are short
	}
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err) // a bytes.Buffer never fails
	}
}
