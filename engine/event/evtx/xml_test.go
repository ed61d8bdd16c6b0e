package evtx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestXML(t *testing.T) {
	data := func(text string) string {
		return "<Event><EventData><Data Name='a'>" + text + "</Data></EventData></Event>"
	}
	for _, c := range []struct{ name, in, want string }{
		{"references", data("&lt;&#60;&#x3C;&#x01F600;&amp;#60;"), "<<<😀&#60;"},
		{"control characters", data("\x00\x01&#2;\x1f\x7f"), "\x00\x01\x02\x1f\x7f"},
		{"line ends", data("a\r\nb\rc\n&#13;&#10;"), "a\r\nb\rc\n\r\n"},
		{"line ends in CDATA", data("<![CDATA[a\r\n<b>]]>\r\n"), "a\r\n<b>\r\n"},
		{"line ends between tags", "<Event\r\n b='>'\r\n c=\"'\">\r\n<EventData>\r\n<Data\r\nName='a'>x</Data>\r\n</EventData>\r\n</Event>", "x"},
		{"characters that stand for nothing", data("\U0001fffe\U0010ffff\uffff\uffef"), "���\uffef"},
		{"no characters", data("\xff&#xd800;&#1114112;&#99999999999;"), "����"},
		{"a line end alone", data("\n"), "\n"},
		{"a line end and an indent", data("\r\n    "), ""},
		{"spaces", data("   "), "   "},
	} {
		got, err := FromXML([]byte(c.in))
		require.NoError(t, err, c.name)
		assert.Equal(t, map[string]any{"a": c.want}, got.Map(), c.name)
	}
	for _, c := range []struct{ name, in, want string }{
		{"an entity that XML does not define", data("&a;"), "invalid character entity &a;"},
		{"a reference without an end", data("&#60 "), "invalid character entity &#60 (no semicolon)"},
		{"a reference without digits", data("&#;"), "invalid character entity &#;"},
		{"a reference to no number", data("&#xyz;"), "invalid character entity &#x (no semicolon)"},
		{"a tag that does not close", "<Event><a></Event>", "element <a> closed by </Event>"},
		{"an end that is missing", "<Event>", "unexpected EOF"},
		{"nothing", "", "EOF"},
		{"elements too deep", "<Event>" + strings.Repeat("<a>", 70), "elements nest deeper than 64"},
	} {
		_, err := FromXML([]byte(c.in))
		assert.EqualError(t, err, c.want, c.name)
	}
}
