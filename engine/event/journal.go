package event

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"decree/engine/event/logline"
)

// Entries of systemd's journal as journalctl -o json writes them: a field that is not printable UTF-8 is a list of its
// bytes, as numbers.
// https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format

var (
	journalSign  = []byte(`"__REALTIME_TIMESTAMP"`)
	auditSign    = []byte(`"_AUDIT_TYPE_NAME"`)
	bytesOfField = regexp.MustCompile(`:\s*\[\s*(?:\[\s*)?\d`)
)

// journalEntry gives the content of an entry with the texts of such fields, and with the fields of a record of the
// audit log, which is in its message. Bytes that are not UTF-8 become U+FFFD.
func journalEntry(entry Content) Content {
	isAudit := bytes.Contains(entry.text, auditSign)
	if !isAudit && (bytes.IndexByte(entry.text, '[') < 0 || !bytesOfField.Match(entry.text)) {
		return entry
	}
	fields := parse(entry.text)
	changed := isAudit && addAuditRecord(fields)
	for name, v := range fields {
		if text, ok := ofBytes(v); ok {
			fields[name], changed = text, true
			continue
		}
		several, _ := v.([]any) // values of a field that the entry has more than once
		for i, one := range several {
			if text, ok := ofBytes(one); ok {
				several[i], changed = text, true
			}
		}
	}
	if !changed {
		return entry
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // what was read from JSON can be written
	}
	return TextContent(text)
}

// addAuditRecord adds the fields of the record in the message of an entry. They come before those of the journal.
func addAuditRecord(entry map[string]any) bool {
	kind, _ := entry["_AUDIT_TYPE_NAME"].(string)
	message, _ := entry["MESSAGE"].(string)
	text, ok := strings.CutPrefix(message, kind+" ")
	if kind == "" || !ok {
		return false
	}
	maps.Copy(entry, logline.Audit(kind, text))
	if serial, ok := entry["_AUDIT_ID"]; ok {
		entry["serial"] = serial
	}
	return true
}

// ofBytes gives the text of a list of bytes.
func ofBytes(v any) (string, bool) {
	list, _ := v.([]any)
	text := make([]byte, 0, len(list))
	for _, item := range list {
		number, _ := item.(json.Number)
		one, err := strconv.ParseUint(string(number), 10, 8)
		if err != nil {
			return "", false
		}
		text = append(text, byte(one))
	}
	return valid(string(text)), len(list) > 0
}
