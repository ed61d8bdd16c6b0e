package project

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/output"
	"decree/compilers/packages"
	"decree/rules/source"
)

// appKeys are the keys of a Splunk app.
var appKeys = []key[packages.App]{
	{"name", func(r *reader, a *packages.App, n *yaml.Node) {
		r.formed(&a.Name, n, isAppName, "name", "begin with a letter, and use letters, digits, - and _: it is the name of a folder")
	}},
	{"title", func(r *reader, a *packages.App, n *yaml.Node) {
		r.formed(&a.Title, n, isAppTitle, "title", "write 5 to 80 visible characters on one line")
	}},
	{"version", func(r *reader, a *packages.App, n *yaml.Node) {
		r.formed(&a.Version, n, appVersion.MatchString, "version", "write three numbers, such as 1.2.0")
	}},
	{"author", func(r *reader, a *packages.App, n *yaml.Node) { r.Prose(&a.Author, n, "author") }},
	{"enterprise_security", func(r *reader, a *packages.App, n *yaml.Node) {
		r.Bool(&a.EnterpriseSecurity, n, "enterprise_security")
	}},
}

// The forms of an app's name and version: https://docs.splunk.com/Documentation/Splunk/latest/Admin/Appconf
// ([package] id, [launcher] version).
var (
	appName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,79}$`)
	appVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
)

// isAppName tells whether a text is the name of an app, and of a folder on every system.
func isAppName(text string) bool { return appName.MatchString(text) && output.Name(text) == text }

// isAppTitle tells whether a text is what AppInspect asks of an app's label: what is printed, without other spaces than
// plain ones.
func isAppTitle(text string) bool {
	length := utf8.RuneCountInString(text)
	return length >= 5 && length <= 80 && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// app reads the app of a target for Splunk.
func (r *reader) app(t *aTarget, n *yaml.Node) {
	if source.IsNull(n) {
		return
	}
	if t.Package != "splunk" {
		r.Errorf("setting-of-another-package", r.Span(n), "remove it, or write `package: splunk`", "app is for targets with the package splunk")
		return
	}
	readKeys(r, n, "app", appKeys, &t.App)
}

// formed reads a text of a form. hint says what the form is.
func (r *reader) formed(to *string, n *yaml.Node, fits func(string) bool, what, hint string) {
	if n.Kind != yaml.ScalarNode || !fits(n.Value) {
		r.Errorf("invalid-app", r.Span(n), hint, "%q is not the %s of an app", n.Value, what)
		return
	}
	*to = n.Value
}
