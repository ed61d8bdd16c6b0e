package main

// shownFile is the file that findings were shown in last: they come file by file.
type shownFile struct {
	name string
	data []byte
}

// source gives the text of a file that findings are shown in; nil without one. What can be read again is not kept: a folder of
// rules may hold gigabytes.
func (set *ruleSet) source(file string) []byte {
	if data, ok := set.sources[file]; ok {
		return data
	}
	if set.shown.name != file {
		set.shown = shownFile{name: file}
		if from, ok := set.files[file]; ok {
			if data, err := from.Folder.Read(from.Path); err == nil {
				set.shown.data = data
			}
		}
	}
	return set.shown.data
}

// keepSource makes a rule's text available to rendered findings.
func (set *ruleSet) keepSource(r loadedRule) {
	set.keepFile(r.IR.Source.Range.File, r.File)
}

func (set *ruleSet) keepFile(shown string, file ruleFile) { set.files[shown] = file }
