package event

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"decree/rules/source"
)

// extensions are the extensions of logs. Files with those of doubtful are often something else.
var (
	extensions = []string{".ndjson", ".jsonl", ".csv", ".tsv", ".evtx", ".cef", ".json", ".xml", ".log", ".syslog", ".txt"}
	doubtful   = []string{".json", ".xml", ".log", ".syslog", ".txt"}
)

// packed are the extensions of files that hold other files, or that are compressed in a way that is not read. A zip
// archive without a log is one of them.
var packed = []string{".zip", ".7z", ".rar", ".tar", ".tgz", ".xz", ".bz2", ".lz4", ".cab"}

// IsPacked tells whether a file holds others, or is compressed in a way that is not read, by its name. What macOS
// writes about an archive (._NAME) is none.
func IsPacked(name string) bool {
	return slices.Contains(packed, filepath.Ext(plainName(name))) && !strings.HasPrefix(filepath.Base(name), "._")
}

// Files are the files that paths name.
type Files struct {
	Paths  []string
	Passed []string        // files in a folder that are not logs
	Doubt  map[string]bool // files in a folder that may not be logs; their content decides
	Errs   []error         // paths without a file, and folders that cannot be read
}

// Expand lists the event files that paths name: files, folders with everything below them, globs, and "-" for standard
// input. In a folder it takes files with the extension of a log, and skips hidden files. A zip archive is like a
// folder.
func Expand(paths []string) Files {
	out := Files{Doubt: map[string]bool{}}
	fail := func(format string, args ...any) { out.Errs = append(out.Errs, fmt.Errorf(format, args...)) }
	for _, p := range paths {
		if archive, _ := archiveOf(p); p == "-" || archive != "" {
			out.Paths = append(out.Paths, p)
			continue
		}
		matches, err := source.Matching(p)
		if err != nil {
			fail("%s: %w", p, err)
			continue
		}
		before, failed, passed := len(out.Paths), len(out.Errs), len(out.Passed)
		for _, m := range matches {
			out.walk(m)
		}
		switch {
		case len(matches) == 0:
			out.Errs = append(out.Errs, source.NotFound(p))
		case len(out.Paths) == before && len(out.Errs) == failed:
			hint := ""
			if at := slices.IndexFunc(out.Passed[passed:], IsPacked); at >= 0 {
				hint = ": unpack " + out.Passed[passed+at]
			}
			fail("%s: no event files (%s; also .gz and .zst, and in a .zip)%s", p, strings.Join(extensions, ", "), hint)
		}
	}
	return out
}

func (f *Files) walk(root string) {
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		hidden := at != root && strings.HasPrefix(d.Name(), ".")
		switch {
		case err != nil: // an unreadable folder inside another: the rest is still read
			f.Errs = append(f.Errs, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir():
		case !hidden && f.walkArchive(at):
		case at == root:
			f.Paths = append(f.Paths, at)
		case hidden || !Supported(at) || !regular(at):
			f.Passed = append(f.Passed, at)
		default:
			f.Paths = append(f.Paths, at)
			f.Doubt[at] = isDoubtful(at)
		}
		return nil
	})
	if err != nil {
		f.Errs = append(f.Errs, err)
	}
}

// isDoubtful tells whether a file of a folder may not be a log, though it has the name of one.
func isDoubtful(name string) bool {
	return rotated(name) || slices.Contains(doubtful, filepath.Ext(plainName(name)))
}

// regular tells whether a path is a file or a link to one. Anything else, such as a pipe, could block forever.
func regular(name string) bool {
	info, err := os.Stat(name)
	return err != nil || info.Mode().IsRegular()
}

// Supported tells whether a file is a log by its name.
func Supported(name string) bool {
	return rotated(name) || slices.Contains(extensions, filepath.Ext(plainName(name)))
}

// systemLogs are the names of Linux' logs without an extension.
var systemLogs = []string{"syslog", "messages", "secure", "maillog", "cron", "kern", "auth", "daemon"}

// rotated tells whether a file is one of Linux' logs by its name, such as syslog, auth.log.1 or messages-20260102.
func rotated(name string) bool {
	base := filepath.Base(plainName(name))
	base = strings.TrimRight(base, "0123456789")
	base = strings.TrimRight(base, ".-")
	return slices.Contains(systemLogs, base) || filepath.Ext(base) == ".log"
}

// plainName is a file's name in lower case, without the extension of a compression.
func plainName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".zst")
}
