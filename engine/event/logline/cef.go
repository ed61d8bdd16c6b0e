package logline

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The names of a header's parts, as Microsoft's table CommonSecurityLog and others have them.
var cefParts = []string{"CEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity"}

var (
	cefStart = newForm(begins("CEF:"), `^CEF: ?\d+\|`)
	cefLabel = regexp.MustCompile(`^(?:cs|cn|cfp|c6a|deviceCustomDate|flexString|flexNumber|flexDate)\d+$`)
	cefOwn   = regexp.MustCompile(`^(?:FTNTFGT|FortinetFortiGate)(.+)$`)
)

// cef reads the common event format: seven parts between bars, and an extension of name=value. A value goes on to the
// next name. Custom fields (cs1, cn1 …) are also under the names of their labels, and FortiGate's (FTNTFGTcfgpath, or
// FortinetFortiGatecfgpath in version 6) under the names that FortiGate's own format has (cfgpath).
// https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf
func cef(text string) (map[string]any, bool) {
	if !cefStart.is(text) {
		return nil, false
	}
	fields := map[string]any{}
	rest := strings.TrimSpace(strings.TrimPrefix(text, "CEF:"))
	for _, name := range cefParts {
		end := bar(rest)
		if end < 0 {
			if name != "Severity" {
				return nil, false
			}
			end = len(rest) // some products leave out the last bar of an event without an extension
		}
		if value := unescape(rest[:end], `|\`); value != "" {
			fields[name] = value
		}
		rest = rest[min(end+1, len(rest)):]
	}
	keys := cefKeys(rest)
	for i, key := range keys {
		end := len(rest)
		if i+1 < len(keys) {
			end = keys[i+1].start
		}
		if value := strings.TrimSpace(rest[key.end+1 : end]); value != "" {
			put(fields, rest[key.start:key.end], cefValue(value))
		}
	}
	others := otherNames(fields)
	for _, name := range slices.Sorted(maps.Keys(others)) { // of several with one name, the first counts
		if _, taken := fields[others[name]]; !taken {
			fields[others[name]] = fields[name]
		}
	}
	return fields, true
}

// cefKey is the place of a name in an extension. The equals sign is at its end.
type cefKey struct{ start, end int }

// cefKeys finds the names: letters, digits and some marks before an equals sign, perhaps with a number in brackets. One
// begins the text, or is behind white space.
func cefKeys(text string) (keys []cefKey) {
	for from := 0; ; {
		at := strings.IndexByte(text[from:], '=')
		if at < 0 {
			return keys
		}
		end := from + at
		start := end
		if number := strings.LastIndexByte(text[from:end], '['); number >= 0 && behindNumber(text, from+number, '[', ']') == end {
			start = from + number
		}
		name := start
		for start > from && isOfCEFName(text[start-1]) {
			start--
		}
		if start < name && (start == 0 || strings.IndexByte(whiteSpace, text[start-1]) >= 0) {
			keys = append(keys, cefKey{start, end})
		}
		from = end + 1
	}
}

func isOfCEFName(c byte) bool { return isOfName(c, false) && c != '@' && c != '/' && c != ':' }

// otherNames gives the label of each custom field that has one, and the product's own name of a field.
func otherNames(fields map[string]any) map[string]string {
	out := map[string]string{}
	for name := range fields {
		if own := cefOwn.FindStringSubmatch(name); own != nil {
			out[name] = own[1]
		}
		if label, ok := fields[name+"Label"].(string); ok && cefLabel.MatchString(name) {
			out[name] = label
		}
	}
	return out
}

// bar finds the next bar that no backslash escapes.
func bar(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return -1
}

// cefValue removes the escapes of an extension's value. Other backslashes, as in paths, stay.
func cefValue(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\=`, `=`, `\|`, `|`, `\n`, "\n", `\r`, "\r").Replace(text)
}
