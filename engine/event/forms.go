package event

import "slices"

// Forms are keys of the outermost level by which flatten recognises a form that it rewrites. Each is a key that other
// events lack: PowerShell's own events have a Payload, too.
var Forms = []string{"Event", "winlog", "_source", "_index", "System", "EventId", "LogName", "log_name", "AllFieldInfo", "EventData", "decoder", "short_message", "xml_string", "StringInserts",
	"AuditData", "auditData", "winlog.channel", "winlog.event_id", "columns", "eventid", "Date (UTC)", "Event source", "Event Time", "protopayload_auditlog", "Event.System.Channel",
	"System.Channel", "win", "eventRecordID", "system_time", "provider_name", "routing", "eventversion"}

// WindowsForms are those of Forms that only columns of Windows' events need: other events have these keys, too. What
// they add hides nothing, and without such a column an event is read faster as it is.
var WindowsForms = []string{"columns", "eventid"}

// flatForm is one way in which collectors and forensic tools write an event around or beside their own fields.
type flatForm struct {
	keys  []string // by which it is recognised: an event of this form has a value for each
	read  func(map[string]any) map[string]any
	names map[string]string // further names of fields, if read adds these alone
}

func (f flatForm) is(fields map[string]any) bool {
	for _, key := range f.keys {
		if fields[key] == nil {
			return false
		}
	}
	return true
}

// isTable tells whether a table with such columns has rows of this form.
func (f flatForm) isTable(header []string) bool {
	return !slices.ContainsFunc(f.keys, func(key string) bool { return !slices.Contains(header, key) })
}

// underNames reads a form that differs by the names of its fields alone.
func underNames(names map[string]string) func(map[string]any) map[string]any {
	return func(fields map[string]any) map[string]any { return moved(fields, names) }
}

// FlatForm is a form of one level that has other names for Windows' own.
type FlatForm struct {
	Keys  []string          // by which it is recognised: an event of this form has a value for each
	Names map[string]string // Windows' names for them
}

func underOther(form FlatForm) flatForm {
	return flatForm{form.Keys, func(fields map[string]any) map[string]any { return with(fields, renamed(fields, form.Names)) }, form.Names}
}

// flatForms are all of them. The first whose keys an event has reads it.
var flatForms = []flatForm{
	{keys: []string{"Payload", "EventId", "Channel"}, read: evtxECmd},
	{keys: []string{"LogName", "ProviderName", "Id"}, read: getWinEvent},
	{keys: []string{"log_name", "event_id"}, read: oldWinlogbeat},
	underOther(NXLog),
	{keys: SplunkAddOn.Keys, read: splunkAddOn},
	{keys: []string{"AllFieldInfo", "EventID", "RecordID"}, read: hayabusa},
	{keys: Velociraptor.Keys, read: velociraptor},
	{keys: []string{"decoder", "data"}, read: wazuh},
	wazuhWindows,
	{keys: []string{"eventRecordID", "channel", "event_id"}, read: grafana},
	{keys: []string{"system_time", "record_id", "channel", "event_id"}, read: openTelemetry},
	{keys: []string{"record_id", "channel", "event_id", "provider_name"}, read: vector},
	{keys: []string{"routing", "event"}, read: limaCharlie},
	{keys: []string{"short_message", "version"}, read: graylog},
	{keys: []string{"xml_string", "data_type"}, read: plaso},
	{keys: []string{"StringInserts", "ProviderName", "Channel"}, read: fluentBit},
	// Microsoft 365's audit log, as its portal, Search-UnifiedAuditLog and Graph give it
	{keys: []string{"AuditData"}, read: auditData("AuditData")},
	{keys: []string{"auditData"}, read: auditData("auditData")},
	{keys: []string{"Date (UTC)", "Username", "Application"}, read: portalSignIn},
	{keys: []string{"Date (UTC)", "Activity", "CorrelationId"}, read: portalAudit},
	historyForm,
	{keys: []string{"eventversion", "eventsource", "eventname"}, read: athenaTrail},
	{keys: []string{"Event Time", "Machine Id", "Action Type"}, read: deviceTimeline},
	{keys: []string{"protopayload_auditlog"}, read: underNames(bigQueryNames)},
	// Elasticsearch's fields by their whole names, as Kibana's CSV and ES|QL have them
	{keys: []string{"winlog.channel"}, read: dotted},
	{keys: []string{"winlog.event_id"}, read: dotted},
	{keys: []string{"Event.System.Channel"}, read: pathed},
	{keys: []string{"System.Channel"}, read: pathed},
	{keys: []string{"columns"}, read: osquery},
	osqueryRow,
}
