// Package scaffold writes a new rule and its test file. The rule is valid, and passes the test. In: what a user asks
// for. Out: the texts of both files.
package scaffold

import (
	"bytes"
	"errors"
	"strings"
	"text/template"
	"time"

	"decree/rules/source"
)

// Request describes the new rule.
type Request struct {
	Name, Title                string // an empty title is made of the name
	Product, Category, Service string // all empty: windows process_creation
	Date                       time.Time
}

// Texts are the texts of the new rule and its test file.
type Texts struct{ Rule, Test []byte }

// Write gives the texts of the rule and its tests.
func Write(r Request) (Texts, error) {
	if r.Product+r.Category+r.Service == "" {
		r.Product, r.Category = "windows", "process_creation"
	}
	d := draft{Name: r.Name, Title: r.Title, Date: r.Date.Format(time.DateOnly), ID: UUID()}
	if d.Title == "" {
		words := strings.ReplaceAll(r.Name, "_", " ")
		d.Title = strings.ToUpper(words[:1]) + words[1:]
	}
	for _, part := range [][2]string{{"category", r.Category}, {"product", r.Product}, {"service", r.Service}} {
		if part[1] != "" {
			d.LogSource = append(d.LogSource, part[0]+": "+source.Plain(part[1]))
		}
	}
	d.Field, d.Hit, d.Miss = exampleFor(r)
	var rule, test bytes.Buffer
	err := errors.Join(ruleDraft.Execute(&rule, d), testDraft.Execute(&test, d))
	return Texts{rule.Bytes(), test.Bytes()}, err
}

// draft is the data of the templates.
type draft struct {
	Title, Name, ID, Date string
	LogSource             []string
	Field                 string
	Hit, Miss             string
}

// Column is the field of the event that the rule tests.
func (d draft) Column() string {
	name, _, _ := strings.Cut(d.Field, "|")
	if name == "" {
		return "message"
	}
	return name
}

// draftFuncs write texts as YAML.
var draftFuncs = template.FuncMap{
	"quoted": source.Quoted,
	"plain":  source.Plain,
	"join":   func(parts []string) string { return strings.Join(parts, ", ") },
}

var ruleDraft = template.Must(template.New("rule").Funcs(draftFuncs).Parse(`title: {{plain .Title}}
id: {{.ID}}
name: {{.Name}}
status: experimental
description: What the rule finds, and why that is worth a look.
author: Your name
date: {{.Date}}
logsource: { {{- join .LogSource -}} }
detection:
  selection:
    {{if .Field}}{{.Field}}: {{else}}- {{end}}{{quoted .Hit}}
  condition: selection
falsepositives:
  - Unknown
level: medium
`))

var testDraft = template.Must(template.New("test").Funcs(draftFuncs).Parse(`cases:
  - name: what the rule is for, and a near miss
    events:
      - {id: hit, {{.Column}}: {{quoted .Hit}}}
      - {id: miss, {{.Column}}: {{quoted .Miss}}}
    expect:
      ids: [hit]
      details:
        - {id: hit, selections: [selection]}
`))
