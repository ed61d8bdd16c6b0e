package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// opened is what a browser says of a page at one width.
type opened struct {
	Width       int                 `json:"width"`
	Theme       string              `json:"theme"`
	Script      bool                `json:"script"` // whether JavaScript is on
	Matches     int                 `json:"matches"`
	Opened      string              `json:"opened"` // text of the first match
	ScrollWidth int                 `json:"scroll_width"`
	Shifts      float64             `json:"shifts"`
	Elements    []int               `json:"elements"` // how many there are: script, style, img, iframe, link, i
	Controls    bool                `json:"controls"` // the box that filters is visible
	Filtered    map[string]int      `json:"filtered"` // words -> visible matches
	Orders      map[string][]string `json:"orders"`   // order -> levels
	Problems    []string            `json:"problems"` // of the console, and dialogs
	Requests    []string            `json:"requests"` // beside the page itself
}

// hostileTexts are texts that a page must show as they are.
var hostileTexts = []string{"<script>alert(1)</script>", "</script><script>alert(2)</script>", `" onmouseover="alert(3)`, "' onload='alert(4)", "</style><b><i>x", "\u202egpj.exe\u2066", "\x1b[31m\x00", "{{.Policy}}",
	"<img src=http://127.0.0.1:9/x>", "]]>--!><!--", strings.Repeat("x", 3000), strings.Repeat("日本語", 300)}

const reportRules = `
title: Whoami </script><img src=x onerror=alert(9)> with a title that is long enough to be wrapped on a telephone
id: 0f6d1e5e-9c9b-4a5b-8f0e-0a5b9d3c7e11
level: high
tags: [attack.discovery, attack.t1033]
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|endswith: '\whoami.exe'}
  up: {ParentImage|endswith: explorer.exe}
  condition: tool and up
---
title: Any needle
level: critical
logsource: {product: windows, category: process_creation}
detection:
  a: {CommandLine|contains: needle}
  condition: a
`

// writeReport runs rules on hostile events and gives the page.
func writeReport(t *testing.T) (page string) {
	t.Helper()
	folder := t.TempDir()
	var events strings.Builder
	for i := range 5 * len(hostileTexts) {
		h := hostileTexts[i%len(hostileTexts)]
		line := "whoami " + h
		if i == 20 {
			line += " needle"
		}
		text, err := json.Marshal(map[string]any{"EventRecordID": i, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "PC " + h, "UtcTime": fmt.Sprintf("2026-03-%02d %02d:00:00.000", 1+i%5, i%24),
			"Image": `C:\whoami.exe`, "CommandLine": line, "ParentImage": `C:\explorer.exe`, "ParentCommandLine": "explorer " + h, "User": `CORP\` + h})
		require.NoError(t, err)
		events.Write(append(text, '\n'))
	}
	rules, input, page := filepath.Join(folder, "rules.yml"), filepath.Join(folder, "events.ndjson"), filepath.Join(folder, "report.html")
	require.NoError(t, os.WriteFile(rules, []byte(reportRules), 0o600))
	require.NoError(t, os.WriteFile(input, []byte(events.String()), 0o600))
	out, err := exec.Command(command(t), "run", "-r", rules, "-m", "windows", "--summary", "--html", page, input).CombinedOutput()
	require.NoError(t, err, string(out))
	return page
}

// TestReportInABrowser opens a report in Chromium: it loads nothing, runs nothing that an event brings, fits every
// width, and its box filters. DECREE_SCREENSHOTS names a folder for pictures.
func TestReportInABrowser(t *testing.T) {
	t.Parallel()
	chromium, python := needBrowser(t)
	page := writeReport(t)
	var all []opened
	ask(t, exec.Command(python, filepath.Join(root(), "tests", "conformance", "report", "check.py")), map[string]any{
		"chromium": chromium, "pages": []string{page}, "widths": []int{360, 1280, 1920}, "screenshots": os.Getenv("DECREE_SCREENSHOTS"),
	}, &all)
	require.Len(t, all, 3*2+1)
	for _, o := range all {
		at := fmt.Sprintf("%d pixels, %s, JavaScript %t", o.Width, o.Theme, o.Script)
		assert.Empty(t, o.Problems, at)
		assert.Empty(t, o.Requests, at)
		assert.Equal(t, 5*len(hostileTexts)+1, o.Matches, at)
		assert.Contains(t, o.Opened, `C:\whoami.exe`, at)
		assert.Contains(t, o.Opened, "<script>alert(1)</script>", at)
		assert.Equal(t, o.Script, o.Controls, at)
		if !o.Script {
			continue
		}
		assert.Equal(t, o.Width, o.ScrollWidth, at)
		assert.Zero(t, o.Shifts, at)
		assert.Equal(t, []int{1, 1, 0, 0, 0, 0}, o.Elements, "script, style, img, iframe, link, i: "+at)
		assert.Equal(t, map[string]int{"needle": 2, "needle nothing": 0, "": o.Matches}, o.Filtered, at)
		assert.Equal(t, "critical", o.Orders["level"][0], at)
		assert.NotEqual(t, o.Orders["level"], o.Orders["time"], at)
	}
}
