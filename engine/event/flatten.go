package event

import (
	"maps"
	"slices"

	"decree/engine/event/winevent"
)

// flatten gives an event Sigma's field names if its tool uses other names: converters of Windows' logs, winlogbeat, and
// hits of Elasticsearch. Nested fields stay reachable by their path. An outer field takes precedence over an inner one.
func flatten(fields map[string]any) map[string]any {
	if hit := ofHit(fields); hit != nil {
		return flatten(hit)
	}
	if inner, ok := fields["Event"].(map[string]any); ok {
		if record, ok := winevent.Decoded(inner); ok {
			if alone(fields) {
				return record
			}
			return with(fields, record)
		}
	}
	if _, whole := fields["System"].(map[string]any); whole {
		if record, ok := winevent.Decoded(fields); ok {
			return with(fields, record)
		}
	}
	if winlog, ok := fields["winlog"].(map[string]any); ok {
		return flattenWinlog(fields, winlog)
	}
	for _, form := range flatForms {
		if form.is(fields) {
			return form.read(fields)
		}
	}
	return fields
}

// HitKeys are the keys that a search hit may have besides the document.
// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search
var HitKeys = []string{"_index", "_id", "_source", "fields", "_score", "_type", "_version", "_seq_no", "_primary_term", "_routing", "_ignored", "_nested", "_shard", "_node", "_explanation", "_rank",
	"found", "sort", "highlight", "ignored_field_values", "inner_hits", "matched_queries", "missing"}

// ofHit gives the document of a search hit with its id, or its fields if the document was not requested. It is nil for
// other objects.
func ofHit(fields map[string]any) map[string]any {
	for name := range fields {
		if !slices.Contains(HitKeys, name) {
			return nil
		}
	}
	document, ok := fields["_source"].(map[string]any)
	if _, indexed := fields["_index"]; !ok && indexed {
		document, ok = fields["fields"].(map[string]any)
	}
	if !ok {
		return nil
	}
	hit := maps.Clone(document)
	if id, ok := fields["_id"]; ok {
		hit["_id"] = id
	}
	return hit
}

// with adds fields from below the outermost level.
func with(fields, more map[string]any) map[string]any {
	out := maps.Clone(fields)
	add(out, more)
	return out
}

// add adds fields in place. Those that are there stay.
func add(fields, more map[string]any) {
	for name, v := range more {
		if _, taken := fields[name]; !taken {
			fields[name] = v
		}
	}
}

// alone tells whether the object has only Event, apart from attributes of its element.
func alone(fields map[string]any) bool {
	for name := range fields {
		if name != "Event" && name != "Event"+winevent.Apart {
			return false
		}
	}
	return true
}

// WinlogNames are Windows' own names for winlogbeat's fields, below winlog or, before version 7, at the outermost
// level.
var WinlogNames = map[string]string{"event_id": "EventID", "channel": "Channel", "computer_name": "Computer", "provider_name": "Provider_Name", "record_id": "EventRecordID"}

func flattenWinlog(fields, winlog map[string]any) map[string]any {
	return with(with(fields, renamed(winlog, WinlogNames)), winlogData(part(winlog, "event_data"), part(winlog, "user_data")))
}

func part(fields map[string]any, name string) map[string]any {
	inner, _ := fields[name].(map[string]any)
	if inner == nil {
		return map[string]any{}
	}
	return inner
}

// renamed gives the fields that have another name in Sigma, under that name.
func renamed(fields map[string]any, names map[string]string) map[string]any {
	out := map[string]any{}
	for from, to := range names {
		if v, ok := fields[from]; ok {
			out[to] = v
		}
	}
	return out
}

// moved renames fields and removes the old names, because these mean something else in the event's own data.
func moved(fields map[string]any, names map[string]string) map[string]any {
	out := maps.Clone(fields)
	for from := range names {
		delete(out, from)
	}
	return with(out, renamed(fields, names))
}
