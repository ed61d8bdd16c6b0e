package ruleset

import "decree/rules/diag"

// shownFile is the file of the last finding that was shown. Findings come file by file.
type shownFile struct {
	name string
	data []byte
}

// Text gives the text of a file to show findings in, or nil. Files that can be read again are not kept: a folder of
// rules may hold gigabytes.
func (set *Set) Text(file string) []byte {
	if data, ok := set.texts[file]; ok {
		return data
	}
	if set.shown.name != file {
		set.shown = shownFile{name: file}
		if from, ok := set.files[file]; ok {
			if data, err := from.Folder.Read(from.Path); err == nil {
				set.shown.data = data
			}
		} else {
			set.shown.data = set.listFile(file)
		}
	}
	return set.shown.data
}

// listFile is the text of a file that a rule names, such as a list; nil if no folder of rules has it.
func (set *Set) listFile(shown string) []byte {
	for _, f := range set.Files {
		if file, ok := f.Folder.Inside(shown); ok {
			if data, err := f.Folder.Read(file); err == nil {
				return data
			}
		}
	}
	return nil
}

// KeepText makes a text available to findings in the file that is shown under a name.
func (set *Set) KeepText(shown string, text []byte) { set.texts[shown] = text }

// KeepFile makes the text of a file available to findings in it.
func (set *Set) KeepFile(shown string, file File) { set.files[shown] = file }

// KeepRule makes a rule's text available to findings in it.
func (set *Set) KeepRule(r Rule) { set.KeepFile(r.IR.Source.Range.File, r.File) }

// KeepRulesOf makes the texts of the rule files that findings are in available to them.
func (set *Set) KeepRulesOf(found diag.Diagnostics) {
	in := map[string]bool{}
	for _, d := range found {
		in[d.Range.File] = true
	}
	for _, r := range set.All() {
		if in[r.IR.Source.Range.File] {
			set.KeepRule(r)
		}
	}
}
