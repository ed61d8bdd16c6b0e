package logline

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Table reads logs whose lines of # name the columns: the W3C's extended log format, as IIS and proxies write it, and
// Zeek's. The columns may change within a file: With gives another table, and a table reads rows in several goroutines
// at once.
//
// https://www.w3.org/TR/WD-logfile.html and https://docs.zeek.org/en/master/log-formats.html
type Table struct {
	columns   []string
	types     []string // of Zeek's columns
	separator string   // of Zeek's cells; "" in the form of the W3C
	set       string   // separator within a cell
	unset     string
	empty     string
	path      string
	day       string // of lines that have only a time
	local     bool   // times are not of UTC
}

// NewTable makes a table, of which no column is known yet.
func NewTable() *Table { return &Table{set: ",", unset: "-", empty: "(empty)"} }

// DetectTable tells whether a file that begins with this line is such a table.
func DetectTable(line string) bool {
	for _, begin := range []string{"#Software:", "#Version:", "#Fields:", "#Date:", "#Start-Date:", "#Remark:", "#separator ", "#fields\t"} {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return false
}

// IsDirective tells whether a line names columns, or says something else about the file.
func IsDirective(line []byte) bool { return bytes.HasPrefix(line, []byte("#")) }

// With gives the table of the rows behind a directive.
func (t *Table) With(directive string) *Table {
	next := *t
	next.directive(directive)
	return &next
}

// Row reads a line without its line break.
func (t *Table) Row(line string) (fields map[string]any, err error) {
	if t.columns == nil {
		return nil, fmt.Errorf("no line #Fields names the columns")
	}
	cells := t.cells(line)
	if len(cells) != len(t.columns) {
		return nil, fmt.Errorf("the line has %d values, but #Fields names %d", len(cells), len(t.columns))
	}
	fields = map[string]any{}
	for i, c := range cells {
		if v := t.value(i, c); v != nil {
			fields[t.columns[i]] = v
		}
	}
	if t.separator != "" {
		if t.path != "" {
			fields["_path"] = t.path
		}
		return fields, nil
	}
	t.addTime(fields)
	if uri, whole := fields["cs-uri"].(string); whole {
		addURIParts(fields, uri)
	} else if slices.Contains(t.columns, "cs-uri-path") {
		uri = composedURI(fields)
		addMissing(fields, "cs-uri", uri)
		addURIParts(fields, uri)
	}
	return fields, nil
}

// directive reads a line of #.
func (t *Table) directive(line string) {
	if name, rest, ok := strings.Cut(line, t.separator); ok && t.separator != "" {
		switch name {
		case "#fields":
			t.columns, t.types = strings.Split(rest, t.separator), nil
		case "#types":
			t.types = strings.Split(rest, t.separator)
		case "#set_separator":
			t.set = rest
		case "#unset_field":
			t.unset = rest
		case "#empty_field":
			t.empty = rest
		case "#path":
			t.path = rest
		}
		return
	}
	name, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(name) {
	case "#separator":
		t.separator = escaped(rest)
	case "#fields:":
		t.columns = strings.Fields(rest)
	case "#date:", "#start-date:":
		t.day, _, _ = strings.Cut(rest, " ")
	case "#time":
		t.local = strings.EqualFold(rest, "Format: Local")
	}
}

// escaped reads Zeek's separator, such as \x09.
func escaped(text string) string {
	var code byte
	if _, err := fmt.Sscanf(text, `\x%02x`, &code); err == nil {
		return string(rune(code))
	}
	return text
}

// cell is a value and whether it was quoted.
type cell struct {
	text   string
	quoted bool
}

func (t *Table) cells(line string) (out []cell) {
	if t.separator != "" {
		for part := range strings.SplitSeq(line, t.separator) {
			out = append(out, cell{text: part})
		}
		return out
	}
	for {
		line = strings.TrimLeft(line, " \t")
		switch {
		case line == "":
			return out
		case line[0] == '"':
			text, rest := quotedCell(line[1:])
			out = append(out, cell{text, true})
			line = rest
		default:
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			out = append(out, cell{text: line[:end]})
			line = line[end:]
		}
	}
}

// quotedCell reads a text to its closing quote. A doubled quote stands for one.
func quotedCell(text string) (v, rest string) {
	var b bytes.Buffer
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			if i+1 == len(text) || text[i+1] != '"' {
				return b.String(), text[i+1:]
			}
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}

// value gives what a cell holds; nil if it holds nothing.
func (t *Table) value(column int, c cell) any {
	if c.text == "" || (!c.quoted && c.text == t.unset) {
		return nil
	}
	if t.separator == "" {
		if name := t.columns[column]; !c.quoted && strings.HasSuffix(name, ")") {
			return t.header(c.text)
		}
		return c.text
	}
	if column < len(t.types) && (strings.HasPrefix(t.types[column], "set[") || strings.HasPrefix(t.types[column], "vector[")) {
		if c.text == t.empty {
			return nil
		}
		items := strings.Split(c.text, t.set)
		for i, item := range items {
			items[i] = zeekText(item)
		}
		return items
	}
	if c.text == t.empty {
		return ""
	}
	return zeekText(c.text)
}

// header reads a value of a header of HTTP, in which IIS writes spaces as +, and CloudFront as %20, or formerly as
// %2520.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
func (t *Table) header(text string) string {
	if !slices.Contains(t.columns, "x-edge-location") {
		return strings.ReplaceAll(text, "+", " ")
	}
	for range 2 {
		if read, err := url.PathUnescape(text); err == nil {
			text = read
		}
	}
	return text
}

// zeekText reads a text of Zeek's, in which a backslash is doubled, and a byte that is not printable, or that would
// separate or be taken for a missing value, is written as \x and two digits.
func zeekText(text string) string {
	at := strings.IndexByte(text, '\\')
	if at < 0 {
		return text
	}
	out := append(make([]byte, 0, len(text)), text[:at]...)
	for rest := text[at:]; rest != ""; {
		size := 1
		c := rest[0]
		switch {
		case strings.HasPrefix(rest, `\\`):
			size = 2
		case len(rest) >= 4 && strings.HasPrefix(rest, `\x`):
			if code, err := strconv.ParseUint(rest[2:4], 16, 8); err == nil {
				c, size = byte(code), 4
			}
		}
		out, rest = append(out, c), rest[size:]
	}
	return string(out)
}

// addTime joins the columns date and time, which are of UTC unless the file says otherwise.
func (t *Table) addTime(fields map[string]any) {
	hour, timed := fields["time"].(string)
	day, dated := fields["date"].(string)
	if !dated {
		day = t.day
	}
	if _, has := fields["timestamp"]; has || !timed || day == "" {
		return
	}
	zone := "Z"
	if t.local {
		zone = ""
	}
	fields["timestamp"] = day + "T" + hour + zone
}
