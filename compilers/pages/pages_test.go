package pages

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const whole = `
title: Whole
id: 5E0B8A52-6a0f-4e0c-9d53-7c4f0f0a3178
name: whole
status: test
level: high
description: "First.\n\nSecond:\n- one\n- two\n  goes on\nlast"
author: me
date: 2026-01-02
references: ['https://example.org/a', 'javascript:alert(1)', Internal]
tags: [attack.persistence, attack.t1505.001, attack.t1611, attack.execution, cve.2024-1, attack.t1999]
logsource: {product: windows, category: process_creation, definition: 'Needs this'}
related: [{id: 0c7d9d0e-3c56-4a55-8d1c-92ee5a6d41b7, type: similar}, {id: 11111111-2222-3333-4444-555555555555, type: renamed}]
fields: [CommandLine]
lists: {tools: [a.exe, b.exe], more: {union: [tools]}}
ancestry:
  up: {parent: {CommandLine|startswith: x}, grandparent: {Image|filename: sqlservr.exe}}
  far: {ancestor: {within: 3, Image|filename: winword.exe}}
prevalence: {rare: {field: sha1, local: {distinct: host, lte: 3}}}
detection:
  listed: {Image|filename|expand: '%more%'}
  svc: {ParentImage|endswith: '\services.exe'}
  many: {CommandLine|contains: [a, b, c, d]}
  condition: up and far and listed and rare and many and not svc
schedule: {every: 1h, lookback: 2h}
falsepositives: [None]
risk: {score: 40}
entities: {host: host}
custom_details: {Command: CommandLine}
alert: {title: 'Found {Image}', description: '{CommandLine}'}
suppress: {by: [host], for: 1d}
documentation: {os: [Windows Server], permission_required: [User], attack: A, considerations: C, response: R, blind_spots: B}
data_sources: [{provider: P, table: T, event_id: '1', event_name: E, attack_data_source: Process, attack_data_component: Process Creation}]
changelog: [{version: '2.0', date: '2025-01-16', impact: major, notes: N}]
`

const other = `
title: Other
id: 0c7d9d0e-3c56-4a55-8d1c-92ee5a6d41b7
level: low
tags: [attack.persistence, attack.t1505.001]
logsource: {product: linux, service: auditd}
detection: {a: {type: x}, condition: a}
`

// catalogue has a rule with everything, one with little, and a correlation.
func catalogue(t *testing.T) *Catalogue {
	t.Helper()
	rule, plain := lowered.Rule(t, whole), lowered.Rule(t, other)
	_, cs := lowered.Correlations(t, "title: Base\nname: base\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 4625}, condition: a}\n---\ntitle: Many\nname: many\nlevel: medium\ncorrelation: {type: event_count, rules: [base], group-by: [User], timespan: 1h, condition: {gte: 2}}\n")
	query := &compilers.Query{Text: "Table\n| where x", Notes: []compilers.Note{{Code: "deep-ancestor", Effect: "false-negatives", Message: "m"}, {Code: "other", Effect: "strange", Message: "n"}},
		Assets: []compilers.Asset{{Name: "list.csv", Purpose: "the list", Content: "a\nb"}}, Result: &compilers.Result{Tables: []string{"T"}, Indices: []string{"logs-*"}}}
	first := &Detection{Rule: rule, File: "rules/whole.yml", Slug: "whole", LogSources: []rules.LogSource{rule.Source.LogSource},
		Queries: []Query{
			{Target: "kql", Title: "Microsoft KQL", Language: "Microsoft KQL", Model: "mde", Fidelity: "approximate", Query: query, File: "files/kql/whole.kql", Assets: []string{"files/kql/list.csv"}, Requires: []string{"set up"}},
			{Target: "eql", Title: "Elastic EQL", Fidelity: "refused", Why: []Reason{{"fieldref", "no", "use KQL"}}},
			{Target: "spl", Title: "Splunk SPL", Fidelity: "skipped"},
		},
		Packages: []Package{{Format: "Microsoft Sentinel", Kind: "Scheduled", Name: "Whole", Version: "1.0.0", Files: []string{"files/sentinel/whole.yaml"}}},
		Fields:   []Field{{Name: "Image", Columns: map[string][]string{"kql": {"FolderPath"}}}, {Name: "sha1", Entity: true, Columns: map[string][]string{}}},
		Filters:  []*rules.Filter{{Body: &rules.Rule{Title: "Ours", Description: "d"}}},
		Tests: &Tests{Passed: 1, Covered: 3, Goals: 4, Uncovered: []string{"x holds"}, Killed: 1, Mutants: 30, Survivors: make([]string, 25),
			Cases: []Case{{Name: "one", Model: "mde", Passed: true, Expected: "a", Events: 3, Examples: []Example{{"a", true, []Value{{"Zzz", "z"}, {"FolderPath", `C:\x`}}}, {"b", false, nil}}}, {Name: "two"}}},
		Commits: []Commit{{"0123456789", "2026-01-01", "me", "Subject"}},
	}
	first.Rule.Filter = &ir.Not{Term: &ir.Const{}}
	first.Rule.SourceFilters = []ir.SourceFilter{{LogSources: []rules.LogSource{{Product: "windows", Category: "file_event"}}, Required: &ir.Const{Value: true}}}
	return &Catalogue{Title: "Ours", Detections: []*Detection{
		first,
		{Rule: plain, File: "rules/other.yml", Slug: "other", LogSources: []rules.LogSource{plain.Source.LogSource}},
		{Rule: &ir.Rule{Source: cs[0].Source.Body, Condition: &ir.Const{Value: true}}, Correlation: cs[0], File: "rules/many.yml", Slug: "many", LogSources: []rules.LogSource{{Product: "windows", Service: "security"}}},
	}, Since: &Since{Revision: "HEAD~1", Removed: []Former{{"Gone", "rules/gone.yml"}}, Changed: map[*rules.Rule]Change{rule.Source: {Kind: "changed", Commits: []Commit{{"0123456789", "2026-01-01", "me", "Subject"}}}, plain.Source: {Kind: "moved", From: "rules/old.yml", Was: "Former"}, cs[0].Source.Body: {Kind: "depends"}}}}
}

// text is all that a section says, with a space between its parts.
func text(blocks []Block) string {
	var b strings.Builder
	cell := func(c Cell) {
		for _, s := range c {
			b.WriteString(s.Text)
		}
		b.WriteString(" ")
	}
	for _, block := range blocks {
		switch block := block.(type) {
		case Paragraph:
			cell(block.Text)
		case Bullets:
			for _, item := range block.Items {
				cell(item)
			}
		case Facts:
			for _, f := range block {
				b.WriteString(f.Name + "=")
				cell(f.Is)
			}
		case Table:
			b.WriteString(strings.Join(block.Head, "|") + " ")
			for _, row := range block.Rows {
				for _, c := range row {
					cell(c)
				}
			}
		case Words:
			b.WriteString(block.Phrase.String() + " ")
		case Figure:
			for _, box := range block.Boxes {
				b.WriteString("[" + box.Label + ": " + strings.Join(box.Lines, "; ") + "] ")
			}
		case Code:
			b.WriteString(block.Text + " ")
		case Fold:
			b.WriteString(block.Title + ": " + text(block.Blocks))
		case Tabs:
			for _, p := range block.Panels {
				b.WriteString(p.Title + ": " + text(p.Blocks))
			}
		}
	}
	return b.String()
}

func sectionsOf(p Page) map[string]string {
	out := map[string]string{}
	for _, s := range p.Sections {
		out[s.ID] = text(s.Blocks)
	}
	return out
}

// TestAPageHasEverySection asks of the page of a rule with everything what each section must say.
func TestAPageHasEverySection(t *testing.T) {
	c := catalogue(t)
	page := c.Pages()[0]
	assert.Equal(t, "rules/5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178", page.Path)
	assert.Equal(t, []Badge{{"level", "high"}, {"status", "test"}, {"source", "windows/process_creation"}}, page.Badges)
	got := sectionsOf(page)
	require.Len(t, page.Sections, len(sections), "every section has something to say")
	for id, parts := range map[string][]string{
		"metadata":           {"ID=5E0B8A52", "OS=Windows Server", "Log source=windows/process_creation", "Schedule=every 1 hour, over the last 2 hours", "Version=2.0", "Tags=cve.2024-1, attack.t1999", "File=rules/whole.yml"},
		"attack":             {"TA0002 - Execution    TA0003 - Persistence T1505 001 Server Software Component: SQL Stored Procedures TA0004 - Privilege Escalation T1611  Escape to Host", "Not in ATT&CK 18.1, or no longer: attack.t1999"},
		"data-sources":       {"P T 1 E Process Process Creation", "Needs this", "Sysmon event 1", "Microsoft KQL: set up"},
		"description":        {"First. Second: one two goes on last"},
		"condition":          {"listed: the file name of Image is a value of the list %more%", "[grandparent: the file name of Image is sqlservr.exe]", "[parent: CommandLine starts with x; in an exclusion: Image ends with", "[the event's own process:", "CommandLine contains one of a … (4)", "the sha1 is rare", "[any process above: the file name of Image is winword.exe]"},
		"permission":         {"User"},
		"attack-description": {"A"}, "considerations": {"C"}, "false-positives": {"None"}, "response": {"R"}, "blind-spots": {"B"},
		"references":  {"https://example.org/a javascript:alert(1) Internal"},
		"detection":   {"Language=Microsoft KQL", "Fidelity=approximate: it differs from the rule as said below, and the rule, the project or the command accepts that", "deep-ancestor may find less m", "other strange n", "To deploy beside it: list.csv: the list a\nb", "Searches=T", "Index patterns=logs-*", "Elastic EQL: Language", "fieldref no use KQL"},
		"lists":       {"tools: 2 values: a.exe, b.exe", "more: 2 values: Union of=tools"},
		"fields":      {"Field|Microsoft KQL|Elastic EQL Image FolderPath not held sha1 (entity) not held not held"},
		"packages":    {"Microsoft Sentinel Scheduled Whole 1.0.0 whole.yaml"},
		"suppression": {"One alert in 1 day, the earliest, for the same values of host"},
		"filters":     {"Filter=Ours d An event is reported only if this holds, too: this does not hold (no event) An event of windows/file_event is reported only if this holds, too: every event"},
		"alert":       {"Title=Found {Image}", "Risk=40", "Entity: host=host", "Detail: Command=CommandLine", "Fields to look at=CommandLine"},
		"tests":       {"Tests=1 of 2 passed", "Coverage=3 of 4 (75 %)", "Mutation score=1 of 30 (3 %)", "Parts that decide no test: x holds", "and 5 more", "a found FolderPath: C:\\x\nZzz: z b left alone", "and 1 event not shown", "Result=the test fails"},
		"related":     {"Other low related: similar", "11111111-2222-3333-4444-555555555555 related: renamed (not in this catalogue)"},
		"history":     {"2.0 2025-01-16 major N"},
		"commits":     {"2026-01-01 Subject me 0123456789"},
	} {
		for _, part := range parts {
			assert.Contains(t, got[id], part, id)
		}
	}
	assert.Equal(t, 1, strings.Count(got["filters"], "An event of windows/file_event"), "a filter is named once")
	for _, s := range c.Pages()[0].Sections[11].Blocks {
		items := s.(Bullets).Items
		assert.Equal(t, []string{"https://example.org/a", "", ""}, []string{items[0][0].URL, items[1][0].URL, items[2][0].URL}, "a link leads into the web or nowhere")
	}
}

// TestWhatARuleDoesNotSayHasNoSection: the pages of a rule with little, and of a correlation.
func TestWhatARuleDoesNotSayHasNoSection(t *testing.T) {
	all := catalogue(t).Pages()
	little, correlation := sectionsOf(all[1]), sectionsOf(all[2])
	for _, id := range []string{"permission", "response", "references", "detection", "tests", "history", "commits", "alert", "filters", "lists", "packages", "fields", "suppression"} {
		assert.NotContains(t, little, id)
	}
	assert.Contains(t, little["related"], "Whole high says that this is related: similar")
	assert.Equal(t, "rules/many", all[2].Path, "without an id its name")
	assert.Contains(t, correlation["metadata"], "Correlation=event count")
	assert.Contains(t, correlation["condition"], "within 1 hour the number of matches is at least 2")
	assert.Contains(t, correlation["condition"], "What base looks for: Log source=windows/security a: EventID is 4625")
	assert.Contains(t, correlation["related"], "Base a part of this correlation")
	written := &maker{Detection: &Detection{Rule: &ir.Rule{Source: &rules.Rule{Queries: []rules.Query{{}}}, Condition: &ir.Const{Value: true}}}}
	assert.Contains(t, text(written.condition()), "written by hand")
}

func TestOverviews(t *testing.T) {
	c := catalogue(t)
	all := c.Overviews()
	require.Len(t, all, 3)
	matrix, sources, changes := sectionsOf(all[0]), sectionsOf(all[1]), sectionsOf(all[2])
	assert.Equal(t, "2 techniques of ATT&CK Enterprise 18.1 in 3 detections. A sub-technique counts by itself.", all[0].Lead[0].Text)
	assert.Equal(t, "TA0003: 2 detections T1505.001 Server Software Component: SQL Stored Procedures: Whole high Other low ", matrix["persistence"])
	assert.Equal(t, "TA0002: 1 detection No technique: Whole high ", matrix["execution"])
	assert.Equal(t, "TA0040: 0 detections ", matrix["impact"])
	assert.Contains(t, sources["overview"], "windows/process_creation 1 high 1")
	assert.Contains(t, sources["source-windows-process-creation"], "Microsoft KQL 0 1 0 0")
	assert.Contains(t, sources["source-linux-auditd"], "auditd with rules")
	assert.Equal(t, "ATT&CK data component|Detections Process: Process Creation 1 ", sources["components"])
	assert.Equal(t, "Other low, before: Former, from rules/old.yml Not committed yet. ", changes["moved"])
	assert.Contains(t, changes["changed"], "Whole high Date|Change|Author|Commit 2026-01-01 Subject")
	assert.Equal(t, "Their own files are as they were. Many medium ", changes["depends"])
	assert.Equal(t, "Gone rules/gone.yml ", changes["removed"])
	c.Since = &Since{}
	assert.Equal(t, "No detection changed. ", sectionsOf(c.Overviews()[2])["none"])
	c.Since = nil
	assert.Len(t, c.Overviews(), 2)
	assert.Equal(t, Listed{ID: "5E0B8A52-6a0f-4e0c-9d53-7c4f0f0a3178", Name: "whole", Title: "Whole", Page: "rules/5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178", Level: "high", Status: "test", LogSources: []string{"windows/process_creation"},
		Tactics: []string{"TA0002", "TA0003", "TA0004"}, Techniques: []string{"T1505.001", "T1611"}, Fidelity: map[string]string{"kql": "approximate", "eql": "refused", "spl": "skipped"}, File: "rules/whole.yml"}, c.List()[0])
}

func TestProse(t *testing.T) {
	assert.Empty(t, prose(" \n "))
	assert.Equal(t, []Block{Paragraph{Cell{{Text: "a\nb"}}}, Bullets{[]Cell{{{Text: "c d"}}, {{Text: "e"}}}}, Paragraph{Cell{{Text: "f"}}}}, prose("a\nb\n* c\n  d\n* e\nf"))
	assert.Equal(t, "a\\u202eb\tc\n", Lines("a\u202eb\tc\r\n"))
}

// TestAuditsAreOfLogSources holds the table to its form: each entry names a log source once, and says what it needs.
func TestAuditsAreOfLogSources(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range audits() {
		name := rules.LogSource{Product: a.Product, Category: a.Category, Service: a.Service}.Name()
		assert.NotEmpty(t, name)
		assert.False(t, seen[name], name)
		assert.NotEmpty(t, a.Needs, name)
		assert.True(t, a.Reference == "" || IsWeb(a.Reference), name)
		seen[name] = true
	}
	_, ok := auditOf(rules.LogSource{Product: "acme"})
	assert.False(t, ok)
}

func TestPagesSayHowExtractsAreMade(t *testing.T) {
	r := lowered.Rule(t, "title: Made\nlogsource: {product: windows, category: process_creation}\nextract: {Script: {field: CommandLine, argv: 1}}\ndetection: {a: {Script|endswith: .vbs}, condition: a}\n")
	c := &Catalogue{Detections: []*Detection{{Rule: r, Slug: "made"}}}
	var blocks []Block
	for _, s := range c.Pages()[0].Sections {
		if s.ID == "condition" {
			blocks = s.Blocks
		}
	}
	assert.Contains(t, blocks, Block(Facts{{"Extracted field Script", Literal(r.Extracts[0].Spec.Describe())}}))
}

// TestFiguresOfEvents: the last box of a figure is the event, with all that the condition asks of it: other events,
// rare values, and whether it is the first.
func TestFiguresOfEvents(t *testing.T) {
	r := lowered.Rules(t, `
title: Key set by a child of Word
logsource: {product: windows, category: registry_set}
joins:
  connects: {rule: connection, same: {ProcessGuid: ProcessGuid}, before: 10m}
  updated: {rule: connection, same: {Computer: Computer}, after: 1h}
first_seen: {new: {fields: [Computer, TargetObject], over: 14d}}
detection:
  word: {ParentImage|endswith: '\winword.exe'}
  key: {TargetObject|contains: '\Run'}
  words: [mimikatz]
  condition: word and key and words and connects and new and not updated
---
title: Connection
name: connection
logsource: {product: windows, category: network_connection}
detection: {a: {Initiated: 'true'}, condition: a}
`)[0]
	f, ok := chain(r)
	require.True(t, ok)
	assert.Equal(t, []Box{{"parent", []string{`Image ends with \winword.exe`}}, {"the event and the process that caused it", []string{`TargetObject contains \Run`, "any value of the event contains mimikatz",
		"there is at least one match of connection, up to 10 minutes before the event", "it is the first event in 14 days with its values of Computer … (2)",
		"in an exclusion: there is at least one match of connection, up to 1 hour after the event"}}}, f.Boxes)
}

// TestWhatARuleJoins: the page of a rule says what the rules look for that it joins, and theirs names it.
func TestWhatARuleJoins(t *testing.T) {
	rs := lowered.Rules(t, `
title: Task after a logon
id: 0c7d9d0e-3c56-4a55-8d1c-92ee5a6d41b7
logsource: {product: windows, service: security}
joins:
  logon: {rule: remote_logon, same: {SubjectLogonId: TargetLogonId}, before: 2h}
first_seen: {new: {fields: [TaskName], over: 14d}}
detection: {task: {EventID: 4698}, condition: task and logon and new}
---
title: Remote logon
id: 11111111-2222-3333-4444-555555555555
name: remote_logon
logsource: {product: windows, service: security}
detection: {a: {EventID: 4624, LogonType: 3}, condition: a}
`)
	c := &Catalogue{}
	for _, r := range rs {
		c.Detections = append(c.Detections, &Detection{Rule: r})
	}
	require.Len(t, c.Detections, 2)
	for _, p := range c.Pages() {
		sections := sectionsOf(p)
		if p.Path == "rules/11111111-2222-3333-4444-555555555555" {
			assert.Contains(t, sections["related"], "Task after a logon joins this detection")
		} else {
			assert.Contains(t, sections["condition"], "What Remote logon looks for: Log source=windows/security")
			assert.Equal(t, 1, strings.Count(sections["condition"], "looks for:"), "first_seen looks back at no rule")
			assert.Contains(t, sections["related"], "Remote logon this detection joins it")
		}
	}
}

// TestMeaningOfApproximate: only what the target refuses otherwise is called accepted.
func TestMeaningOfApproximate(t *testing.T) {
	of := func(codes ...string) Query {
		q := Query{Fidelity: "approximate", Query: &compilers.Query{}}
		for _, code := range codes {
			q.Query.Notes = append(q.Query.Notes, compilers.Note{Code: code})
		}
		return q
	}
	assert.Equal(t, "it differs from the rule as said below", of("join-period", "fileprofile-limit").meaning())
	assert.Equal(t, "it differs from the rule as said below, and the rule, the project or the command accepts that", of("join-period", "deep-ancestor").meaning())
}

// TestCodeInTheTextsOfGaps: what stands between backticks is code, with no backticks, and a single one is kept.
func TestCodeInTheTextsOfGaps(t *testing.T) {
	assert.Equal(t, Cell{{Text: "use "}, {Text: "x: y", Code: true}, {Text: " or\n"}, {Text: "z", Code: true}}, marked("use `x: y` or\n`z`"))
	assert.Equal(t, Cell{{Text: "a ` b"}}, marked("a ` b"))
	assert.Equal(t, Cell{{Text: "``"}}, marked("``"))
	assert.Empty(t, marked(""))
	q := Query{Why: []Reason{{"c", "no `a`", "write `b`"}}}
	assert.Equal(t, []Cell{Literal("c"), {{Text: "no "}, {Text: "a", Code: true}}, {{Text: "write "}, {Text: "b", Code: true}}}, q.gaps()[0].(Table).Rows[0])
	for _, g := range compilers.Gaps() {
		for _, s := range explained(g.Code) {
			assert.NotContains(t, s.Text, "`", g.Code)
		}
	}
}
