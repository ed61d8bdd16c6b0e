package parse

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// Outside holds the lists of folders. They answer the %names% that rules do not define themselves.
type Outside struct {
	lists map[string]*outsideList
	names []string // sorted
	notes diag.Diagnostics

	mu   sync.Mutex
	used map[string]bool // names that a rule uses, and paths of files that a rule names
}

// outsideList is a list file. A file with an error answers no name.
type outsideList struct {
	rules.List
	at            diag.Range
	ofEnvironment bool
	invalid       bool
}

// listKinds are the endings of list files, and what reads each.
var listKinds = map[string]func(*listReader, *rules.List){
	".yml": (*listReader).yaml, ".yaml": (*listReader).yaml, ".txt": (*listReader).text, ".csv": (*listReader).csv,
}

// listKind gives what reads a list file, by its ending in letters of any case; nil for another file.
func listKind(file string) func(*listReader, *rules.List) {
	return listKinds[strings.ToLower(path.Ext(file))]
}

// Environments names the subfolders of list folders, sorted.
func Environments(folders []*source.Folder) ([]string, error) {
	var names []string
	for _, f := range folders {
		_, below, err := f.Entries(".")
		if err != nil {
			return nil, err
		}
		names = append(names, below...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// OutsideLists reads the list files of folders: NAME.yml, NAME.txt and NAME.csv answer %NAME%. A file in the subfolder
// that environment names wins over a file above it. environment may be empty. Other subfolders are not read. Two files
// for one name are an error, and neither answers it.
func OutsideLists(folders []*source.Folder, environment string) (*Outside, diag.Diagnostics, error) {
	o := &Outside{lists: map[string]*outsideList{}, used: map[string]bool{}}
	found, err := o.addAll(folders, ".")
	if err == nil && environment != "" {
		base := o.lists
		o.lists = map[string]*outsideList{}
		var more diag.Diagnostics
		more, err = o.addAll(folders, environment)
		found = append(found, more...)
		for name, l := range base {
			if o.lists[name] == nil {
				o.lists[name] = l
			}
		}
	}
	for name := range o.lists {
		o.names = append(o.names, name)
	}
	slices.Sort(o.names)
	found.Sort()
	return o, found, err
}

// addAll adds the list files that are directly in one subfolder of each folder.
func (o *Outside) addAll(folders []*source.Folder, dir string) (diag.Diagnostics, error) {
	var found diag.Diagnostics
	for _, f := range folders {
		files, below, err := f.Entries(".")
		if err == nil && dir != "." {
			if !slices.Contains(below, dir) {
				continue
			}
			files, _, err = f.Entries(dir)
		}
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			found = append(found, o.add(f, path.Join(dir, file))...)
		}
	}
	return found, nil
}

// ListName gives the name that a file of a list folder answers; "" if it is no list file.
func ListName(file string) string {
	name := source.BaseName(file)
	if listKind(file) == nil || strings.HasPrefix(name, ".") {
		return ""
	}
	return name
}

// add reads a list file. Other files are passed over.
func (o *Outside) add(folder *source.Folder, file string) diag.Diagnostics {
	name := ListName(file)
	if name == "" {
		return nil
	}
	shown := folder.Shown(file)
	l := &outsideList{List: rules.List{Name: name, File: shown, Outside: true}, at: diag.Range{File: shown}, ofEnvironment: path.Dir(file) != "."}
	if other := o.lists[name]; other != nil {
		other.invalid = true
		var found diag.Diagnostics
		found.Errorf("duplicate-list", l.at, "remove or rename one of them", "%s and %s both answer %%%s%%", other.File, l.File, name)
		return found
	}
	o.lists[name] = l
	data, found := folder.Load(file)
	if found == nil {
		r := &listReader{File: source.New(folder, file, data, source.ForLists)}
		listKind(file)(r, &l.List)
		r.finish(&l.List)
		found = r.Found()
		o.notes = append(o.notes, r.notes...)
	}
	l.invalid = found.HasErrors()
	return found
}

// Answer gives a rule the lists that its placeholders name and that it does not define. o may be nil. It may be called
// for several rules at once.
func (o *Outside) Answer(r *rules.Rule) {
	if o == nil {
		return
	}
	r.Elsewhere = o.names
	own := map[string]bool{}
	for _, l := range r.Lists {
		own[l.Name] = true
		if l.File != "" {
			o.use(l.File)
		}
	}
	for _, name := range placeholders(r) {
		l := o.lists[name]
		if own[name] || l == nil {
			continue
		}
		o.use(name)
		if !l.invalid {
			r.Lists = append(r.Lists, l.List)
		}
	}
}

func (o *Outside) use(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.used[name] = true
}

// Files gives the paths of the files that answer a name.
func (o *Outside) Files() []string {
	if o == nil {
		return nil
	}
	files := make([]string, len(o.names))
	for i, name := range o.names {
		files[i] = o.lists[name].File
	}
	return files
}

// OfEnvironment counts the lists that come from the subfolder of the environment.
func (o *Outside) OfEnvironment() int {
	n := 0
	for _, l := range o.lists {
		if l.ofEnvironment {
			n++
		}
	}
	return n
}

// UnusedListFile is the code of the finding about a list that no rule uses. It is true where all rules are read.
const UnusedListFile = "unused-list-file"

// Check gives what is worth knowing of the list files, once every rule has its lists: which column a table's values
// come from, and which list no rule uses.
func (o *Outside) Check() diag.Diagnostics {
	if o == nil {
		return nil
	}
	found := slices.Clone(o.notes)
	for _, name := range o.names {
		if l := o.lists[name]; !o.used[name] && !o.namedAsFile(l.File) {
			found = append(found, diag.Diagnostic{Severity: diag.Info, Code: UnusedListFile, Range: l.at,
				Message: fmt.Sprintf("no rule uses %%%s%%", name), Hint: "check the spelling of the file's name, or remove the file"})
		}
	}
	return found
}

// namedAsFile tells whether a rule names the file under its own lists. Its folder may be above or below the folder of
// lists.
func (o *Outside) namedAsFile(file string) bool {
	for used := range o.used {
		if used == file || strings.HasSuffix(used, "/"+file) || strings.HasSuffix(file, "/"+used) {
			return true
		}
	}
	return false
}
