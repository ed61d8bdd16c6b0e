package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/rules/diag"
)

// This file reads logs of OpenTelemetry: what its receivers make of an event, and the JSON of its protocol around it.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto

// openTelemetry reads the body that OpenTelemetry's receiver makes of a Windows event. Old versions have an object of
// the event's own values, new ones a list in which a value may have no name:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/windowseventlogreceiver
func openTelemetry(fields map[string]any) map[string]any {
	out := moved(fields, map[string]string{"event_id": "EventID", "channel": "Channel", "computer": "Computer", "record_id": "EventRecordID", "system_time": "TimeCreated"})
	if id, ok := part(fields, "event_id")["id"]; ok {
		out["EventID"] = id
	}
	if name, ok := part(fields, "provider")["name"]; ok {
		out["Provider_Name"] = name
	}
	values := part(fields, "event_data")
	list, _ := values["data"].([]any)
	var unnamed []any
	for _, item := range list {
		value, _ := item.(map[string]any)
		if v, ok := value[""]; ok {
			unnamed = append(unnamed, v)
			delete(value, "")
		}
		add(out, value)
	}
	if unnamed != nil {
		add(out, map[string]any{"Data": unnamed})
	}
	add(out, values)
	add(out, part(fields, "user_data"))
	return out
}

// expandResource queues the records of a resource's logs. Each has the attributes of the resource.
func (r *Reader) expandResource(raw Raw, within *envelope, depth int) {
	resource, err := Object(raw.text)
	if err != nil {
		r.queue = append(r.queue, raw) // which says what is wrong
		return
	}
	around := keyValues(part(resource, "resource")["attributes"])
	copied := len(marshalled(around))
	for _, scope := range r.listed(raw.Line, resource, "scopeLogs", "instrumentationLibraryLogs") {
		for _, record := range r.listed(raw.Line, scope, "logRecords", "logs") {
			if !r.copies(copied) {
				r.refuseCopies(raw.Line)
				return
			}
			r.expandRecord(raw.Line, record, around, within, depth)
		}
	}
}

// listed gives the objects of a list, which had another name before version 0.15 of the protocol. It queues a reject
// for what is none, and for an object without the list.
func (r *Reader) listed(line int, of map[string]any, names ...string) (all []map[string]any) {
	refuse := func(v any, format string, args ...any) {
		r.queue = append(r.queue, Raw{Line: line, Content: TextContent(marshalled(v)), Err: fmt.Errorf(format, args...)})
	}
	known := false
	for _, name := range names {
		v, has := of[name]
		known = known || has
		list, isList := v.([]any)
		if v != nil && !isList { // null is an empty list
			refuse(v, "OpenTelemetry's %s: not a list", name)
		}
		for _, item := range list {
			if object, ok := item.(map[string]any); ok {
				all = append(all, object)
			} else {
				refuse(item, "in OpenTelemetry's %s: a JSON %s, not an object", name, kind(item))
			}
		}
	}
	if !known {
		refuse(of, "logs of OpenTelemetry without a list %s", names[0])
	}
	return all
}

// expandRecord queues the event of a record. It is the body if that is an object, or what the body's text holds. The
// attributes of the record and its resource stand beside it, but not beside Windows' XML or the events of an envelope
// in a text.
func (r *Reader) expandRecord(line int, record, around map[string]any, within *envelope, depth int) {
	event := with(keyValues(record["attributes"]), around)
	if at := recordTime(record); at != "" {
		add(event, map[string]any{"@timestamp": at})
	}
	switch body := anyValue(record["body"]).(type) {
	case map[string]any:
		event = with(body, event)
	case string:
		if object, ok := r.single(body, within); ok {
			r.queue = append(r.queue, Raw{Line: line, Content: TextContent(marshalled(with(object, event)))})
			return
		}
		event["body"] = body
		if inner := marshalled(body); carries(inner) {
			r.expandCarried(Raw{Line: line, Content: TextContent(marshalled(event))}, Raw{Line: line, Content: TextContent(inner)}, within, depth)
			return
		}
	case nil:
	default:
		event["body"] = body
	}
	r.expand(Raw{Line: line, Content: TextContent(marshalled(event))}, within, depth+1)
}

// single reads the text of an object that is an event itself, and neither an envelope nor an event of the audit log.
func (r *Reader) single(text string, within *envelope) (map[string]any, bool) {
	data := []byte(strings.TrimSpace(text))
	if !bytes.HasPrefix(data, []byte("{")) || r.isAudit(data) {
		return nil, false
	}
	if found, ok := open(data); ok && found.mayBeIn(within) {
		return nil, false
	}
	object := parse(data)
	return object, object != nil
}

// marshalled writes a value that was read from JSON.
func marshalled(v any) []byte {
	data, err := diag.JSON(v)
	if err != nil {
		panic(err) // it could be read
	}
	return data
}

// recordTime is when a record's event happened, or else when it was seen; "" if neither is known.
func recordTime(record map[string]any) string {
	for _, name := range []string{"timeUnixNano", "observedTimeUnixNano"} {
		nano, err := strconv.ParseInt(Text(record[name]), 10, 64)
		if err == nil && nano > 0 {
			return time.Unix(0, nano).UTC().Format(time.RFC3339Nano)
		}
	}
	return ""
}

// keyValues reads a list of objects with a key and a value.
func keyValues(list any) map[string]any {
	out := map[string]any{}
	for _, pair := range objectsIn(list) {
		if key, ok := pair["key"].(string); ok {
			out[key] = anyValue(pair["value"])
		}
	}
	return out
}

// valueTypes are the fields of a value of OpenTelemetry's protocol. It has one of them.
var valueTypes = []string{"stringValue", "intValue", "boolValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue"}

// anyValue reads such a value.
func anyValue(v any) any {
	value, _ := v.(map[string]any)
	at := slices.IndexFunc(valueTypes, func(name string) bool { return value[name] != nil })
	if at < 0 {
		return nil
	}
	of := value[valueTypes[at]]
	switch valueTypes[at] {
	case "intValue": // a text, for JSON's numbers are too short
		if n, err := strconv.ParseInt(Text(of), 10, 64); err == nil {
			return json.Number(strconv.FormatInt(n, 10))
		}
	case "arrayValue":
		list := []any{}
		for _, item := range objectsIn(part(value, "arrayValue")["values"]) {
			list = append(list, anyValue(item))
		}
		return list
	case "kvlistValue":
		return keyValues(part(value, "kvlistValue")["values"])
	}
	return of
}

// objectsIn gives the objects of a list.
func objectsIn(v any) (all []map[string]any) {
	list, _ := v.([]any)
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}
