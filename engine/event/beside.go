package event

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/engine/event/winevent"
)

// This file reads events of Windows and of Sysmon for Linux that a collector keeps whole, as XML in one field, with
// fields of its own beside it, whatever they are.

// wholeKeys are those fields: of Splunk, of systemd's journal, of those who send on the journal or lines of syslog,
// of Fluent Bit with render_event_as_xml, and of the tables of Azure's diagnostics. What these send to Event Hubs has
// RawXml deeper, and is not read.
var wholeKeys = []string{"_raw", "MESSAGE", "message", "System", "RawXml"}

// wholeSigns begin such XML, also as JSON escapes it.
var wholeSigns = [][]byte{[]byte("<Event>"), []byte("<Event "), []byte("u003cEvent"), []byte("u003CEvent")}

// hasXML tells whether texts like such XML are in an event, or in the beginning of a file.
func hasXML(data []byte) bool {
	return slices.ContainsFunc(wholeSigns, func(sign []byte) bool { return bytes.Contains(data, sign) })
}

// extractedKeys are fields of such an event itself. Where they stand beside its XML, as Splunk exports what its add-on
// has extracted, the event has all that a rule may ask for, and the XML stays a text.
var extractedKeys = []string{"EventCode", "EventID"}

// whole gives the event that one of these fields holds, or the event as it is. It runs for every event: XML with its
// own brackets is looked for in each, which is cheap, and escaped XML only in a file that has such XML at its
// beginning.
func (r *Reader) whole(found Content) Content {
	if found.record != nil || (!r.isBeside && bytes.IndexByte(found.text, '<') < 0) || !hasXML(found.text) {
		return found
	}
	held, extracted := found, false
	walk(found.text, func(key []byte, value int) bool {
		end := skipValue(found.text, value)
		extracted = slices.Contains(extractedKeys, string(key))
		if end < 0 || extracted {
			return false
		}
		if held.record == nil && slices.Contains(wholeKeys, string(key)) {
			held = heldIn(found.text[value:end], found)
		}
		return true
	})
	if extracted {
		return found
	}
	return held
}

// heldIn gives the event that a text holds as XML, or else the event that has the text.
func heldIn(value []byte, otherwise Content) Content {
	text, ok := carriedText(value)
	if !ok || !isEventTag([]byte(text), "<Event") {
		return otherwise
	}
	fields, ok := wholeRecord(text)
	if !ok {
		return otherwise
	}
	return fieldContent(fields)
}

// wholeRecord reads an event of Windows, which has an id. Another text in a tag of that name may hide nothing beside
// it: somebody may have chosen it for that.
func wholeRecord(text string) (winevent.Fields, bool) {
	fields, err := record(text)
	return fields, err == nil && slices.ContainsFunc(fields, func(f winevent.Field) bool { return f.Name == "EventID" })
}

// unread says why the text of an event, which JSON holds, is not read. It is nil for a text that need not be an event.
func unread(value []byte) error {
	text, _ := carriedText(value) // it is none for another value
	if reason := renderedText(text); reason != "" {
		return errors.New(reason)
	}
	if isEventTag([]byte(text), "<Event") {
		if _, err := record(text); err != nil {
			return fmt.Errorf("not XML: %w", err)
		}
	}
	return nil
}

// renderedText tells of the text of an event what rendered tells of a file.
func renderedText(text string) string {
	first, next, _ := strings.Cut(text, "\n")
	return rendered([]byte(strings.TrimSpace(first)), []byte(strings.TrimLeft(next, " \t\r\n")))
}
