package source

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
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
	f.Errorf("yaml-syntax", at, syntaxHint(text), "invalid YAML: %s", text)
}

// syntaxHints say how to fix the most frequent errors: a part of the library's message, and the hint.
var syntaxHints = []struct{ message, hint string }{
	{"mapping values are not allowed", "put a text with a colon and a space in quotes, or check the indentation"},
	{"found character that cannot start any token", "indent with spaces, and put a text that begins with %, @, ` or a tab in quotes"},
	{"found unexpected end of stream", "a text in quotes does not end: add the quote that closes it"},
	{"did not find expected node content", "a list or mapping in brackets has nothing in it and does not end: close it, or put a text with brackets in quotes"},
	{"did not find expected ',' or", "a list or mapping in brackets does not end, or lacks a comma: close it, or put a text with brackets in quotes"},
	{"found unknown escape character", "put texts with backslashes in single quotes: in double quotes a backslash begins an escape"},
	{"did not find expected hexdecimal number", "put texts with backslashes in single quotes: in double quotes a backslash begins an escape"},
	{"unknown anchor", "put a text that begins with * in quotes"},
	{"did not find expected alphabetic or numeric character", "put a text that begins with * or & in quotes"},
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

// How many shortened forms of a broken file are tried, and up to which size of file.
const (
	maxProbes    = 300
	maxProbeSize = 32 << 10
)

// brokenLine finds the line where a file stops being valid YAML: the one after its longest valid beginning. The line
// that the library reports misleads: it is the start of the enclosing block, or the line before.
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
