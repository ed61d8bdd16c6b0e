package deployed

import (
	"regexp"
	"strings"
	"time"

	"decree/compilers/deployed/conf"
)

// oursSplunk are settings of savedsearches.conf.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf
var oursSplunk = []string{"description", "enableSched", "cron_schedule", "dispatch.earliest_time", "dispatch.latest_time", "schedule_window", "realtime_schedule", "counttype", "relation", "quantity",
	"alert.severity", "alert.track", "alert.digest_mode", "alert.suppress", "alert.suppress.fields", "alert.suppress.period", "allow_skew", "is_visible",
	"action.correlationsearch.enabled", "action.correlationsearch.label", "action.correlationsearch.annotations", "action.correlationsearch.detection_type",
	"action.notable", "action.notable.param.rule_title", "action.notable.param.rule_description", "action.notable.param.security_domain", "action.notable.param.severity",
	"action.notable.param.nes_fields", "action.notable.param.drilldown_searches", "action.notable.param._entities",
	"action.risk", "action.risk.param._risk", "action.risk.param._risk_message", "action.risk.param._risk_score"}

// identityForm is the end of a description that decree writes, with the rule's id.
var identityForm = regexp.MustCompile(`\s*Id: ([0-9a-f-]{36}), version: [0-9.]+\.$`)

// truths are the words that Splunk reads for true and false.
var truths = map[string]string{"true": "1", "t": "1", "yes": "1", "y": "1", "false": "0", "f": "0", "no": "0", "n": "0"}

// fromStanza gives the settings of a saved search.
func fromStanza(s conf.Stanza) map[string]any {
	of := map[string]any{"name": s.Name}
	for _, one := range s.Settings {
		of[one.Key] = one.Value
	}
	return of
}

func normaliseSplunk(r *Rule) {
	of := r.Properties
	r.Name, r.Kind, r.Query = take(of, "name"), "saved search", take(of, "search")
	r.ID = r.Name
	if m := identityForm.FindStringSubmatchIndex(text(of["description"])); m != nil {
		description := text(of["description"])
		r.ID, of["description"] = description[m[2]:m[3]], description[:m[0]]
	}
	for key, value := range of {
		if word, ok := truths[strings.ToLower(text(value))]; ok {
			of[key] = word
		}
	}
	if every := cronPeriod(text(of["cron_schedule"])); every > 0 && every <= time.Hour {
		of["cron_schedule"] = "every " + shortly(every) // at which minute is a matter of load
	}
	// The version rises with each release.
	without(of, "action.correlationsearch.metadata")
	withoutDefaults(of, map[string]string{"alert.suppress": "0", "disabled": "0"})
}
