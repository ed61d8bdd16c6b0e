package event

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"decree/rules/source"
)

// archive is an open zip archive. Those that read it share it.
type archive struct {
	*zip.Reader
	file    *os.File
	info    fs.FileInfo
	byName  map[string][]*zip.File // with "/" between the parts of a name
	readers int
	last    bool
}

// lastArchive stays open: each entry of an archive is opened several times, and the directory of one may be long.
var lastArchive struct {
	sync.Mutex
	of *archive
}

func openArchive(name string) (*archive, error) {
	lastArchive.Lock()
	defer lastArchive.Unlock()
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if a := lastArchive.of; a != nil && os.SameFile(a.info, info) && a.info.Size() == info.Size() && a.info.ModTime().Equal(info.ModTime()) {
		a.readers++
		return a, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	a := &archive{Reader: z, file: f, info: info, byName: map[string][]*zip.File{}, readers: 1, last: true}
	for _, entry := range z.File {
		name := slashed(entry.Name)
		a.byName[name] = append(a.byName[name], entry)
	}
	former := lastArchive.of
	lastArchive.of = a
	if former != nil {
		former.last = false
		if former.readers == 0 {
			_ = former.file.Close() // it was only read
		}
	}
	return a, nil
}

// slashed is the name of an entry with "/" between its parts: some tools write backslashes.
func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

func (a *archive) Close() error {
	lastArchive.Lock()
	defer lastArchive.Unlock()
	if a.readers--; a.readers > 0 || a.last {
		return nil
	}
	return a.file.Close()
}

// zipEntry is a file in a zip archive, as collectors of evidence write them. Its path is that of the archive with its
// name behind it, such as case.zip/uploads/Security.evtx.
type zipEntry struct {
	name    string
	from    io.ReadCloser
	of      *archive
	changed time.Time
}

func (e *zipEntry) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &fs.PathError{Op: "read", Path: e.name, Err: err}
	}
	return n, err
}

func (e *zipEntry) Close() error {
	_ = e.from.Close() // it releases nothing and only repeats errors of reading
	return e.of.Close()
}

// tables are the extensions of tables. Collectors write their own results as such beside the logs.
var tables = []string{".csv", ".tsv"}

// isHidden tells whether an entry or a folder above it is hidden.
func isHidden(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") && part != "." && part != ".."
	})
}

const zipExtension = ".zip"

// walkArchive takes the entries of a zip archive as walk does the files of a folder. It is false if none is a log, or
// if the archive cannot be read.
func (f *Files) walkArchive(at string) bool {
	if !strings.EqualFold(filepath.Ext(at), zipExtension) || !regular(at) {
		return false
	}
	a, err := openArchive(at)
	if err != nil {
		return false
	}
	defer a.Close()
	var logs, others []string
	listed := map[string]bool{}
	for _, entry := range a.File {
		name := slashed(entry.Name)
		switch {
		case listed[name]: // openEntry says that it is there twice
		case entry.Mode().IsDir():
		case !entry.Mode().IsRegular() || isHidden(name) || !Supported(name):
			others = append(others, at+"/"+entry.Name)
		default:
			listed[name] = true
			logs = append(logs, at+"/"+entry.Name)
			f.Doubt[at+"/"+entry.Name] = isDoubtful(name) || slices.Contains(tables, filepath.Ext(plainName(name)))
		}
	}
	if len(logs) == 0 {
		return false
	}
	f.Paths, f.Passed = append(f.Paths, logs...), append(f.Passed, others...)
	return true
}

// archiveOf gives the archive that a path leads into, and the entry's name in it. Both are "" for any other path.
// A backslash parts names too: so Windows writes paths.
func archiveOf(name string) (archive, entry string) {
	for i, c := range name {
		if c != '/' && c != '\\' || !strings.EqualFold(filepath.Ext(name[:i]), zipExtension) {
			continue
		}
		if info, err := os.Stat(name[:i]); err == nil && info.Mode().IsRegular() {
			return name[:i], name[i+1:]
		}
	}
	return "", ""
}

// OnDisk gives the file that a log is read from: itself, or the archive that it is in.
func OnDisk(name string) string {
	if archive, _ := archiveOf(name); archive != "" {
		return archive
	}
	return name
}

// openEntry opens a file in a zip archive.
func openEntry(name, entry string) (*zipEntry, error) {
	a, err := openArchive(name)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*zipEntry, error) {
		return nil, errors.Join(&fs.PathError{Op: "open", Path: name + "/" + entry, Err: err}, a.Close())
	}
	found := a.byName[slashed(entry)]
	switch len(found) {
	case 0:
		return nil, errors.Join(source.NotFound(name+"/"+entry), a.Close())
	case 1:
	default:
		return fail(fmt.Errorf("the archive has %d files of this name: unpack each under a name of its own", len(found)))
	}
	f := found[0]
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return fail(errors.New("it is encrypted: unpack the archive with its password"))
	}
	r, err := f.Open()
	if err != nil {
		return fail(err)
	}
	changed := f.Modified.UTC()
	if changed.Year() < 1990 { // what writes no time, or always the same, gives a day of DOS' first years
		changed = a.info.ModTime().UTC()
	}
	return &zipEntry{name + "/" + entry, r, a, changed}, nil
}

// Size gives the bytes of a file that can be read again, on disk or in an archive. again is false for any other, such
// as a pipe.
func Size(name string) (bytes int64, again bool) {
	if in, entry := archiveOf(name); in != "" {
		a, err := openArchive(in)
		if err != nil {
			return 0, false
		}
		defer a.Close()
		found := a.byName[slashed(entry)]
		if len(found) != 1 {
			return 0, false
		}
		return int64(found[0].UncompressedSize64), true
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}
