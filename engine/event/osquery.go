package event

import (
	"encoding/json"
	"strings"
)

// osqueryNames are Windows' own names for those of osquery's tables windows_events and windows_eventlog:
// https://osquery.io/schema/
var osqueryNames = map[string]string{"eventid": "EventID", "channel": "Channel", "provider_name": "Provider_Name", "provider_guid": "Provider_Guid", "computer_name": "Computer", "datetime": "TimeCreated",
	"task": "Task", "level": "Level", "keywords": "Keywords", "pid": "Execution_ProcessID", "tid": "Execution_ThreadID"}

// osqueryRow is a row of these tables alone, as osqueryi writes it. The event's own values come before the row's of the
// same name.
var osqueryRow = flatForm{keys: []string{"eventid", "provider_name", "data"}, read: func(row map[string]any) map[string]any { return with(osqueryEvent(row), row) }}

// osqueryEvent gives the event of a row. windows_events calls the channel source.
func osqueryEvent(row map[string]any) map[string]any {
	out := with(renamed(row, osqueryNames), renamed(row, map[string]string{"source": "Channel"}))
	return with(out, payload(osqueryData(row["data"])))
}

// osqueryData reads the column data of such a row. Values without names are there a list, or have all the name "", and
// old versions write the line break behind the object as \x0A.
func osqueryData(column any) any {
	text, isText := column.(string)
	if !isText {
		return column
	}
	data := []byte(strings.TrimSuffix(strings.TrimSpace(text), `\x0A`))
	fields, err := Object(data)
	if err != nil {
		return column
	}
	switch values := fields["EventData"].(type) {
	case []any:
		fields["EventData"] = map[string]any{"Data": values}
	case map[string]any:
		if _, has := values[""]; has {
			delete(values, "")
			values["Data"] = unnamed(data)
		}
	}
	return fields
}

// unnamed gives all texts of the name "" in the EventData of an object.
func unnamed(data []byte) (texts []any) {
	walk(data, func(key []byte, value int) bool {
		if string(key) == "EventData" {
			walk(data[value:], func(key []byte, at int) bool {
				var text string
				if end := skipValue(data, value+at); len(key) == 0 && json.Unmarshal(data[value+at:end], &text) == nil {
					texts = append(texts, text)
				}
				return true
			})
		}
		return true
	})
	return texts
}

// osquery reads a line of osquery's results whose row is a Windows event.
func osquery(fields map[string]any) map[string]any {
	row := part(fields, "columns")
	if !osqueryRow.is(row) {
		return fields
	}
	out := osqueryEvent(row)
	out["columns"] = row // which a model may name
	return with(with(out, fields), renamed(fields, map[string]string{"hostIdentifier": "Computer"}))
}
