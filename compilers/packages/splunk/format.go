// Package splunk makes a Splunk app of rules: a saved search of each, with the macros that say where events are, the
// lookups that the searches read, and an archive that installs.
//
// In: queries in SPL with their rules, compiled with the places of Places. Out: the files of the app, and the app as
// .tgz.
// What must stay true: a text of a rule ends no setting and no stanza (conf.go). None is a field between dollar signs,
// unless the rule says so (token.go). The same rules give the same bytes, also of the archive.
//
// The facts are from Splunk's specifications of its files, and from contentctl, which writes Splunk's own detections:
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf
// https://github.com/splunk/contentctl/tree/main/contentctl/output/templates
package splunk

import (
	"cmp"

	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/schema"
)

type format struct{}

// New gives the format.
func New() packages.Format { return format{} }

func (format) Name() string             { return "splunk" }
func (format) Title() string            { return "Splunk" }
func (format) Dialect() string          { return "spl" }
func (format) Models() []string         { return schema.Preferred("spl") }
func (format) Schedule() rules.Schedule { return packages.DefaultSchedule }

// Kinds are all: alerts have all fields of the result.
func (format) Kinds() []string { return rules.EntityKinds }

// Replaces says what an app does to the searches of the one before it.
func (format) Replaces() string {
	return "installed with -update 1 the app removes all other searches of it from Splunk"
}

// Package makes one app of all rules, and its archive.
func (format) Package(settings packages.Settings, inputs []packages.Input) packages.Output {
	names, found := searchNames(inputs)
	out, ids := packages.Output{Found: found}, packages.NewIDs(settings.Target)
	a := newApp(settings)
	for _, in := range inputs {
		s := &search{in: in, settings: settings, name: names[in.Rule]}
		s.fill(ids)
		if !s.found.HasErrors() {
			a.lookups.add(s)
		}
		if !s.found.HasErrors() {
			s.addMacros(a.macros)
		}
		if !out.Take(in.Rule, s.found) {
			continue
		}
		a.searches = append(a.searches, s)
		out.Made = append(out.Made, packages.Made{Rule: in.Rule, ID: s.id, Name: s.name, Kind: s.kind(), Version: s.version.String(), Files: a.filesOf(s)})
	}
	if len(out.Made) == 0 {
		return out
	}
	a.settings.Version = cmp.Or(a.settings.Version, a.version())
	out.Files = a.files()
	out.Files = append(out.Files, packages.File{Path: a.settings.Name + ".tgz", Text: archive(out.Files), Binary: true})
	return out
}
