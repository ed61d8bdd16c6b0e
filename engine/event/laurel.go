package event

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/rules/diag"
)

// Events of Linux' audit log as Laurel writes them: a line is an object with all records of an event, by their types.
// They are read as these records, with the names and texts that auditd writes.
// https://github.com/threathunters-io/laurel/blob/master/json-format.md
var (
	laurelLine = regexp.MustCompile(`^\{\s*"ID"\s*:\s*"(\d{1,11})\.(\d{1,9}):(\d+)"`)
	laurelType = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	// Numbers of another base have a prefix in these fields, which are not arguments of a program.
	laurelNumber = regexp.MustCompile(`^(?:arch|a[0-3]|mode)$`)
)

// laurelOwn are keys that Laurel adds about the processes of an event.
var laurelOwn = []string{"PARENT_INFO", "CONTAINER_INFO", "PID", "PPID"}

// recordSize is about the memory that a record takes at least.
const recordSize = 1000

// laurelStart begins an event as Laurel writes it.
const laurelStart = `{"ID"`

// isAudit tells by its beginning whether an object may be such an event.
func (r *Reader) isAudit(text []byte) bool {
	return r.laurel || bytes.HasPrefix(text, []byte(laurelStart))
}

// expandAudit queues the records of an event. It is false if the line is not such an event.
func (r *Reader) expandAudit(raw Raw) bool {
	at, serial, ok := laurelID(raw.text)
	if !ok {
		return false
	}
	event := parse(raw.text)
	if event == nil {
		return false // the caller says why
	}
	for _, kind := range slices.Sorted(maps.Keys(event)) {
		for _, fields := range laurelRecords(kind, event[kind]) {
			if !r.copies(recordSize) {
				r.refuseCopies(raw.Line)
				return true
			}
			out := auditRecord(kind, fields)
			out["type"], out["serial"], out["timestamp"] = kind, serial, at
			if node, ok := event["NODE"].(string); ok {
				out["node"] = node
			}
			text, err := diag.JSON(out)
			if err != nil {
				panic(err) // what was read from JSON can be written
			}
			r.queue = append(r.queue, Raw{Line: raw.Line, Content: TextContent(text)})
		}
	}
	return true
}

// laurelID gives the time and the number of an event from the beginning of its line. ok is false for another line.
func laurelID(line []byte) (at, serial string, ok bool) {
	id := laurelLine.FindStringSubmatch(string(line[:min(len(line), 64)]))
	if id == nil {
		return "", "", false
	}
	seconds, err := strconv.ParseInt(id[1], 10, 64)
	return time.Unix(seconds, 0).UTC().Format("2006-01-02T15:04:05.") + id[2] + "Z", id[3], err == nil
}

// laurelRecords gives the records under a key: an object, or a list of several. Keys that are not the type of a record
// have none.
func laurelRecords(key string, value any) (records []map[string]any) {
	if !laurelType.MatchString(key) || slices.Contains(laurelOwn, key) {
		return nil
	}
	several, isList := value.([]any)
	if !isList {
		several = []any{value}
	}
	for _, one := range several {
		if record, isObject := one.(map[string]any); isObject {
			records = append(records, record)
		}
	}
	return records
}

// auditRecord gives the fields of a record as auditd names and writes them.
func auditRecord(kind string, fields map[string]any) map[string]any {
	out := make(map[string]any, len(fields)+3)
	for name, v := range fields {
		arguments, isList := v.([]any)
		switch {
		case v == nil:
		case name == "ARGV" && isList && kind == "PROCTITLE":
			texts := make([]string, len(arguments))
			for i, argument := range arguments {
				texts[i] = fmt.Sprint(auditValue(kind, name, argument))
			}
			out["proctitle"] = strings.Join(texts, " ")
		case name == "ARGV" && isList:
			for i, argument := range arguments {
				name := "a" + strconv.Itoa(i)
				out[name] = auditValue(kind, name, argument)
			}
		default:
			out[name] = auditValue(kind, name, v)
		}
	}
	return out
}

// auditValue gives a value without the percent signs for bytes that are not printable, and a number without the prefix
// of its base.
func auditValue(kind, name string, v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	if kind != "EXECVE" && laurelNumber.MatchString(name) {
		if digits, ok := strings.CutPrefix(text, "0o"); ok {
			return "0" + digits
		}
		return strings.TrimPrefix(text, "0x")
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}
