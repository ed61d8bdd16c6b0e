package deployed

import "strings"

// kibanaScores are the risk scores of severities, which a rule need not name.
// https://github.com/elastic/detection-rules/blob/main/docs-dev/rule-metadata.md
var kibanaScores = map[string]int{"low": 21, "medium": 47, "high": 73, "critical": 99}

func metaKibana(m *Meta, r Rule) {
	of := r.Properties
	m.Level, m.Enabled = level(text(of["severity"])), text(of["enabled"]) != "false"
	m.Author, m.License = strings.Join(texts(of["author"]), ", "), text(of["license"])
	m.References, m.FalsePositives = texts(of["references"]), texts(of["false_positives"])
	m.Fields = texts(object(of["investigation_fields"])["field_names"])
	m.Response = text(of["note"])
	if score := whole(text(of["risk_score"])); score >= 1 && score <= 100 && score != kibanaScores[m.Level] {
		m.RiskScore = score
	}
	for _, one := range list(of["threat"]) {
		threat := object(one)
		m.tactic(text(object(threat["tactic"])["name"]))
		for _, under := range list(threat["technique"]) {
			technique := object(under)
			subs := list(technique["subtechnique"])
			if len(subs) == 0 {
				m.technique(text(technique["id"]))
			}
			for _, sub := range subs {
				m.technique(text(object(sub)["id"]))
			}
		}
	}
	m.Every = timeOf(of["interval"])
	if back, ok := strings.CutPrefix(text(of["from"]), "now-"); ok {
		m.Lookback = timeOf(back)
	}
	if s := object(of["alert_suppression"]); s != nil {
		length := object(s["duration"])
		m.SuppressFor, m.SuppressBy = timeOf(text(length["value"])+text(length["unit"])), texts(s["group_by"])
	}
	if column := text(of["rule_name_override"]); column != "" && !strings.ContainsAny(column, "{}") {
		m.AlertTitle = "{" + column + "}"
	}
	m.Index = texts(of["index"])
	if language := text(of["language"]); language != "eql" {
		m.Language = language
	}
	switch r.Kind {
	case "eql", "esql", "query":
	default:
		m.Unfit = "it is of the type " + r.Kind
	}
}
