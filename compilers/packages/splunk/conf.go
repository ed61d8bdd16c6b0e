package splunk

import (
	"strings"

	reader "decree/compilers/deployed/conf"
	"decree/compilers/packages"
	"decree/rules/diag"
)

// conf is a .conf file while it is written. Splunk reads a line `[name]` as the begin of a stanza and `key = value` as
// a setting. A backslash at the end of a line goes on with the value in the next line. Nothing escapes a character, so
// value and stanzaName leave none that could end a value or a stanza.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile
type conf struct{ text strings.Builder }

// confHead begins each file. Readers that guess the encoding by the first bytes find ASCII there.
const confHead = "# Written by decree from rules. Put your own settings into the folder local: the next version replaces this file.\n"

func newConf() *conf {
	c := &conf{}
	c.text.WriteString(confHead)
	return c
}

// stanza begins a stanza. name is one of ours, or of stanzaName.
func (c *conf) stanza(name string) { c.text.WriteString("\n[" + name + "]\n") }

// set writes a setting on one line. Of several lines it makes one. An empty text is not written.
func (c *conf) set(key, text string) {
	if text = value(text); text != "" {
		c.text.WriteString(key + " = " + text + "\n")
	}
}

// setJSON writes a setting as JSON on one line, in which dollar signs of texts are escaped: Splunk reads none of them
// as a field.
func (c *conf) setJSON(key string, v any) {
	c.set(key, strings.ReplaceAll(packages.JSONLine(v), "$", `\u0024`))
}

// setLines writes a setting with the lines of a text as they are, but for blanks at their ends. The last line does not
// end in a backslash: the caller has asked breaksOut.
func (c *conf) setLines(key, text string) {
	lines := strings.Split(strings.TrimSpace(lineBreaks.Replace(text)), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	c.text.WriteString(key + " = " + strings.Join(lines, " \\\n") + "\n")
}

// lineBreaks makes one kind of the line breaks of all systems.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// breaksOut tells whether a value would go on in the next setting.
func breaksOut(text string) bool { return strings.HasSuffix(strings.TrimSpace(text), `\`) }

// read gives the settings before the first stanza, as Splunk reads them.
func (c *conf) read() map[string]string {
	stanzas, err := reader.Read([]byte(c.String()))
	if err != nil {
		panic(err) // value and setLines leave nothing that is not a setting
	}
	out := map[string]string{}
	for _, one := range stanzas[0].Settings {
		out[one.Key] = one.Value
	}
	return out
}

func (c *conf) String() string { return c.text.String() }

// wideBackslash stands for a backslash at the end of a value, where nothing can escape it.
const wideBackslash = "\uff3c"

// value is a text as the value of a setting: one line, without blanks around it, and with characters that are invisible
// or reorder a line as escapes.
func value(text string) string {
	text = strings.TrimSpace(diag.Visible(strings.Join(strings.Fields(text), " ")))
	if breaksOut(text) {
		text = strings.TrimSuffix(text, `\`) + wideBackslash
	}
	return text
}

// brackets are written in names of stanzas for those that end them.
var brackets = strings.NewReplacer("[", "(", "]", ")")

// stanzaName is a text as the name of a stanza. The stanza default would hold for all others.
func stanzaName(text string) string {
	name := brackets.Replace(value(text))
	if strings.EqualFold(name, "default") {
		name += " (rule)"
	}
	return name
}
