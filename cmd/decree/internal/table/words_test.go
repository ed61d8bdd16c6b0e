package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"short", "one two", "one two"},
		{"at spaces", "one two three four five", "one two three\n  four five"},
		{"a path that is longer", `at C:\Windows\System32\whoami.exe now`, "at\n  C:\\Windows\\System32\\whoami.exe\n  now"},
		{"code", "write `not (a or b or c)` instead", "write\n  `not (a or b or c)`\n  instead"},
		{"quotes with an escape", `no "a \" b c d e f" here`, "no\n  \"a \\\" b c d e f\"\n  here"},
		{"a quote that is not closed", "an \" alone in a text", "an \" alone in a\n  text"},
		{"wide letters", "文字 文字 文字 文字", "文字 文字 文字\n  文字"},
		{"spaces that begin it", "  = hint: one two three", "  = hint: one\n  two three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Words(c.text, 16, 2)
			assert.Equal(t, c.want, got)
			assert.Equal(t, strings.Fields(c.text), strings.Fields(got), "nothing is lost")
			assert.Equal(t, c.text, Words(c.text, 0, 2))
		})
	}
}
