// Package conf reads Splunk's .conf files. In: bytes. Out: stanzas with their settings, in the order of the file; a
// stanza or a setting that is there twice is one, and the later value wins. What must stay true: a value is never a
// setting of another stanza, and reading takes time and memory in proportion to the file.
//
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile
package conf

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Stanza is the settings below a line `[name]`. Those before the first are of the stanza "default".
type Stanza struct {
	Name     string
	Settings []Setting
}

// Setting is `key = value`. A value of several lines has line breaks, without the backslashes before them.
type Setting struct{ Key, Value string }

// Default is the stanza whose settings hold for all others of the file.
const Default = "default"

// Read reads a file. An error names the first line that is neither a stanza nor a setting nor a comment. A key that
// begins with a pipe is the rest of a search.
func Read(data []byte) ([]Stanza, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("the file is not text in UTF-8")
	}
	var f file
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		at, line := i+1, strings.TrimSpace(lines[i])
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			end := strings.LastIndexByte(line, ']')
			if end < 0 {
				return nil, fmt.Errorf("line %d: the name of the stanza does not end in ]", at)
			}
			f.begin(strings.TrimSpace(line[1:end]))
		default:
			parts := []string{lines[i]}
			for last := 0; strings.HasSuffix(parts[last], `\`) && i+1 < len(lines); last++ {
				i++
				parts[last] = strings.TrimSuffix(parts[last], `\`)
				parts = append(parts, lines[i])
			}
			whole := strings.Join(parts, "\n")
			key, value, ok := strings.Cut(whole, "=")
			name := strings.TrimSpace(key)
			if !ok || name == "" || name[0] == '|' || strings.Contains(key, "\n") {
				return nil, fmt.Errorf("line %d: a setting is written `key = value`%s", at, cutOff(lines[:at-1]))
			}
			f.set(name, strings.TrimSpace(strings.TrimSuffix(strings.TrimRight(value, " \t\n"), `\`)))
		}
	}
	return f.stanzas, nil
}

// cutOff says of a line that is not a setting how it goes on with the value before it, where there is one: Splunk ends
// a value at a line without a backslash at its end, or with white space behind it, and a search is cut there.
func cutOff(before []string) string {
	at := len(before)
	if at == 0 || strings.TrimSpace(before[at-1]) == "" || strings.Contains("[#;", before[at-1][:1]) {
		return ""
	}
	return fmt.Sprintf("; if it belongs to the value before it, end line %d with a backslash and nothing behind it", at)
}

// file is a file while it is read.
type file struct {
	stanzas  []Stanza
	named    map[string]int
	settings []map[string]int // of each stanza: key -> place
	at       int
}

func (f *file) begin(name string) {
	if f.named == nil {
		f.named = map[string]int{}
	}
	at, had := f.named[name]
	if !had {
		at = len(f.stanzas)
		f.named[name] = at
		f.stanzas, f.settings = append(f.stanzas, Stanza{Name: name}), append(f.settings, map[string]int{})
	}
	f.at = at
}

func (f *file) set(key, value string) {
	if len(f.stanzas) == 0 {
		f.begin(Default)
	}
	s := &f.stanzas[f.at]
	if i, had := f.settings[f.at][key]; had {
		s.Settings[i].Value = value
		return
	}
	f.settings[f.at][key] = len(s.Settings)
	s.Settings = append(s.Settings, Setting{key, value})
}

// Layer lays the settings of files over each other, as Splunk lays the folder local over default: the later file wins,
// setting by setting.
func Layer(files ...[]Stanza) []Stanza {
	var f file
	for _, stanzas := range files {
		for _, s := range stanzas {
			f.begin(s.Name)
			for _, one := range s.Settings {
				f.set(one.Key, one.Value)
			}
		}
	}
	return f.stanzas
}

// WithDefaults gives each stanza the settings of the stanza default that it does not have, and leaves that one out.
func WithDefaults(stanzas []Stanza) []Stanza {
	var f file
	var defaults []Setting
	for _, s := range stanzas {
		if s.Name == Default {
			defaults = s.Settings
		}
	}
	for _, s := range stanzas {
		if s.Name == Default {
			continue
		}
		f.begin(s.Name)
		for _, settings := range [][]Setting{defaults, s.Settings} {
			for _, one := range settings {
				f.set(one.Key, one.Value)
			}
		}
	}
	return f.stanzas
}
