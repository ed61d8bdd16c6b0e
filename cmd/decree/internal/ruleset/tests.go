package ruleset

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// TestFile gives the test file of a rule file, which need not exist. second is not empty if there are two, x.test.yml
// and x.test.yaml.
func (f File) TestFile() (file, second string) {
	base := strings.TrimSuffix(f.Path, path.Ext(f.Path)) + ".test"
	yml, yaml := base+".yml", base+".yaml"
	switch {
	case !f.Folder.Exists(yaml):
		return yml, ""
	case f.Folder.Exists(yml):
		return yml, yaml
	}
	return yaml, ""
}

// RegressionData finds the data that a Sigma rule names by regression_tests_path: the nearest folder above the rule
// that holds it, and its slash path there. root is empty if the rule names none, or if there is none.
func (r Rule) RegressionData() (root, file string) {
	data := r.IR.Source.RegressionTests
	if data == "" || r.File.Disk == "" || !filepath.IsLocal(data) {
		return "", ""
	}
	at, err := filepath.Abs(filepath.Join(r.File.Disk, filepath.Dir(filepath.FromSlash(r.File.Path))))
	if err != nil {
		return "", ""
	}
	for ; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, data)); err == nil && info.Mode().IsRegular() {
			return at, filepath.ToSlash(filepath.Clean(data))
		}
		if at == filepath.Dir(at) {
			return "", ""
		}
	}
}
