// Package htmlreport writes matches as one static page. In: matches, as they are found. Out: an HTML file with a
// timeline, counts by host, tactic and rule, and each match with its evidence, which opens without a network and can be
// read without JavaScript.
//
// What must stay true: a text of an event or a rule is a text in the page, whatever it holds. The page loads nothing:
// its content security policy allows only the style and the script that it brings, by their hashes. Its size is
// bounded; what is left out is said.
package htmlreport

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/output"
	"decree/engine"
	"decree/rules/ir"
)

//go:embed report.html
var page string

//go:embed report.css
var style string

//go:embed report.js
var script string

var tmpl = sync.OnceValue(func() *template.Template { return template.Must(template.New("report").Parse(page)) })

// Report collects the matches of a page. It is a sink of alerts.
type Report struct {
	file    *output.Pending
	path    string
	matches kept
	counts  counts
	partial bool
}

// Create begins a page. An existing file is an error without force.
func Create(path string, force bool) (*Report, error) {
	f, err := output.CreateNew(path, force)
	if err != nil {
		return nil, err
	}
	return &Report{file: f, path: path, matches: kept{most: mostMatches, room: mostBytes}, counts: newCounts()}, nil
}

// Add takes a match.
func (r *Report) Add(a alerts.Alert) {
	r.counts.add(a)
	r.matches.add(newEntry(a))
}

// Interrupted lets the page say that it has only what was found before the run was interrupted.
func (r *Report) Interrupted() { r.partial = true }

// view is what the page shows.
type view struct {
	Partial  bool
	Policy   string
	Style    template.CSS
	Script   template.JS
	Total    int
	LeftOut  []levelCount
	Shown    int
	Levels   []levelCount
	Timeline timeline
	Hosts    []row
	MoreHosts,
	MoreRules int
	Tactics   []row
	Rules     []row
	Matches   []entry
	Suspended []string
	Unjudged  []string // rules that asked for reputation without a table
}

// Close writes the page.
func (r *Report) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	v := r.counts.view()
	v.Policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(style), hash(script))
	v.Style, v.Script = template.CSS(style), template.JS(script)
	v.Matches, v.LeftOut = r.matches.sorted(), r.matches.leftOut()
	v.Shown, v.Partial = len(v.Matches), r.partial
	for _, s := range suspended {
		v.Suspended = append(v.Suspended, visible(s.Describe()))
	}
	for _, rule := range withoutReputation {
		v.Unjudged = append(v.Unjudged, visible(rule.Source.Title))
	}
	out := bufio.NewWriterSize(r.file, 1<<16)
	err := tmpl().Execute(out, v)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %s: %w", r.path, err), r.file.Discard())
	}
	return r.file.Commit()
}

// Discard leaves what was there before. After Close it does nothing.
func (r *Report) Discard() error { return r.file.Discard() }

// hash is how a content security policy names a text that it allows.
// https://www.w3.org/TR/CSP3/#grammardef-hash-source
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// capital writes a level or a tactic as a heading.
func capital(name string) string {
	if name == "" {
		return "No level"
	}
	name = strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(name[:1]) + name[1:]
}
