package diag

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// The part of SARIF 2.1.0 that findings need.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Columns string        `json:"columnKind"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Full    *sarifText   `json:"fullDescription,omitempty"`
		Help    *sarifText   `json:"help,omitempty"`
		Default sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

// WriteSARIF renders findings as a log for code scanning. Columns count Unicode code points. why describes a code; if
// it is empty, the description is omitted.
func WriteSARIF(w io.Writer, ds Diagnostics, version string, why func(code string) string) error {
	levels := map[Severity]string{Error: "error", Warning: "warning", Info: "note"}
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "decree", Version: version, Rules: []sarifRule{}}}, Columns: "unicodeCodePoints", Results: []sarifResult{}}
	for _, d := range ds {
		index := slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == d.Code })
		if index < 0 {
			index = len(run.Tool.Driver.Rules)
			rule := sarifRule{ID: d.Code, Default: sarifDefault{levels[d.Severity]}}
			if text := why(d.Code); text != "" {
				rule.Full = &sarifText{text}
				rule.Help = &sarifText{text + "\n\nExamples: decree validate --explain " + d.Code}
			}
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		message := d.Message
		if d.Hint != "" {
			message += " (" + d.Hint + ")"
		}
		at := sarifPhysical{Artifact: sarifArtifact{uriOf(d.Range.File)}}
		if d.Range.Start.Line > 0 {
			at.Region = &sarifRegion{d.Range.Start.Line, d.Range.Start.Col, max(d.Range.End.Line, d.Range.Start.Line), max(d.Range.End.Col, 1)}
		}
		run.Results = append(run.Results, sarifResult{d.Code, index, levels[d.Severity], sarifText{message}, []sarifLocation{{at}}})
	}
	return WriteJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// uriOf is a path as a reference of RFC 3986: what a URI reads otherwise (spaces, #, ?, %, a colon in the first
// component) is escaped. Code scanning refuses a log with a location that is not a reference.
func uriOf(path string) string {
	slashed := filepath.ToSlash(path)
	if filepath.IsAbs(path) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(slashed, "/")}).String()
	}
	return (&url.URL{Path: slashed}).String()
}
