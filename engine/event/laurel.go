package event

import (
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
	// Numbers of another base have a prefix in these fields, which are no arguments of a program.
	laurelNumber = regexp.MustCompile(`^(?:arch|a[0-3]|mode)$`)
)

// laurelOwn are keys that Laurel adds about the processes of an event.
var laurelOwn = []string{"PARENT_INFO", "CONTAINER_INFO", "PID", "PPID"}

// recordSize is about the memory that a record takes at least.
const recordSize = 1000

// expandAudit queues the records of an event. It is false if the line is none.
func (r *Reader) expandAudit(raw Raw) bool {
	head := laurelLine.FindStringSubmatch(string(raw.text[:min(len(raw.text), 64)]))
	if head == nil {
		return false
	}
	event := parse(raw.text)
	if event == nil {
		return false // the caller says why
	}
	seconds, err := strconv.ParseInt(head[1], 10, 64)
	if err != nil {
		return false
	}
	at := time.Unix(seconds, 0).UTC().Format("2006-01-02T15:04:05.") + head[2] + "Z"
	r.lines--
	r.queue, r.queued, r.copied = r.queue[:0], 0, 0
	for _, kind := range slices.Sorted(maps.Keys(event)) {
		records, isList := event[kind].([]any)
		if !isList {
			records = []any{event[kind]}
		}
		if !laurelType.MatchString(kind) || slices.Contains(laurelOwn, kind) {
			continue
		}
		for _, record := range records {
			fields, ok := record.(map[string]any)
			if !ok {
				continue
			}
			if !r.copies(recordSize) {
				r.refuseCopies(raw.Line)
				return true
			}
			out := auditRecord(kind, fields)
			out["type"], out["serial"], out["timestamp"] = kind, head[3], at
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
