package table

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text            string
		columns, indent int
		want            string
	}{
		{"short", 10, 2, "short"},
		{"one two three four", 10, 2, "one two\n  three\n  four"},
		{"0123456789abcdefghij", 10, 2, "0123456789\n  abcdefgh\n  ij"},
		{"日本語日本語", 7, 2, "日本語\n  日本\n  語"},
		{"not on a terminal", 0, 2, "not on a terminal"},
		{"an indent wider than half a line is none", 10, 5, "an indent wider than half a line is none"},
	} {
		assert.Equal(t, c.want, Wrap(c.text, c.columns, c.indent))
	}
}

func TestCut(t *testing.T) {
	assert.Equal(t, "short", Cut("short", 5))
	assert.Equal(t, "shor…", Cut("shorter", 5))
	assert.Equal(t, "日…", Cut("日本語", 4))
	assert.Equal(t, "whole", Cut("whole", 0))
}

// FuzzWrap holds that no line is wider than the columns, and that no letter is lost.
func FuzzWrap(f *testing.F) {
	f.Add("one two three 日本語 e\u0301", 10)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		text = strings.ToValidUTF8(strings.ReplaceAll(text, "\n", ""), "")
		columns = 10 + columns&0x3f
		got := Wrap(text, columns, 2)
		for line := range strings.SplitSeq(got, "\n") {
			assert.LessOrEqual(t, uniseg.StringWidth(line), columns)
		}
		letters := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		assert.Equal(t, letters(text), letters(got))
	})
}
