package source

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax turns the YAML library's error into a finding at its line.
func (f *File) syntax(err error) {
	f.broken = true
	line, text := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, convErr := strconv.Atoi(m[1]); convErr == nil {
			line = n
		}
		text = strings.Replace(text, m[0], "", 1)
	}
	at := f.wholeLine(brokenLine(f.lines, line))
	f.Errorf("yaml-syntax", at, syntaxHint(text), "this is not YAML: %s", text)
}

// syntaxHints say what to do about the errors that rules have most often: a part of the library's message, and the hint.
var syntaxHints = []struct{ message, hint string }{
	{"mapping values are not allowed", "write a text that holds a colon and a space in quotes, or check the indentation"},
	{"found character that cannot start any token", "indent with spaces, and write a text that begins with %, @, ` or a tab in quotes"},
	{"found unknown escape character", "write backslashes in single quotes: in double quotes each begins an escape"},
	{"did not find expected hexdecimal number", "write backslashes in single quotes: in double quotes each begins an escape"},
	{"unknown anchor", "write a text that begins with * in quotes"},
	{"did not find expected alphabetic or numeric character", "write a text that begins with * or & in quotes"},
	{"invalid leading UTF-8 octet", "save the file as UTF-8"},
	{"invalid trailing UTF-8 octet", "save the file as UTF-8"},
	{"control characters are not allowed", "save the file as UTF-8, without control characters"},
}

func syntaxHint(text string) string {
	for _, h := range syntaxHints {
		if strings.Contains(text, h.message) {
			return h.hint
		}
	}
	return "check indentation, quotes and colons near this line"
}

// How many shorter forms of a broken file are tried, and up to what size it is worth it.
const (
	maxProbes    = 300
	maxProbeSize = 32 << 10
)

// brokenLine finds where a file stops being YAML: the line after the longest beginning that is.
// The library reports where the enclosing block began, or the line before, which misleads.
func brokenLine(lines []string, reported int) int {
	for n := len(lines) - 1; n > 0; n-- {
		beginning := strings.Join(lines[:n], "\n")
		if len(lines)-n > maxProbes || len(beginning) > maxProbeSize {
			return reported
		}
		if isYAML(beginning) {
			return n + 1
		}
	}
	return 1
}

func isYAML(text string) bool {
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// oneLine says a YAML error, which may be a list of them, on one line.
func oneLine(err error) string {
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		return strings.Join(typed.Errors, "; ")
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}
