// Package logline reads lines of text logs: syslog, the event formats of devices (CEF and LEEF), auditd, requests of
// web servers and of Squid, Windows' events of agents, and name=value. In: one line. Out: its fields, or that it has
// none of these forms.
//
// What must stay true: a field has the text that its program wrote, without quotes and escapes. Nothing is guessed but
// the year that a time of RFC 3164 lacks, and a Reader says so.
package logline

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"
)

// Reader reads the lines of one file, also in several goroutines at once.
type Reader struct {
	Latest time.Time // no line is later: of times without a year, the latest that is not after it is meant

	yearless atomic.Bool
}

// Yearless tells whether some time had no year.
func (r *Reader) Yearless() bool { return r.yearless.Load() }

// Line is what a line holds: fields, or an event that syslog carries whole, in Windows' XML as of Sysmon for Linux, or
// as a JSON object.
type Line struct {
	Fields map[string]any // texts, and maps of texts for structured data
	XML    string
	JSON   string
}

// MayCarry tells whether Parse may find an event that a line carries whole. Otherwise it finds fields or nothing.
func MayCarry(text string) bool {
	return strings.Contains(text, "{") || strings.Contains(text, "<Event")
}

// Parse reads a line without its line break. ok is false if it has none of the forms.
func (r *Reader) Parse(text string) (line Line, ok bool) {
	text, isCarried := carried(strings.TrimSpace(text))
	if isCarried && strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
		return Line{JSON: text}, true
	}
	if fields, ok := cef(text); ok {
		return Line{Fields: fields}, true
	}
	if fields, ok := leef(text); ok {
		return Line{Fields: fields}, true
	}
	if fields, ok := auditd(text); ok {
		return Line{Fields: fields}, true
	}
	if fields, ok := access(text); ok {
		return Line{Fields: fields}, true
	}
	if fields, ok := squid(text); ok {
		return Line{Fields: fields}, true
	}
	if fields, ok := agentEvent(text); ok {
		return Line{Fields: fields}, true
	}
	if header, message, ok := r.header(text); ok {
		return message.in(header), true
	}
	if fields, ok := pairsOnly(text); ok {
		return Line{Fields: fields}, true
	}
	return Line{}, false
}

// archived begins a line of Wazuh's archives.log: the time, the agent, and where the line behind it comes from.
var archived = newForm(beginsAmong(""), `^\d{4} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} (?:\([^)]*\) )?\S+->\S+ `)

// maxCarried is how many lines may be around one.
const maxCarried = 4

// carried gives the line that another one has.
func carried(text string) (line string, isCarried bool) {
	for range maxCarried {
		if head := archived.find(text); head != nil {
			text = text[len(head[0]):]
		} else if _, flag, printed := containersLine(text); flag == "F" {
			text = printed
		} else {
			break
		}
		text, isCarried = strings.TrimSpace(text), true
	}
	return text, isCarried
}

// Detect tells whether a line has one of the forms, so that its file is a text log.
func Detect(text string) bool {
	_, ok := (&Reader{Latest: time.Now()}).Parse(text)
	return ok
}

// put adds a field that the line does not have yet. A second value of a name makes a list.
func put(fields map[string]any, name, value string) {
	switch had := fields[name].(type) {
	case nil:
		fields[name] = value
	case string:
		if had != value {
			fields[name] = []string{had, value}
		}
	case []string:
		fields[name] = append(had, value)
	}
}
