package splunk

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"decree/compilers/packages"
	"decree/rules"
)

// app is the app while it is made.
type app struct {
	settings packages.App // whole, when it is written
	searches []*search
	macros   macros
	lookups  lookups
}

// notInName are characters that the name of an app does not have.
// https://dev.splunk.com/enterprise/docs/developapps/manageknowledge/namingguidelines
var notInName = regexp.MustCompile(`[^a-z0-9_]+`)

func newApp(s packages.Settings) *app {
	own := s.App
	own.Name = cmp.Or(own.Name, "decree_"+notInName.ReplaceAllString(strings.ToLower(s.Target), "_"))
	own.Title = cmp.Or(own.Title, "Detections ("+s.Target+")")
	own.Author = cmp.Or(own.Author, "decree")
	return &app{settings: own, macros: macros{}}
}

// version is that of an app whose target has none: of the newest day on which a rule changed.
func (a *app) version() string {
	newest := packages.Version{Patch: 1}
	for _, s := range a.searches {
		r := s.in.Rule
		dates := []string{r.Modified, r.Date}
		for _, c := range r.Changelog {
			dates = append(dates, c.Date)
		}
		for _, date := range dates {
			if v, ok := packages.DateVersion(date); ok && v.Number() > newest.Number() {
				newest = v
			}
		}
	}
	return newest.String()
}

// filesOf are the files with a search and what it reads.
func (a *app) filesOf(s *search) []string {
	files := []string{a.path("default/savedsearches.conf")}
	for _, l := range a.lookups.all {
		if slices.Contains(l.rules, s.in.Rule) && l.rows > 0 {
			files = append(files, a.path("lookups/"+l.name+".csv"))
		}
	}
	return files
}

func (a *app) path(file string) string { return a.settings.Name + "/" + file }

// files are those of the app, in the order of their paths.
func (a *app) files() []packages.File {
	saved := newConf()
	for _, s := range a.searches {
		s.write(saved)
	}
	texts := map[string]string{
		"README.md":                  a.readme(),
		"default/app.conf":           a.conf(),
		"default/savedsearches.conf": saved.String(),
		"metadata/default.meta":      a.meta(),
	}
	if len(a.macros) > 0 {
		texts["default/macros.conf"] = a.macros.conf()
	}
	if len(a.lookups.all) > 0 {
		texts["default/transforms.conf"] = a.lookups.transforms()
	}
	if len(a.lookups.filled()) > 0 {
		texts["default/collections.conf"] = a.lookups.collections()
	}
	of := map[string][]*rules.Rule{}
	for _, l := range a.lookups.all {
		if l.rows > 0 {
			texts["lookups/"+l.name+".csv"], of["lookups/"+l.name+".csv"] = l.table, l.rules
		}
	}
	var files []packages.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, packages.File{Path: a.path(name), Text: texts[name], Rules: of[name]})
	}
	return files
}

// conf is app.conf. https://docs.splunk.com/Documentation/Splunk/latest/Admin/Appconf
func (a *app) conf() string {
	c := newConf()
	c.stanza("install")
	c.set("is_configured", "0")
	c.set("state", "enabled")
	c.stanza("ui")
	c.set("is_visible", "0")
	c.set("label", a.settings.Title)
	c.stanza("launcher")
	c.set("author", a.settings.Author)
	c.set("version", a.settings.Version)
	c.set("description", fmt.Sprintf("%d detections, written by decree from rules.", len(a.searches)))
	c.stanza("package")
	c.set("id", a.settings.Name)
	c.set("check_for_updates", "0")
	c.stanza("id")
	c.set("name", a.settings.Name)
	c.set("version", a.settings.Version)
	return c.String()
}

// meta is default.meta. Enterprise Security sees only what all apps see.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Defaultmetaconf
func (a *app) meta() string {
	c := newConf()
	c.stanza("")
	c.set("access", "read : [ * ], write : [ admin, sc_admin ]")
	if a.settings.EnterpriseSecurity {
		c.set("export", "system")
	}
	return c.String()
}

//go:embed readme.md
var readmeText string

var readmeTemplate = template.Must(template.New("README.md").Parse(readmeText))

func (a *app) readme() string {
	var b strings.Builder
	err := readmeTemplate.Execute(&b, map[string]any{
		"Title": value(a.settings.Title), "Name": a.settings.Name, "Version": a.settings.Version, "Searches": len(a.searches), "Macros": slices.Sorted(maps.Keys(a.macros)), "Filled": collectionsOf(a.lookups.filled()),
		"Security": a.settings.EnterpriseSecurity,
	})
	if err != nil {
		panic(err) // the template names only what is there
	}
	return b.String()
}

// collection is a collection for the README.
type collection struct{ Name, Columns string }

func collectionsOf(filled []*lookup) []collection {
	var out []collection
	for _, l := range filled {
		out = append(out, collection{l.name, strings.Join(l.columns, ", ")})
	}
	return out
}
