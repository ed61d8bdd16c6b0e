package ir

import "strings"

// FilenameTest says a text test as an equivalent test on the last path component alone, where
// there is one: Filename itself, and EndsWith whose every value is one separator and a name.
func FilenameTest(t Test) (*Text, bool) {
	text, ok := t.(*Text)
	if !ok {
		return nil, false
	}
	if text.Op == Filename {
		return text, true
	}
	if text.Op != EndsWith {
		return nil, false
	}
	names := make([]string, len(text.Values))
	for i, v := range text.Values {
		if len(v) < 2 || v[0] != '\\' || strings.ContainsAny(v[1:], `\/`) {
			return nil, false
		}
		names[i] = v[1:]
	}
	return &Text{Op: Filename, Values: names, Cased: text.Cased}, true
}
