package alerts

import (
	"decree/engine"
	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/engine/rarity"
	"decree/rules/attack"
)

// Alert is a match as all formats show it. WithEvent is its JSON form.
type Alert struct {
	// of the event, in UTC to the millisecond; "" if it has none that can be read
	Time       string             `json:"time"`
	Level      string             `json:"level"`
	Rule       string             `json:"rule"`
	ID         string             `json:"rule_id"`
	RuleFile   string             `json:"rule_file"`
	Status     string             `json:"status,omitempty"`
	Host       string             `json:"host,omitempty"`
	User       string             `json:"user,omitempty"`
	Channel    string             `json:"channel,omitempty"`    // of Windows' logs
	Code       string             `json:"event_code,omitempty"` // Windows' EventID: what happened
	EventID    string             `json:"event_id"`             // which event it is: of Windows' logs the EventRecordID
	Source     string             `json:"source"`
	Line       int                `json:"line"`
	Tactics    []string           `json:"tactics,omitempty"`    // of ATT&CK
	Techniques []string           `json:"techniques,omitempty"` // of ATT&CK
	Tags       []string           `json:"tags,omitempty"`       // all of the rule
	Evidence   []engine.Evidence  `json:"evidence,omitempty"`
	Facts      []event.Fact       `json:"facts"`
	Names      []string           `json:"names"`
	Ancestors  []lineage.Ancestor `json:"ancestors,omitempty"`
	Prevalence []rarity.Figure    `json:"prevalence,omitempty"`
	Reputation map[string]string  `json:"reputation,omitempty"`
	Joins      []engine.Joined    `json:"joins,omitempty"`
	Correlated *correlate.Window  `json:"correlated,omitempty"`
	Fields     map[string]string  `json:"fields,omitempty"` // that --fields names, beside the columns
	RuleLine   int                `json:"rule_line"`

	of *event.Event
}

// timeLayout is how times are shown: in UTC, all of one width.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// NewAlert describes a match. fields are those of the event that are shown beside the columns.
func NewAlert(r engine.Result, fields ...string) Alert {
	m := r.Rule.Source
	a := Alert{
		Level: m.Level, Rule: m.Title, ID: m.ID, RuleFile: m.Range.File, RuleLine: m.Range.Start.Line, Status: m.Status,
		Channel: r.Log.Channel, Code: r.Log.Code, EventID: r.EventID, Source: r.Event.Source, Line: r.Event.Line, Tags: m.Tags,
		Evidence: r.Evidence, Facts: r.Facts, Names: append([]string{}, r.Names...), Ancestors: r.Ancestors, Prevalence: r.Prevalence,
		Reputation: r.Reputation, Joins: r.Joins, Correlated: r.Correlated, of: r.Event,
	}
	if a.Facts == nil {
		a.Facts = []event.Fact{} // JSON has a list
	}
	if !r.At.IsZero() {
		a.Time = r.At.UTC().Format(timeLayout)
	}
	a.Host, a.User = a.fact("host"), a.fact("user")
	a.Tactics, a.Techniques = attack.Named(m.Tags)
	for _, name := range fields {
		if v := r.Field(name); v != "" {
			if a.Fields == nil {
				a.Fields = map[string]string{}
			}
			a.Fields[name] = v
		}
	}
	return a
}

// fact is one of the facts about the event.
func (a *Alert) fact(name string) string {
	for _, f := range a.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Suspension is the JSON form of a suspended rule.
type Suspension struct {
	Rule      string `json:"rule"`
	ID        string `json:"rule_id"`
	Level     string `json:"level"`
	EventID   string `json:"event_id"`
	Source    string `json:"source"`
	Line      int    `json:"line"`
	Suspended string `json:"suspended"` // why
}

// NewSuspension gives the JSON form of a suspension.
func NewSuspension(s engine.Suspension) Suspension {
	m := s.Rule.Source
	return Suspension{m.Title, m.ID, m.Level, s.EventID, s.Source, s.Line, s.Reason}
}
