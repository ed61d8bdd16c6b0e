package deployed

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// alertSeverities are the numbers of alerts. https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
// (alerts/fired_alerts)
var alertSeverities = map[string]string{"1": "informational", "2": "low", "3": "medium", "4": "high", "5": "critical", "6": "critical"}

// riskKinds are what risk objects of a type are.
var riskKinds = map[string]string{"system": "host", "user": "user"}

func metaSplunk(m *Meta, r Rule) {
	of := r.Properties
	get := func(name string) string { return text(of[name]) }
	m.Enabled = get("disabled") != "1"
	if get("enableSched") != "1" {
		m.Unfit = "it is not scheduled: a report, or a search that is run by hand"
	} else if threshold := triggers(get); threshold != "" {
		m.Unfit = unfitCount(threshold)
	}
	m.Level = level(get("action.notable.param.severity"))
	if m.Level == "" {
		m.Level = alertSeverities[get("alert.severity")]
	}
	if every, ok := strings.CutPrefix(get("cron_schedule"), "every "); ok {
		m.Every = timeOf(every)
	} else {
		m.Every = cronPeriod(get("cron_schedule"))
	}
	m.Lookback = ago(get("dispatch.earliest_time"))
	if get("alert.suppress") == "1" {
		m.SuppressFor = timeOf(get("alert.suppress.period"))
		for field := range strings.SplitSeq(get("alert.suppress.fields"), ",") {
			if field = strings.TrimSpace(field); field != "" {
				m.SuppressBy = append(m.SuppressBy, field)
			}
		}
	}
	m.splunkTechniques(get("action.correlationsearch.annotations"))
	if get("action.risk") == "1" {
		m.splunkRisk(get("action.risk.param._risk"))
	}
	m.AlertTitle, m.AlertDescription = braced(get("action.notable.param.rule_title"), "$", "$"), braced(get("action.notable.param.rule_description"), "$", "$")
}

// splunkTechniques reads the techniques of a search's annotations, which are JSON.
func (m *Meta) splunkTechniques(text string) {
	var annotations struct {
		Attack []string `json:"mitre_attack"`
	}
	if json.Unmarshal([]byte(text), &annotations) != nil {
		return
	}
	for _, id := range annotations.Attack {
		m.technique(id)
	}
}

// splunkRisk reads the risk objects of a search, which are JSON. The highest of their scores counts.
func (m *Meta) splunkRisk(text string) {
	var objects []struct {
		Field string      `json:"risk_object_field"`
		Type  string      `json:"risk_object_type"`
		Score json.Number `json:"risk_score"`
	}
	if json.Unmarshal([]byte(text), &objects) != nil {
		return
	}
	for _, o := range objects {
		if o.Field == "" {
			continue // a threat object
		}
		m.RiskObjects = append(m.RiskObjects, o.Field)
		m.RiskScore = max(m.RiskScore, min(whole(o.Score.String()), 100))
		m.entity(riskKinds[o.Type], o.Field)
	}
	m.RiskObjects = unique(m.RiskObjects)
}

// triggers is on which results as a whole an alert is made, or "" if it is on any.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf
func triggers(get func(name string) string) string {
	if condition := get("alert_condition"); condition != "" {
		return condition
	}
	counted, relation, quantity := strings.ToLower(get("counttype")), strings.ToLower(cmp.Or(get("relation"), "greater than")), cmp.Or(get("quantity"), "0")
	n, err := strconv.Atoi(quantity)
	anyResult := err == nil && n == 0 && (relation == "greater than" || relation == "not equal to")
	if counted == "" || counted == "always" || counted == "number of events" && anyResult {
		return ""
	}
	return strings.Join([]string{counted, relation, quantity}, " ")
}

var agoForm = regexp.MustCompile(`^-(\d{1,6})(s|sec|m|min|h|hr|d|day|w|week)(?:@[a-z0-9]+)?$`)

// ago is how far back a relative time of Splunk is: -70m@m. It is 0 if it is in units that differ in length, or no such
// time.
func ago(s string) time.Duration {
	m := agoForm.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[m[2][0]]
	return time.Duration(whole(m[1])) * unit
}

// cronPeriod is how often a schedule runs, if that is evenly: each minute, hour, day or week, or a part of an hour or a
// day. Else it is 0.
func cronPeriod(s string) time.Duration {
	f := strings.Fields(s)
	if len(f) != 5 || f[2] != "*" || f[3] != "*" {
		return 0
	}
	minutes, hours := step(f[0], 60), step(f[1], 24)
	switch {
	case f[4] != "*" && (step(f[4], 7) != 7 || hours != 24 || minutes != 60): // a single day
		return 0
	case f[4] != "*":
		return 7 * 24 * time.Hour
	case hours == 1 && minutes > 0:
		return time.Duration(minutes) * time.Minute
	case minutes == 60 && hours > 0:
		return time.Duration(hours) * time.Hour
	}
	return 0
}

// step is how far apart the values of a field of cron are, around a bound: */5 and 3,18,33,48. It is the bound for a
// single value, and 0 for what is not even.
func step(field string, bound int) int {
	if field == "*" {
		return 1
	}
	if every, ok := strings.CutPrefix(field, "*/"); ok {
		if n := whole(every); n > 0 && bound%n == 0 {
			return n
		}
		return 0
	}
	var at []int
	for one := range strings.SplitSeq(field, ",") {
		n, err := strconv.Atoi(one)
		if err != nil || n < 0 || n >= bound+1 || len(at) == bound {
			return 0
		}
		at = append(at, n)
	}
	if !slices.IsSorted(at) || bound%len(at) != 0 {
		return 0
	}
	apart := bound / len(at)
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] != apart {
			return 0
		}
	}
	return apart
}
