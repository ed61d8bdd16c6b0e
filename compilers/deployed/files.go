package deployed

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"decree/rules/source"
)

// File is a file of an export. Path is for messages, and tells Splunk's layers apart.
type File struct {
	Path string
	Data []byte
}

// Limits of what is read, far above what a product exports.
const (
	mostBytes = 256 << 20
	mostFiles = 20000
	mostYAML  = 1 << 20 // of one file
)

var errTooLarge = fmt.Errorf("the export has more than %d MiB", mostBytes>>20)

// extensions are of the files of a folder or an archive that may have rules.
var extensions = []string{".json", ".ndjson", ".yaml", ".yml"}

// savedSearches is the file of an app with its searches.
const savedSearches = "savedsearches.conf"

// MayHaveRules tells whether a file of a folder or an archive is read: for its rules, or for what stands beside them.
func MayHaveRules(name string) bool {
	return isOfApp(name) || slices.Contains(extensions, strings.ToLower(path.Ext(name)))
}

// isOfApp tells whether a file of an app of Splunk is read.
func isOfApp(name string) bool {
	return path.Base(name) == savedSearches || slices.Contains(partFiles, path.Base(name)) || isLookup(name)
}

// Open reads an export: a file, an archive (.tgz, .spl), or a folder of files. Links in a folder are not followed.
func Open(name string) ([]File, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, source.NotFound(name)
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(name)
	}
	data, err := readFile(name, mostBytes)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		files, err := unpack(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return files, nil
	}
	return []File{{filepath.ToSlash(name), data}}, nil
}

func readFile(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it is only read
	return atMost(f, most)
}

// atMost reads all, or fails if that is more than most bytes.
func atMost(from io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(data)) > most {
		err = errTooLarge
	}
	return data, err
}

func openFolder(name string) ([]File, error) {
	var files []File
	left := int64(mostBytes)
	err := filepath.WalkDir(name, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !MayHaveRules(filepath.ToSlash(at)) {
			return err
		}
		if len(files) == mostFiles {
			return fmt.Errorf("%s: more than %d files", name, mostFiles)
		}
		data, err := readFile(at, left)
		left -= int64(len(data))
		files = append(files, File{filepath.ToSlash(at), data})
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no .json, .ndjson, .yaml or %s in this folder", name, savedSearches)
	}
	return files, err
}

// unpack reads the files of a compressed archive. What an entry is named is only shown.
func unpack(data []byte) ([]File, error) {
	plain, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	bounded := &io.LimitedReader{R: plain, N: mostBytes + 1}
	archive := tar.NewReader(bounded)
	var files []File
	for {
		head, err := archive.Next()
		switch {
		case bounded.N <= 0:
			return nil, errTooLarge
		case err == io.EOF && len(files) == 0:
			return nil, fmt.Errorf("the archive has no %s", savedSearches)
		case err == io.EOF:
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("not an archive that can be read: %w", err)
		case len(files) == mostFiles:
			return nil, fmt.Errorf("more than %d files", mostFiles)
		}
		if head.Typeflag != tar.TypeReg || !isOfApp(head.Name) {
			continue
		}
		data, err := io.ReadAll(archive)
		if bounded.N <= 0 {
			return nil, errTooLarge
		}
		if err != nil {
			return nil, err
		}
		files = append(files, File{head.Name, data})
	}
}
