package logline

import (
	"strings"
)

// fewestPairs is how many pairs make a line one of name=value.
const fewestPairs = 3

// pair is a name and its value. quote is the character around the value, or 0. more is what stands between it and the
// next name.
type pair struct {
	name, value, more string
	quote             byte
}

var (
	leadTime = newForm(beginsAmong("["), `^\[?(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)\]?,? +`)
)

// pairsOnly reads a line that is name=value from beginning to end, or after a time, and has some value. Values with
// spaces are quoted. Pairs are apart by spaces, commas or semicolons.
func pairsOnly(text string) (map[string]any, bool) {
	fields := map[string]any{}
	if at := leadTime.find(text); at != nil {
		fields["timestamp"] = strings.Replace(at[1], ",", ".", 1)
		text = text[len(at[0]):]
	}
	if nameLength(strings.TrimLeft(text, apart)) == 0 {
		return nil, false // most lines: that saves reading the rest
	}
	found, whole := pairs(text)
	if !whole || len(found) < fewestPairs {
		return nil, false
	}
	for _, p := range found {
		if p.value != "" {
			put(fields, p.name, p.value)
		}
	}
	// FortiGate and others write the day, the time and the zone apart.
	date, dated := fields["date"].(string)
	hour, timed := fields["time"].(string)
	if _, has := fields["timestamp"]; dated && timed && !has {
		zone, _ := fields["tz"].(string)
		fields["timestamp"] = date + "T" + hour + zone
	}
	return fields, len(fields) > 0
}

// apart are what stands between pairs.
const apart = " \t,;"

// nameLength is how long the name of a pair is that a text begins with, with its equals sign; 0 if there is none. A
// name may have a number in brackets and one in parentheses behind it.
func nameLength(text string) int {
	at := 0
	for at < len(text) && isOfName(text[at], at == 0) {
		at++
	}
	if at == 0 {
		return 0
	}
	at = behindNumber(text, behindNumber(text, at, '[', ']'), '(', ')')
	if at == len(text) || text[at] != '=' {
		return 0
	}
	return at + 1
}

func isOfName(c byte, isFirst bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '@' ||
		!isFirst && (c >= '0' && c <= '9' || c == '.' || c == '/' || c == ':' || c == '-')
}

// behindNumber gives the place behind a number between two characters, or the same place if there is none.
func behindNumber(text string, at int, open, end byte) int {
	if at == len(text) || text[at] != open {
		return at
	}
	digits := at + 1
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits == at+1 || digits == len(text) || text[digits] != end {
		return at
	}
	return digits + 1
}

// pairs reads name=value. whole is false if the text has something else, which is left out.
func pairs(text string) (found []pair, whole bool) {
	whole = true
	var words []string // behind the last pair
	for {
		text = strings.TrimLeft(text, apart)
		name := text[:nameLength(text)]
		if name == "" && text != "" {
			whole = false
			var word string
			word, text, _ = strings.Cut(text, " ")
			words = append(words, word)
			continue
		}
		if len(found) > 0 && len(words) > 0 {
			found[len(found)-1].more = " " + strings.Join(words, " ")
		}
		if text == "" {
			return found, whole
		}
		words = words[:0]
		p := pair{name: strings.TrimSuffix(name, "=")}
		p.value, p.quote, text = value(text[len(name):])
		found = append(found, p)
	}
}

// value reads a value that ends at a space, or at a comma or semicolon before one. In quotes it ends at the closing
// quote.
func value(text string) (v string, quote byte, rest string) {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		for i := 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				if text[0] == '"' {
					i++
				}
			case text[0]:
				return unquoted(text[1:i]), text[0], text[i+1:]
			}
		}
		if last := len(text) - 1; last > 0 && text[last] == text[0] {
			return unquoted(text[1:last]), text[0], "" // a path that ends with a backslash
		}
	}
	end := 0
	for end < len(text) && text[end] != ' ' && text[end] != '\t' && !((text[end] == ',' || text[end] == ';') && nameLength(text[end+1:]) > 0) {
		end++
	}
	return strings.TrimRight(text[:end], ",;"), 0, text[end:]
}

// unquoted removes the backslashes before quotes, and before backslashes if all of these are doubled. Others are part
// of a path.
func unquoted(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			if i++; i == len(text) || (text[i] != '\\' && text[i] != '"') {
				return strings.ReplaceAll(text, `\"`, `"`)
			}
		}
	}
	return unescape(text, `"\`)
}
