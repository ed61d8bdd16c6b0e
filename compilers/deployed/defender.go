package deployed

import "strings"

// oursDefender are properties of a detectionRule.
// https://learn.microsoft.com/en-us/graph/api/resources/security-detectionrule
var oursDefender = []string{"displayName", "description", "schedule.frequency", "detectionAction.alertTemplate.title", "detectionAction.alertTemplate.description", "detectionAction.alertTemplate.severity",
	"detectionAction.alertTemplate.recommendedActions", "detectionAction.alertTemplate.tactics", "detectionAction.alertTemplate.customDetails", "detectionAction.alertTemplate.entityMappings"}

func normaliseDefender(r *Rule) {
	of := r.Properties
	r.ID, r.Name, r.Kind = take(of, "id"), text(of["displayName"]), "detectionRule"
	r.Query = text(object(of["queryCondition"])["queryText"])
	without(of, "queryCondition", "detectorId", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime", "lastRunDetails")
	// The API had these names before 2026.
	if enabled, ok := of["isEnabled"]; ok && of["status"] == nil {
		of["status"] = map[string]string{"true": "enabled", "false": "disabled"}[text(enabled)]
	}
	delete(of, "isEnabled")
	if schedule := object(of["schedule"]); schedule != nil {
		if schedule["frequency"] == nil {
			schedule["frequency"] = strings.ToLower(text(schedule["period"]))
		}
		without(schedule, "period", "nextRunDateTime")
		sameDurations(schedule, "frequency", "lookback")
	}
	if action := object(of["detectionAction"]); action != nil {
		alert := object(action["alertTemplate"])
		withoutDefaults(alert, map[string]string{"eventGroupingKind": "alertPerEvent"})
		if len(list(alert["tactics"])) > 0 { // the former names say the same
			without(alert, "category", "mitreTechniques")
		}
		if len(object(alert["entityMappings"])) > 0 {
			without(alert, "impactedAssets")
		}
	}
}
