package project

import (
	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
	"decree/rules/lint"
	"decree/rules/source"
)

// Lint says how severe findings about rules are.
type Lint struct {
	Strict   bool              // warnings fail, too
	Severity map[string]string // code -> off, info, warning or error
}

// off is the severity of findings that are not reported.
const off = "off"

// graded are the other words of `lint.severity`.
var graded = map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "info": diag.Info}

// lintKeys are the keys of `lint`.
var lintKeys = []key[Lint]{
	{"strict", func(r *reader, l *Lint, n *yaml.Node) { r.Bool(&l.Strict, n, "strict") }},
	{"severity", (*reader).severity},
}

// severity reads the severities of codes. An error cannot be lowered: a rule with an error is not read.
func (r *reader) severity(l *Lint, n *yaml.Node) {
	if source.IsNull(n) {
		return
	}
	shipped := map[string]string{}
	var codes []string
	for _, page := range lint.Pages() {
		shipped[page.Code] = page.Severity
		codes = append(codes, page.Code)
	}
	l.Severity = map[string]string{}
	for _, e := range r.Entries(n, "severity") {
		code := e.Key.Value
		was, known := shipped[code]
		if !known {
			r.Errorf("unknown-code", r.Span(e.Key), diag.Suggest("did you mean `%s`?", code, codes, "decree validate --explain lists the codes"), "unknown code %q in severity", code)
			continue
		}
		word := r.Word("invalid-severity", e.Value, []string{off, "info", "warning", "error"})
		if was == diag.Error.String() && word != was && word != "" {
			r.Errorf("error-lowered", r.Span(e.Value), "remove it", "%s is an error and stays one: a rule that has it cannot be read", code)
			continue
		}
		l.Severity[code] = word
	}
}

// Judge gives findings the severities of the project, and leaves out those that are off. An error stays one.
func (l Lint) Judge(found diag.Diagnostics) diag.Diagnostics {
	if len(l.Severity) == 0 {
		return found
	}
	var out diag.Diagnostics
	for _, d := range found {
		word, set := l.Severity[d.Code]
		severity, reported := graded[word]
		switch {
		case !set || d.Severity == diag.Error:
			out = append(out, d)
		case reported:
			d.Severity = severity
			out = append(out, d)
		}
	}
	return out
}
