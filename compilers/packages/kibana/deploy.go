package kibana

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules"
)

// assetFolder is where the assets of all rules are: bodies of requests.
const assetFolder = "assets/"

// assetForm is the name of an asset: its kind, and its name in Elasticsearch.
var assetForm = regexp.MustCompile(`^(index|transform|enrich-policy|watch|ingest-pipeline)\.([a-z0-9][a-z0-9_-]*)\.json$`)

// assets are what the queries read, each once, in an order in which each finds what it needs: that of the queries.
type assets struct{ files []packages.File }

// add adds the assets of a rule. If another rule has an asset of that name with another content, the rule is left out.
func (a *assets) add(d *detection) {
	r := d.in.Rule
	var fresh []packages.File
	for _, asset := range d.in.Query.Assets {
		if !assetForm.MatchString(asset.Name) {
			panic("kibana: the query needs something that no request creates: " + asset.Name)
		}
		path := assetFolder + asset.Name
		i := slices.IndexFunc(a.files, func(had packages.File) bool { return had.Path == path })
		switch {
		case i < 0:
			fresh = append(fresh, packages.File{Path: path, Text: asset.Content, Rules: []*rules.Rule{r}})
		case a.files[i].Text != asset.Content:
			d.found.Errorf("package-asset", r.Range, "give one of the rules another name; if both read reputation, let their data models name the same columns for it",
				"the rule needs an asset %s, and %q needs another one of that name: Elasticsearch has one", asset.Name, a.files[i].Rules[0].Title)
			return
		}
	}
	for i, f := range a.files {
		if slices.ContainsFunc(d.in.Query.Assets, func(of compilers.Asset) bool { return assetFolder+of.Name == f.Path }) {
			a.files[i].Rules = append(a.files[i].Rules, r)
		}
	}
	a.files = append(a.files, fresh...)
}

// prologue defines a command of the script for each kind of asset, and for rules.
//
//go:embed deploy.sh
var prologue string

// script writes the requests in their order: the assets, and then the rules that read them.
func script(assets, imports []packages.File) string {
	var b strings.Builder
	b.WriteString(prologue)
	for _, f := range assets {
		m := assetForm.FindStringSubmatch(strings.TrimPrefix(f.Path, assetFolder))
		b.WriteString(strings.ReplaceAll(m[1], "-", "_") + " " + quote(m[2]) + "\n")
	}
	for _, f := range imports {
		b.WriteString("import_rules " + quote(f.Path) + "\n")
	}
	return b.String()
}

// quote writes a word that the shell takes as it is.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
