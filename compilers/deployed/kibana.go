package deployed

import (
	"strings"
)

// oursKibana are properties of a rule in Kibana's API.
// https://github.com/elastic/kibana/blob/main/x-pack/solutions/security/plugins/security_solution/common/api/detection_engine/model/rule_schema/rule_schemas.schema.yaml
var oursKibana = []string{"name", "description", "severity", "risk_score", "type", "language", "index", "from", "to", "interval", "timestamp_override", "max_signals", "tags", "author", "license",
	"references", "false_positives", "note", "setup", "threat", "rule_name_override", "investigation_fields", "related_integrations", "alert_suppression", "threshold", "new_terms_fields",
	"history_window_start", "filters"}

func normaliseKibana(r *Rule) {
	of := r.Properties
	r.ID, r.Name, r.Kind, r.Query = take(of, "rule_id"), text(of["name"]), text(of["type"]), take(of, "query")
	r.Prebuilt = (text(of["immutable"]) == "true" || text(object(of["rule_source"])["type"]) == "external") && text(object(of["rule_source"])["is_customized"]) != "true"
	if throttle := text(of["throttle"]); throttle == "no_actions" || throttle == "rule" { // what an older Kibana writes for none
		delete(of, "throttle")
	}
	r.unsaid("throttle", "namespace")
	without(of, "id", "version", "revision", "immutable", "rule_source", "created_at", "created_by", "updated_at", "updated_by", "output_index", "meta", "execution_summary", "required_fields",
		"outcome", "alias_target_id", "alias_purpose")
	withoutDefaults(of, map[string]string{"to": "now", "max_signals": "100", "timestamp_override_fallback_disabled": "false"})
	withoutDefaults(object(of["alert_suppression"]), map[string]string{"missing_fields_strategy": "suppress"})
	sameDurations(of, "interval")
	for _, name := range []string{"from", "history_window_start"} {
		if back, ok := strings.CutPrefix(text(of[name]), "now-"); ok {
			if d, ok := duration(back); ok {
				of[name] = "now-" + shortly(d)
			}
		}
	}
	sortLists(of, "tags", "index", "references")
}
