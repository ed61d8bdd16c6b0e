package event

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// This file reads events of Windows and of Sysmon for Linux that a collector keeps whole, as XML in one field, with
// fields of its own beside it, whatever they are.

// wholeKeys are those fields: of Splunk, of systemd's journal, and of those who send on the journal or lines of syslog.
var wholeKeys = []string{"_raw", "MESSAGE", "message"}

// wholeSigns begin such XML, also as JSON escapes it.
var wholeSigns = [][]byte{[]byte("<Event>"), []byte("<Event "), []byte("u003cEvent"), []byte("u003CEvent")}

// hasXML tells whether texts like such XML are in the beginning of a file.
func hasXML(head []byte) bool {
	return slices.ContainsFunc(wholeSigns, func(sign []byte) bool { return bytes.Contains(head, sign) })
}

// whole gives the event that one of these fields holds, or the event as it is. It runs for every event: XML with its
// own brackets is looked for in each, which is cheap, and escaped XML only in a file that has such XML at its
// beginning.
func (r *Reader) whole(found Content) Content {
	if found.record != nil || (!r.isBeside && bytes.IndexByte(found.text, '<') < 0) || !hasXML(found.text) {
		return found
	}
	walk(found.text, func(key []byte, value int) bool {
		end := skipValue(found.text, value)
		if end < 0 || !slices.Contains(wholeKeys, string(key)) {
			return end >= 0
		}
		text, ok := carriedText(found.text[value:end])
		if !ok || !isEventTag([]byte(text), "<Event") {
			return true
		}
		if fields, err := record(text); err == nil {
			found = fieldContent(fields)
		}
		return found.record == nil
	})
	return found
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
