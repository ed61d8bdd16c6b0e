package deployed

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"decree/compilers/deployed/conf"
	"decree/rules/source"
)

// Read reads the files of one export. An error is that a file cannot be read, or that the files are of several products
// or none. The product is "" if all that is there is an empty list of one of Microsoft's.
func Read(files []File) (*Export, error) {
	x := &reading{out: &Export{}, taken: map[string]int{}, others: map[string]int{}}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	apps := apps{byDir: map[string]*app{}}
	for _, f := range files {
		if strings.EqualFold(path.Ext(f.Path), ".toml") {
			return nil, fmt.Errorf("%s: TOML is not read: if these are Elastic's detection rules, import them from what Kibana exports (NDJSON)", f.Path)
		}
		text, err := source.UTF8(f.Data) // PowerShell writes UTF-16
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		f.Data = text
		if isLookup(f.Path) {
			x.out.Parts = append(x.out.Parts, lookup(f))
		} else if isConf(f) {
			err = apps.add(f)
		} else {
			err = x.file(f, len(files) == 1)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	for _, a := range apps.all {
		x.parts(a)
		for _, s := range conf.WithDefaults(a.files[savedSearches].layered()) {
			if err := x.add(Splunk, fromStanza(s)); err != nil {
				return nil, fmt.Errorf("%s: %w", a.file, err)
			}
		}
		x.out.Product = cmp.Or(x.out.Product, Splunk) // also of an app without searches
	}
	return x.done()
}

// app is what is read of one app of Splunk.
type app struct {
	file  string // the first
	files map[string]layers
}

// layers are a file of an app in its folders default and local.
type layers struct{ defaults, local []conf.Stanza }

func (l layers) layered() []conf.Stanza { return conf.Layer(l.defaults, l.local) }

// apps are those of an export, in the order of their first files.
type apps struct {
	byDir map[string]*app
	all   []*app
}

// add reads a file of an app. A file in no such folder is an app of its own.
func (a *apps) add(f File) error {
	stanzas, err := conf.Read(f.Data)
	if err != nil {
		return err
	}
	dir, folder := path.Split(path.Dir(f.Path))
	if folder != "default" && folder != "local" {
		dir = f.Path
	}
	of := a.byDir[dir]
	if of == nil {
		of = &app{file: f.Path, files: map[string]layers{}}
		a.byDir[dir], a.all = of, append(a.all, of)
	}
	name := path.Base(f.Path)
	if !slices.Contains(partFiles, name) {
		name = savedSearches
	}
	l := of.files[name]
	if folder == "local" {
		l.local = stanzas
	} else {
		l.defaults = stanzas
	}
	of.files[name] = l
	return nil
}

// isConf tells whether a file is one of Splunk's: by its name, or because its first line with a text is a stanza or a
// comment.
func isConf(f File) bool {
	if path.Ext(f.Path) == ".conf" {
		return true
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))), []byte("\n"))
	line = bytes.TrimSpace(line)
	return bytes.HasPrefix(line, []byte("[")) && bytes.HasSuffix(line, []byte("]")) && !slices.Contains(extensions, strings.ToLower(path.Ext(f.Path)))
}

// reading is an export while it is read.
type reading struct {
	out    *Export
	taken  map[string]int // which of the rules has an id, and in Splunk a name
	others map[string]int // what is not a rule, or none with a query: how many of it
	passed []string       // files of which nothing is a rule
	twice  []string       // rules that are there again under the same id
	differ []string       // of these, those that differ from the first
	pages  pages
	sigma  bool // there are rules in Sigma's format
	empty  bool // there is a list of rules without one, which does not say of which product
}

// add adds a rule of a product.
func (x *reading) add(p Product, properties map[string]any) error {
	if x.out.Product != "" && x.out.Product != p {
		return fmt.Errorf("this is of %s, and what was read before is of %s: name files of one product", p, x.out.Product)
	}
	x.out.Product = p
	x.pages.read++
	if unread := x.misshapen(p, properties); unread {
		return nil
	}
	r := newRule(p, properties)
	id := r.ID
	if p == Splunk { // a copy has the id of the first, and is a search of its own
		id += "\n" + r.Name
	}
	first, taken := x.taken[id]
	switch {
	case r.ID == "":
		x.other("a rule without an id")
	case r.Query == "":
		x.other("a rule without a query (" + cmp.Or(r.Kind, "of no kind") + ")")
	case taken:
		differ := len(differences(x.out.Rules[first], r)) > 0
		if r.Mark.Target == "" || differ { // a package of decree may have a rule in two forms
			x.twice = append(x.twice, r.Name)
		}
		if differ {
			x.differ = append(x.differ, r.Name)
		}
	default:
		x.taken[id] = len(x.out.Rules)
		x.out.Rules = append(x.out.Rules, r)
	}
	return nil
}

// other counts what is in the export beside rules.
func (x *reading) other(what string) {
	x.others[what]++
}

func (x *reading) remark(format string, args ...any) {
	x.out.Remarks = append(x.out.Remarks, fmt.Sprintf(format, args...))
}

func (x *reading) done() (*Export, error) {
	if err := x.pages.missing(); err != nil {
		return nil, err
	}
	if x.out.Product == "" && x.sigma {
		return nil, errors.New("these are rules in Sigma's format, and nothing to import: copy them into a folder of rules")
	}
	if x.out.Product == "" && !x.empty {
		return nil, fmt.Errorf("no rules of Sentinel, Defender, Splunk or Kibana are in it")
	}
	slices.SortStableFunc(x.out.Rules, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	for _, what := range keysOf(x.others) {
		x.remark("not read: %s (%d)", what, x.others[what])
	}
	for _, of := range []struct {
		what  string
		named []string
	}{
		{"files of which nothing is a rule", x.passed},
		{"rules that are there again under the same id, of which the first is read", x.twice},
		{"of these, rules that differ from the first", x.differ},
	} {
		if len(of.named) > 0 {
			x.remark("%s: %d (%s)", of.what, len(of.named), few(of.named))
		}
	}
	return x.out, nil
}

// few names some, and says if there are more.
func few(names []string) string {
	const most = 5
	shown := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		shown += ", ..."
	}
	return shown
}
