package kibana

import (
	"fmt"

	"decree/compilers/packages"
	"decree/rules"
)

// rule is a rule as Kibana's API has it. `required_fields` is not among it: a query's result does not say which fields
// the query reads.
type rule struct {
	RuleID             string        `json:"rule_id"`
	Name               string        `json:"name"`
	Description        string        `json:"description"`
	Severity           string        `json:"severity"`
	RiskScore          int           `json:"risk_score"`
	Type               string        `json:"type"`
	Language           string        `json:"language"`
	Query              string        `json:"query"`
	Index              []string      `json:"index,omitempty"`
	From               string        `json:"from"`
	To                 string        `json:"to"`
	Interval           string        `json:"interval"`
	TimestampOverride  string        `json:"timestamp_override"`
	Enabled            bool          `json:"enabled"`
	MaxSignals         int           `json:"max_signals,omitempty"`
	Version            int           `json:"version"`
	Tags               []string      `json:"tags"`
	Author             []string      `json:"author"`
	License            string        `json:"license,omitempty"`
	References         []string      `json:"references,omitempty"`
	FalsePositives     []string      `json:"false_positives,omitempty"`
	Note               string        `json:"note,omitempty"`
	Setup              string        `json:"setup,omitempty"`
	Threat             []threat      `json:"threat,omitempty"`
	NameOverride       string        `json:"rule_name_override,omitempty"`
	Investigation      *fieldNames   `json:"investigation_fields,omitempty"`
	Suppression        *suppression  `json:"alert_suppression,omitempty"`
	RelatedIntegration []integration `json:"related_integrations,omitempty"`
}

type fieldNames struct {
	Names []string `json:"field_names"`
}

// Limits of an import: xpack.securitySolution.maxRuleImportPayloadBytes and maxRuleImportExportSize. The request has a
// head beside the file.
// https://github.com/elastic/kibana/blob/main/x-pack/solutions/security/plugins/security_solution/server/config.ts
const (
	longestImport = 10485760 - 4096
	mostRules     = 10000
)

// line writes the rule on one line.
func (d *detection) line() string {
	line := packages.JSONLine(d.rule)
	if len(line) > longestImport {
		d.found.Errorf("package-query-length", d.in.Rule.Key("title", -1), "split the rule", "the rule has %d bytes, and Kibana imports %d at once", len(line), longestImport)
	}
	return line
}

// importFiles are the files with the rules. There is one, unless Kibana would not take it at once.
type importFiles struct {
	files []packages.File
	rules int // in the last file
}

// add adds a rule and gives the path of its file.
func (f *importFiles) add(r *rules.Rule, line string) string {
	n := len(f.files)
	if n == 0 || f.rules == mostRules || len(f.files[n-1].Text)+len(line) > longestImport {
		path := "rules.ndjson"
		if n > 0 {
			path = fmt.Sprintf("rules-%d.ndjson", n+1)
		}
		f.files, f.rules, n = append(f.files, packages.File{Path: path}), 0, n+1
	}
	last := &f.files[n-1]
	last.Text, last.Rules = last.Text+line, append(last.Rules, r)
	f.rules++
	return last.Path
}
