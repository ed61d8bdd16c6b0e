package source

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// Quoted writes a text as YAML in single quotes, where nothing is an escape. A text with characters that cannot be
// seen, such as a line break, is written in double quotes with escapes.
func Quoted(text string) string {
	if diag.Visible(text) != text {
		return strconv.Quote(text) // whose escapes are YAML's too
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

var (
	// plainText matches texts that have no character with a meaning in YAML, not even between brackets.
	plainText = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.\\/-]*( [A-Za-z0-9_.\\/-]+)*$`)
	oldTruth  = regexp.MustCompile(`^(?i:y|n|yes|no|on|off)$`) // true and false in YAML 1.1, which many tools read
)

// Plain writes a text as YAML, in quotes only where YAML would not read the bare text as that text.
func Plain(text string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if plainText.MatchString(text) && n.ShortTag() == "!!str" && !oldTruth.MatchString(text) {
		return text
	}
	return Quoted(text)
}
