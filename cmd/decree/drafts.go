package main

import (
	"strings"
	"text/template"
)

// draft is what a new rule and its test file are written from.
type draft struct {
	Title, Name, ID, Date string
	LogSource             []string
	Field                 string
	Hit, Miss             string
}

// Column is the event's field that the draft's item asks.
func (d draft) Column() string {
	name, _, _ := strings.Cut(d.Field, "|")
	if name == "" {
		return "message"
	}
	return name
}

// draftFuncs write texts into YAML: q between single quotes, where nothing is an escape.
var draftFuncs = template.FuncMap{
	"q":    func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
	"join": func(parts []string) string { return strings.Join(parts, ", ") },
}

var ruleDraft = template.Must(template.New("rule").Funcs(draftFuncs).Parse(`title: {{q .Title}}
id: {{.ID}}
name: {{.Name}}
status: experimental
description: What the rule finds, and why that is worth a look.
author: Your name
date: '{{.Date}}'
logsource: { {{- join .LogSource -}} }
detection:
  selection:
    {{if .Field}}{{.Field}}: {{else}}- {{end}}{{q .Hit}}
  condition: selection
falsepositives:
  - Unknown
level: medium
`))

var testDraft = template.Must(template.New("test").Funcs(draftFuncs).Parse(`cases:
  - name: what the rule is for, and a near miss
    events:
      - {id: hit, {{.Column}}: {{q .Hit}}}
      - {id: miss, {{.Column}}: {{q .Miss}}}
    expect:
      ids: [hit]
      details:
        - {id: hit, selections: [selection]}
`))
