package event

import (
	"maps"
	"slices"
	"strings"

	"decree/engine/event/evtx"
	"decree/engine/event/winevent"
)

// This file reads Windows events, and others, as collectors and forensic tools write them around or beside their own
// fields.

// evtxECmd reads a row of EvtxECmd, whose ProcessId is that of the process that logged the event:
// https://github.com/EricZimmerman/evtx
func evtxECmd(fields map[string]any) map[string]any {
	names := map[string]string{"EventId": "EventID", "Provider": "Provider_Name", "RecordNumber": "EventRecordID", "ProcessId": "Execution_ProcessID", "ThreadId": "Execution_ThreadID", "UserId": "Security_UserID"}
	return with(moved(fields, names), payload(fields["Payload"]))
}

// payload reads the data of EvtxECmd, which is JSON text.
func payload(v any) map[string]any {
	text, _ := v.(string)
	fields, err := Object([]byte(text))
	if err != nil {
		fields, _ = v.(map[string]any)
	}
	out, _ := winevent.Decoded(fields)
	return out
}

// getWinEvent reads what PowerShell's Get-WinEvent | ConvertTo-Json writes, which has the event's own values in its
// message alone.
func getWinEvent(fields map[string]any) map[string]any {
	out := moved(fields, map[string]string{"Id": "EventID", "LogName": "Channel", "ProviderName": "Provider_Name", "ProviderId": "Provider_Guid", "RecordId": "EventRecordID", "MachineName": "Computer",
		"ProcessId": "Execution_ProcessID", "ThreadId": "Execution_ThreadID", "UserId": "Security_UserID"})
	addMessage(out)
	return out
}

// oldWinlogbeat reads what winlogbeat wrote before version 7.
func oldWinlogbeat(fields map[string]any) map[string]any {
	names := map[string]string{"event_id": "EventID", "log_name": "Channel", "computer_name": "Computer", "source_name": "Provider_Name", "record_number": "EventRecordID"}
	return with(with(fields, renamed(fields, names)), winlogData(part(fields, "event_data"), part(fields, "user_data")))
}

// NXLog is what NXLog writes, and other collectors with a single level:
// https://docs.nxlog.co/refman/current/im/msvistalog.html
var NXLog = FlatForm{[]string{"EventID", "SourceName"}, map[string]string{"SourceName": "Provider_Name", "Hostname": "Computer", "RecordNumber": "EventRecordID"}}

// SplunkAddOn has the fields of Splunk's Windows add-on. Its source names the channel, as in WinEventLog:Security.
var SplunkAddOn = FlatForm{[]string{"EventCode", "source"}, map[string]string{"EventCode": "EventID", "SourceName": "Provider_Name", "ComputerName": "Computer", "RecordNumber": "EventRecordID", "source": "Channel"}}

// ChannelOf gives the channel that a source of Splunk's Windows add-on names. ok is false for another source.
func ChannelOf(source string) (channel string, ok bool) {
	input, channel, ok := strings.Cut(source, ":")
	return channel, ok && strings.HasSuffix(input, "WinEventLog")
}

func splunkAddOn(fields map[string]any) map[string]any {
	source, _ := fields["source"].(string)
	channel, ok := ChannelOf(source)
	if !ok {
		return fields
	}
	own := renamed(fields, SplunkAddOn.Names)
	own["Channel"] = channel
	return with(fields, own)
}

// hayabusa reads a row of Hayabusa's profile all-field-info: https://github.com/Yamato-Security/hayabusa
func hayabusa(fields map[string]any) map[string]any {
	return with(with(fields, renamed(fields, map[string]string{"RecordID": "EventRecordID"})), part(fields, "AllFieldInfo"))
}

// Velociraptor is a row of Velociraptor, or of Sentinel's WindowsEvent, with the event's own values in EventData:
// https://docs.velociraptor.app/artifact_references/pages/windows.eventlogs.evtx/
// https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/windowsevent
var Velociraptor = FlatForm{[]string{"EventID", "Channel", "EventData"}, map[string]string{"Provider": "Provider_Name"}}

// velociraptor also reads what Sumo Logic writes, where the provider is an object, and what Fluentd does:
// https://help.sumologic.com/docs/send-data/installed-collectors/sources/local-windows-event-log-source/
func velociraptor(fields map[string]any) map[string]any {
	if _, isList := fields["EventData"].([]any); isList {
		return fluentd(fields)
	}
	provider := renamed(fields, Velociraptor.Names)
	if element, ok := fields["Provider"].(map[string]any); ok {
		provider = renamed(element, map[string]string{"Name": "Provider_Name", "Guid": "Provider_Guid"})
	}
	out := with(fields, provider)
	return with(out, with(objectOf(fields["EventData"]), objectOf(fields["UserData"])))
}

// vector reads what Vector's source windows_event_log writes. It has values without a name in a list of their own:
// https://vector.dev/docs/reference/configuration/sources/windows_event_log/
func vector(fields map[string]any) map[string]any {
	out := moved(fields, map[string]string{"event_id": "EventID", "channel": "Channel", "computer": "Computer", "provider_name": "Provider_Name", "provider_guid": "Provider_Guid", "record_id": "EventRecordID",
		"process_id": "Execution_ProcessID", "thread_id": "Execution_ThreadID", "user_id": "Security_UserID", "level_value": "Level", "task": "Task", "opcode": "Opcode", "keywords": "Keywords", "string_inserts": "Data"})
	add(out, part(fields, "event_data"))
	add(out, part(fields, "user_data"))
	return out
}

// limaCharlie reads an event of Windows' log (WEL) as LimaCharlie has it:
// https://docs.limacharlie.io/docs/reference-edr-events
func limaCharlie(fields map[string]any) map[string]any {
	record, ok := winevent.Decoded(part(part(fields, "event"), "EVENT"))
	if !ok {
		return fields
	}
	return with(record, fields)
}

// graylog reads a message of Graylog, whose own fields begin with "_":
// https://go2docs.graylog.org/current/getting_in_log_data/gelf.html
func graylog(fields map[string]any) map[string]any {
	own := renamed(fields, map[string]string{"host": "Computer", "timestamp": "@timestamp"})
	for name, v := range fields {
		if name, ok := strings.CutPrefix(name, "_"); ok {
			own[name] = v
		}
	}
	return with(fields, own)
}

// plaso reads a line of Plaso's json_line:
// https://plaso.readthedocs.io/en/latest/sources/user/Output-and-formatting.html
func plaso(fields map[string]any) map[string]any {
	text, _ := fields["xml_string"].(string)
	own, err := record(text)
	if err != nil {
		return fields
	}
	return with(own.Map(), fields)
}

// fluentBit reads what Fluent Bit writes, which has the values without names:
// https://docs.fluentbit.io/manual/data-pipeline/inputs/windows-event-log-winevtlog
func fluentBit(fields map[string]any) map[string]any {
	out := moved(fields, map[string]string{"ProviderName": "Provider_Name", "ProviderGuid": "Provider_Guid", "ProcessID": "Execution_ProcessID", "ThreadID": "Execution_ThreadID", "UserID": "Security_UserID"})
	addMessage(out)
	return out
}

// fluentd reads what Fluentd's plugin writes, which has the values without names:
// https://github.com/fluent/fluent-plugin-windows-eventlog
func fluentd(fields map[string]any) map[string]any {
	return fluentBit(moved(fields, map[string]string{"ProviderGUID": "ProviderGuid", "Description": "Message"}))
}

// auditData puts the fields of a record that is in one field, as an object or as JSON text, before those beside it.
func auditData(name string) func(map[string]any) map[string]any {
	return func(fields map[string]any) map[string]any {
		return with(objectOf(fields[name]), fields)
	}
}

// objectOf gives the fields of an object, which a table has as JSON text. Another value has none.
func objectOf(v any) map[string]any {
	object, _ := v.(map[string]any)
	if text, _ := v.(string); strings.HasPrefix(text, "{") {
		object, _ = Object([]byte(text)) // it is nil for another text
	}
	if object == nil {
		return map[string]any{}
	}
	return object
}

// dotted gathers winlogbeat's fields below winlog.
func dotted(fields map[string]any) map[string]any {
	winlog, data, user := map[string]any{}, map[string]any{}, map[string]any{}
	for name, v := range fields {
		inner, ok := strings.CutPrefix(name, "winlog.")
		if !ok {
			continue
		}
		if of, ok := strings.CutPrefix(inner, "event_data."); ok {
			data[of] = v
		} else if of, ok := strings.CutPrefix(inner, "user_data."); ok {
			user[of] = v
		} else {
			winlog[inner] = v
		}
	}
	return with(with(fields, renamed(winlog, WinlogNames)), winlogData(data, user))
}

// pathOf gives the path that a key of such an event is, below Event. ok is false for another key.
func pathOf(key string) (path string, ok bool) {
	path = strings.TrimPrefix(key, "Event.")
	root, rest, below := strings.Cut(path, ".")
	return path, below && rest != "" && slices.Contains([]string{"System", "EventData", "UserData"}, root)
}

// deepestPath is how many parts a path of a Windows event may have. A key of more is left as it is.
const deepestPath = 16

// pathed reads a Windows event whose keys are the paths of its values, as programs for tables write nested JSON.
func pathed(fields map[string]any) map[string]any {
	event := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if path, ok := pathOf(name); ok && strings.Count(path, ".") < deepestPath {
			putAt(event, strings.Split(path, "."), fields[name])
		}
	}
	if own, ok := winevent.Decoded(event); ok {
		return with(own, fields)
	}
	return fields
}

// putAt puts a value at a path. A value that is on the way to another is the text of its element.
func putAt(object map[string]any, path []string, v any) {
	if len(path) == 1 {
		object[path[0]] = v
		return
	}
	inner, ok := object[path[0]].(map[string]any)
	if !ok {
		inner = map[string]any{}
		if text := object[path[0]]; text != nil {
			inner["#text"] = text
		}
		object[path[0]] = inner
	}
	putAt(inner, path[1:], v)
}

// grafana reads what Promtail and Alloy write, with the event's own values as elements of XML:
// https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.windowsevent/
func grafana(fields map[string]any) map[string]any {
	names := map[string]string{"event_id": "EventID", "channel": "Channel", "computer": "Computer", "source": "Provider_Name", "eventRecordID": "EventRecordID", "timeCreated": "TimeCreated"}
	out := moved(fields, names)
	for _, section := range []string{"event_data", "user_data"} {
		text, _ := fields[section].(string)
		if own, err := record("<Event><EventData>" + text + "</EventData></Event>"); err == nil {
			out = with(out, own.Map())
		}
	}
	return out
}

// record reads the text of an event in Windows' XML.
func record(text string) (winevent.Fields, error) { return evtx.FromXML([]byte(text)) }
