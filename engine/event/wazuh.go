package event

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WazuhNames are Windows' own names for Wazuh's:
// https://documentation.wazuh.com/current/user-manual/capabilities/log-data-collection/configuration.html
var WazuhNames = map[string]string{"eventID": "EventID", "channel": "Channel", "computer": "Computer", "providerName": "Provider_Name", "providerGuid": "Provider_Guid", "eventRecordID": "EventRecordID",
	"systemTime": "TimeCreated", "level": "Level", "task": "Task", "opcode": "Opcode", "keywords": "Keywords", "version": "Version", "processID": "Execution_ProcessID", "threadID": "Execution_ThreadID"}

// WazuhModules are the parts of data that hold an event of a service as that service writes it.
var WazuhModules = []string{"aws", "gcp", "office365", "github", "ms-graph"}

// wazuh gives an alert's own event.
func wazuh(fields map[string]any) map[string]any {
	data := part(fields, "data")
	win := part(data, "win")
	system, values := part(win, "system"), part(win, "eventdata")
	if len(system) > 0 {
		escaped := isEscaped(values)
		out := renamed(system, WazuhNames)
		for _, name := range slices.Sorted(maps.Keys(values)) { // Wazuh's own name counts before one with a large letter
			v := values[name]
			if text, ok := v.(string); ok && escaped {
				v = wazuhEscapes.Replace(text)
			}
			out[WazuhName(name)] = v
		}
		return with(fields, out)
	}
	for _, module := range WazuhModules {
		if own := part(data, module); len(own) > 0 {
			return with(own, fields)
		}
	}
	return fields
}

// WazuhName is the name of a value of the event itself, which Wazuh begins with a small letter.
func WazuhName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// wazuhWindows is an event of Windows as agents of Wazuh send it.
var wazuhWindows = flatForm{keys: []string{"win"}, read: func(fields map[string]any) map[string]any { return wazuh(map[string]any{"data": fields}) }}

// isEscaped tells whether all backslashes in the values are doubled, as Wazuh writes them.
func isEscaped(values map[string]any) bool {
	any := false
	for _, v := range values {
		text, _ := v.(string)
		for i := strings.IndexByte(text, '\\'); i >= 0 && i < len(text); {
			if text[i] != '\\' {
				i++
				continue
			}
			if i+1 == len(text) || text[i+1] != '\\' && text[i+1] != '"' {
				return false
			}
			any = true
			i += 2
		}
	}
	return any
}

// wazuhEscapes undoes that.
var wazuhEscapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`)
