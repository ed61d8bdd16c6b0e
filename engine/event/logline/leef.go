package logline

import (
	"regexp"
	"strconv"
	"strings"
)

// The names of a header's parts: those of CEF, where it has the same.
var leefParts = []string{"LEEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID"}

var (
	leefStart     = newForm(begins("LEEF:"), `^LEEF: ?([12])\.\d\|`)
	leefDelimiter = regexp.MustCompile(`^(?:(?i:0?x)([0-9A-Fa-f]{1,4})|#011|\\t|[^A-Za-z0-9=])?$`)
)

// isDeviceEvent tells whether a text begins as CEF, LEEF or an agent's event does.
func isDeviceEvent(text string) bool {
	return cefStart.MatchString(text) || leefStart.MatchString(text) || isAgentEvent(text)
}

// leef reads IBM's log event extended format: five parts between bars, and attributes name=value between tabs. From
// version 2.0 a sixth part may name another delimiter, as a character or as a hexadecimal number. A tab may be the two
// letters \t there, and between the attributes, too. rsyslog writes a tab as #011.
// https://www.ibm.com/docs/en/dsm?topic=leef-overview
func leef(text string) (map[string]any, bool) {
	start := leefStart.find(text)
	if start == nil {
		return nil, false
	}
	fields := map[string]any{}
	rest := strings.TrimSpace(strings.TrimPrefix(text, "LEEF:"))
	for _, name := range leefParts {
		value, after, found := strings.Cut(rest, "|")
		if !found && name != "DeviceEventClassID" {
			return nil, false
		}
		if value != "" {
			fields[name] = value
		}
		rest = after
	}
	delimiter, named := "\t", ""
	if part, after, found := strings.Cut(rest, "|"); found && start[1] == "2" && leefDelimiter.MatchString(part) {
		rest, named = after, part
		delimiter = delimiterOf(part)
	}
	if delimiter == "\t" && !strings.Contains(rest, "\t") {
		rest = strings.ReplaceAll(rest, "#011", "\t")
		if named == `\t` && !strings.Contains(rest, "\t") {
			rest = strings.ReplaceAll(rest, named, "\t")
		}
	}
	for attribute := range strings.SplitSeq(rest, delimiter) {
		if name, value, ok := strings.Cut(attribute, "="); ok && strings.TrimSpace(name) != "" && value != "" {
			put(fields, strings.TrimSpace(name), value)
		}
	}
	return fields, true
}

// delimiterOf gives the character that a header names.
func delimiterOf(part string) string {
	switch m := leefDelimiter.FindStringSubmatch(part); {
	case m[1] != "":
		if code, err := strconv.ParseUint(m[1], 16, 16); err == nil && code > 0 {
			return string(rune(code))
		}
		return "\t"
	case part == "", part == "#011", part == `\t`:
		return "\t"
	}
	return part
}
