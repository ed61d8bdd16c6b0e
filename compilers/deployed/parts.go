package deployed

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"decree/compilers/deployed/conf"
)

// Part is what a query needs beside it: a lookup or a macro of Splunk, a watchlist of Sentinel.
type Part struct {
	Kind, Name string
	Text       map[string][]string // what it says, by property
}

// The files of an app that have parts.
const (
	macrosFile     = "macros.conf"
	transformsFile = "transforms.conf"
)

var partFiles = []string{macrosFile, transformsFile}

// ownPrefix begins the names of decree's lookups and macros. Those of others are not read.
const ownPrefix = "decree_"

// isLookup tells whether a file is the table of a lookup.
func isLookup(name string) bool {
	dir, base := path.Split(name)
	return path.Base(dir) == "lookups" && strings.HasPrefix(base, ownPrefix) && path.Ext(base) == ".csv"
}

func lookup(f File) Part {
	return Part{"lookup", strings.TrimSuffix(path.Base(f.Path), ".csv"), map[string][]string{contentOf: rows(string(f.Data))}}
}

// rows are the rows of a table in one form: editors write the same row with quotes and without. A text that is not a
// table is its lines.
func rows(table string) []string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff")))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		return strings.Split(tidy(table), "\n")
	}
	var out []string
	for _, one := range all {
		var row strings.Builder
		w := csv.NewWriter(&row)
		if err := errors.Join(w.Write(one), flush(w)); err != nil {
			panic(err) // a Builder takes all
		}
		out = append(out, strings.TrimSuffix(row.String(), "\n"))
	}
	return out
}

func flush(w *csv.Writer) error {
	w.Flush()
	return w.Error()
}

// watchlist reads a resource of a template, if it is a watchlist.
func watchlist(resource map[string]any) (Part, bool) {
	if !strings.HasSuffix(strings.ToLower(text(resource["type"])), "/watchlists") {
		return Part{}, false
	}
	of, _ := unescaped(object(resource["properties"])).(map[string]any)
	content := map[string][]string{"itemsSearchKey": texts(of["itemsSearchKey"])}
	if raw, ok := of["rawContent"]; ok { // it is sent, and the service does not give it back
		content[contentOf] = rows(text(raw))
	}
	return Part{"watchlist", text(of["watchlistAlias"]), content}, true
}

// parts adds the macros and the definitions of lookups of an app. A macro that somebody set in the folder local is set
// as it is meant to be: it is told.
func (x *reading) parts(a *app) {
	for _, s := range a.files[macrosFile].defaults {
		x.part("macro", s)
	}
	var set []string
	for _, s := range a.files[macrosFile].local {
		if strings.HasPrefix(s.Name, ownPrefix) {
			set = append(set, s.Name)
		}
	}
	if len(set) > 0 {
		x.remark("macros that are set in the folder local, and not compared: %s", strings.Join(set, ", "))
	}
	for _, s := range a.files[transformsFile].layered() {
		x.part("definition of a lookup", s)
	}
}

func (x *reading) part(kind string, s conf.Stanza) {
	if !strings.HasPrefix(s.Name, ownPrefix) {
		return
	}
	p := Part{kind, s.Name, map[string][]string{}}
	for _, one := range s.Settings {
		p.Text[one.Key] = []string{one.Value}
	}
	x.out.Parts = append(x.out.Parts, p)
}

// contentOf is what a lookup or a watchlist holds.
const contentOf = "rows"

// CompareParts compares the parts that a project's rules need with those that are deployed. An export that has none of
// a kind says nothing about them, nor about the content of a watchlist without it: a remark names then what was not
// compared.
func CompareParts(project, deployed []Part) (changes []Change, remarks []string) {
	told := map[string]bool{}
	var unread []string
	for _, p := range project {
		id := p.Kind + " " + p.Name
		if told[id] {
			continue
		}
		told[id] = true
		if !slices.ContainsFunc(deployed, func(d Part) bool { return d.Kind == p.Kind }) {
			remarks = append(remarks, id)
			continue
		}
		c, isWhole := p.compared(deployed)
		if !isWhole {
			unread = append(unread, id)
		}
		if c.State != Same {
			changes = append(changes, c)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind)) })
	if len(remarks) > 0 {
		remarks = []string{fmt.Sprintf("not compared, as the export has nothing of the kind: %s", few(remarks))}
	}
	if len(unread) > 0 {
		remarks = append(remarks, fmt.Sprintf("not compared, as the export has not what is in it: %s", few(unread)))
	}
	return changes, remarks
}

// compared tells how a part differs from the first of those of its name that differs: each deployed template has its
// own. isWhole is false if one of them comes without the content that the part has.
func (p Part) compared(deployed []Part) (c Change, isWhole bool) {
	c, isWhole = Change{State: New, ID: p.Name, Name: p.Name, Kind: p.Kind}, true
	for _, d := range deployed {
		if d.Kind != p.Kind || d.Name != p.Name {
			continue
		}
		isWhole = isWhole && (!p.has(contentOf) || d.has(contentOf))
		if c.Fields = p.differences(d); len(c.Fields) > 0 {
			c.State = Changed
			break
		}
		c.State = Same
	}
	return c, isWhole
}

func (p Part) has(property string) bool {
	_, has := p.Text[property]
	return has
}

func (p Part) differences(deployed Part) []Field {
	all := maps.Clone(p.Text)
	maps.Copy(all, deployed.Text)
	var out []Field
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == contentOf && !deployed.has(name) {
			continue
		}
		if !slices.Equal(p.Text[name], deployed.Text[name]) {
			out = append(out, Field{name, deployed.Text[name], p.Text[name]})
		}
	}
	return out
}
