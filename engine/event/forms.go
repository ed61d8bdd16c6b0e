package event

import "slices"

// Forms are keys of the outermost level by which flatten recognises a form that it rewrites. Each is a key that other
// events lack: PowerShell's own events have a Payload, too.
var Forms = []string{"Event", "winlog", "_source", "_index", "System", "EventId", "LogName", "log_name", "AllFieldInfo", "EventData", "decoder", "short_message", "xml_string", "StringInserts",
	"AuditData", "auditData", "winlog.channel", "winlog.event_id", "columns", "eventid", "Date (UTC)", "Event source", "Event Time", "protopayload_auditlog", "Event.System.Channel",
	"System.Channel", "win", "eventRecordID", "system_time"}

// WindowsForms are those of Forms that only columns of Windows' events need: other events have these keys, too. What
// they add hides nothing, and without such a column an event is read faster as it is.
var WindowsForms = []string{"columns", "eventid"}

// flatForm is one way in which collectors and forensic tools write an event around or beside their own fields.
type flatForm struct {
	keys []string // by which it is recognised: an event of this form has a value for each
	read func(map[string]any) map[string]any
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

func underOther(form FlatForm) func(map[string]any) map[string]any {
	return func(fields map[string]any) map[string]any { return with(fields, renamed(fields, form.Names)) }
}

// flatForms are all of them. The first whose keys an event has reads it.
var flatForms = []flatForm{
	{[]string{"Payload", "EventId", "Channel"}, evtxECmd},
	{[]string{"LogName", "ProviderName", "Id"}, getWinEvent},
	{[]string{"log_name", "event_id"}, oldWinlogbeat},
	{NXLog.Keys, underOther(NXLog)},
	{SplunkAddOn.Keys, splunkAddOn},
	{[]string{"AllFieldInfo", "EventID", "RecordID"}, hayabusa},
	{Velociraptor.Keys, velociraptor},
	{[]string{"decoder", "data"}, wazuh},
	wazuhWindows,
	{[]string{"eventRecordID", "channel", "event_id"}, grafana},
	{[]string{"system_time", "record_id", "channel", "event_id"}, openTelemetry},
	{[]string{"short_message", "version"}, graylog},
	{[]string{"xml_string", "data_type"}, plaso},
	{[]string{"StringInserts", "ProviderName", "Channel"}, fluentBit},
	// Microsoft 365's audit log, as its portal, Search-UnifiedAuditLog and Graph give it
	{[]string{"AuditData"}, auditData("AuditData")},
	{[]string{"auditData"}, auditData("auditData")},
	{[]string{"Date (UTC)", "Username", "Application"}, portalSignIn},
	historyForm,
	{[]string{"Event Time", "Machine Id", "Action Type"}, deviceTimeline},
	{[]string{"protopayload_auditlog"}, underNames(bigQueryNames)},
	// Elasticsearch's fields by their whole names, as Kibana's CSV and ES|QL have them
	{[]string{"winlog.channel"}, dotted},
	{[]string{"winlog.event_id"}, dotted},
	{[]string{"Event.System.Channel"}, pathed},
	{[]string{"System.Channel"}, pathed},
	{[]string{"columns"}, osquery},
	osqueryRow,
}
