package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/schema"
	"decree/tests/stories"
)

// product is how a model file of one's own says where a product keeps a log that the shipped model does not know.
type product struct {
	extends string
	header  string // keys of the model
	table   string // and scope, of the log
	prefix  string // of the log's columns
	kql     bool   // columns have types and hold objects
	event   func(*stories.Process) doc
}

var products = map[string]product{
	"mde": {extends: "mde", table: "table: MyProcesses, scope: [{column: Kind, values: [mine]}]", prefix: "My", kql: true, event: func(p *stories.Process) doc {
		return doc{"Timestamp": p.At.Format("2006-01-02T15:04:05.000Z"), "ReportId": p.ID, "Kind": "mine"}
	}},
	"splunk": {extends: "splunk-windows", header: "id: [RecordID]\n", table: `table: 'source="mine"', scope: [{column: source, values: [mine], engine_only: true}]`, prefix: "my_", event: func(p *stories.Process) doc {
		return doc{"_time": float64(p.At.UnixMilli()) / 1000, "RecordID": fmt.Sprint(p.ID), "source": "mine"}
	}},
	"ecs": {extends: "ecs", table: "table: process, indices: [logs-mine-*], scope: [{column: event.category, values: [process], engine_only: true}, {column: event.type, values: [mine]}]", prefix: "mine.", event: func(p *stories.Process) doc {
		return doc{"@timestamp": p.At.Format("2006-01-02T15:04:05.999999999Z07:00"), "event": doc{"id": fmt.Sprint(p.ID), "category": []string{"process"}, "type": []string{"mine"}}}
	}},
}

// mine is such a log: a source of process creations under names of its own, which lacks some of the fields.
type mine struct {
	product
	text    string
	columns []string                                 // of it, for KQL with their types
	sides   []string                                 // fields that tell which of two columns has another field
	values  map[string]func(*stories.Process) string // of the fields that it has, as it has them
	fills   []func(doc, *stories.Process)            // write the fields of an event
}

// overlay writes a model file with a log of one's own.
func (a projectAuthor) overlay(of product) *mine {
	m := &mine{product: of, values: map[string]func(*stories.Process) string{}}
	var fields, parents, entities []string
	maybe := func(n int) bool { return a.IntN(n) > 0 } // nearly always, for a large n
	if maybe(8) {
		fields = append(fields, m.field(a, "Image", func(p *stories.Process) string { return p.Image })...)
	}
	if maybe(6) {
		fields = append(fields, m.field(a, "CommandLine", func(p *stories.Process) string { return p.Command })...)
	}
	if maybe(4) {
		fields = append(fields, m.field(a, "User", func(p *stories.Process) string { return p.User })...)
	}
	if maybe(2) {
		fields = append(fields, "OriginalFileName: "+m.plain("OriginalFileName", func(*stories.Process) string { return "" }))
	}
	if maybe(4) {
		m.values["ParentImage"] = func(p *stories.Process) string { return p.Parent.Image }
		parents = append(parents, "Image: "+m.plain("ParentImage", m.values["ParentImage"]))
	}
	if maybe(4) {
		parents = append(parents, "CommandLine: "+m.plain("ParentCommandLine", func(p *stories.Process) string { return p.Parent.Command }))
	}
	if maybe(2) {
		m.values["host"] = func(p *stories.Process) string { return p.Host }
		m.values["user"] = func(p *stories.Process) string { return p.User }
		m.values["sha1"] = func(p *stories.Process) string { return p.SHA1 }
		entities = append(entities, "host: "+m.plain("Host", m.values["host"]), "user: "+m.plain("Who", m.values["user"]), "sha1: "+m.plain("Hash", m.values["sha1"]))
	}
	category := a.one("process_creation", "process_creation", "'*'")
	m.text = fmt.Sprintf("name: mine\ntitle: Mine\nextends: %s\n%ssources:\n  - {name: mine, product: windows, category: %s, %s,\n     fields: {%s},\n     ancestors: {1: {%s}},\n     entities: {%s}",
		of.extends, of.header, category, of.table, strings.Join(fields, ", "), strings.Join(parents, ", "), strings.Join(entities, ", "))
	if of.kql {
		m.text += ",\n     columns: {Timestamp: datetime, ReportId: long, Kind: string, " + strings.Join(m.columns, ", ") + "}"
	}
	m.text += "}\n"
	return m
}

// plain writes a field in a column of its own.
func (m *mine) plain(name string, value func(*stories.Process) string) string {
	column := m.prefix + name
	m.columns = append(m.columns, column+": string")
	m.fills = append(m.fills, func(d doc, p *stories.Process) {
		if v := value(p); v != "" {
			put(d, column, v)
		}
	})
	return "{column: " + column + "}"
}

// field writes a field in one of the ways that a model knows.
func (m *mine) field(a projectAuthor, name string, value func(*stories.Process) string) []string {
	m.values[name] = value
	half := func(of int) func(*stories.Process) string {
		return func(p *stories.Process) string {
			if p.ID%2 == of {
				return value(p)
			}
			return ""
		}
	}
	switch kind := a.IntN(6); {
	case kind == 0: // one of two columns has it
		first, second := name+"A", name+"B"
		return []string{first + ": " + m.plain(first, half(0)), second + ": " + m.plain(second, half(1)), fmt.Sprintf("%s: {column: %s%s, spread: [%s, %s]}", name, m.prefix, first, first, second)}
	case kind == 1 && m.kql: // inside a column of objects
		column := "Bag" + name
		m.columns = append(m.columns, column+": dynamic")
		m.fills = append(m.fills, func(d doc, p *stories.Process) { d[column] = doc{"of": value(p)} })
		return []string{fmt.Sprintf("%s: {column: %s.of}", name, column)}
	case kind == 2: // in another where the first is empty
		m.plain(name, half(0))
		m.plain(name+"Else", half(1))
		return []string{fmt.Sprintf("%s: {column: %s%s, or_else: %s%sElse}", name, m.prefix, name, m.prefix, name)}
	case kind == 5: // in another where a third tells so, which rules may ask, too
		m.plain(name, half(0))
		m.plain(name+"There", half(1))
		side := func(p *stories.Process) string { return []string{"Here", "There", ""}[p.ID%2*(1+p.ID/2%2)] }
		m.values[name+"Side"], m.sides = side, append(m.sides, name+"Side")
		m.values[name] = func(p *stories.Process) string {
			if p.ID%2 == 1 && side(p) == "" { // the other column has it, and nothing tells so
				return ""
			}
			return value(p)
		}
		return []string{fmt.Sprintf("%s: {column: %s%s, instead: {column: %s%sThere, when: %s%sSide, is: [elsewhere, there]}}", name, m.prefix, name, m.prefix, name, m.prefix, name),
			name + "Side: " + m.plain(name+"Side", side)}
	case kind == 3 && name == "Image": // with a companion that has the file's name alone
		m.plain("FileName", (*stories.Process).Name)
		return []string{strings.TrimSuffix("Image: "+m.plain(name, value), "}") + ", filename: " + m.prefix + "FileName}"}
	case kind == 3 && name == "User": // under the product's own names
		own := map[string]string{"alice": "user-1", "Bob": "user-2", "svc": "service"}
		m.values[name] = func(p *stories.Process) string { return own[p.User] }
		text := m.plain(name, m.values[name])
		return []string{"User: " + strings.TrimSuffix(text, "}") + ", values: {alice: user-1, Bob: user-2, svc: service}}"}
	}
	return []string{name + ": " + m.plain(name, value)}
}

// has tells which processes the log has, beside the product's own.
func (m *mine) has(p *stories.Process) bool { return m != nil && p.ID%3 == 0 }

// tells are the fields that tell which of two columns has another field.
func (m *mine) tells() []string {
	if m == nil {
		return nil
	}
	return m.sides
}

// doc is the event of a process.
func (m *mine) doc(p *stories.Process) doc {
	d := m.event(p)
	for _, fill := range m.fills {
		fill(d, p)
	}
	return d
}

// modelFile writes a model and reads it, as a command does.
func modelFile(t *testing.T, text string) (file string, m *schema.Model) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "model.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	m, err := schema.LoadFile(file)
	require.NoError(t, err, text)
	return file, m
}

// entangled writes a model file whose fields refer to each other in any way, also in circles and to what is not there.
func (a projectAuthor) entangled(of product) string {
	names := []string{"Image", "CommandLine", "User", "UserDomain", "OriginalFileName"}
	var fields []string
	for _, name := range names {
		text := name + ": {column: " + of.prefix + name
		if a.IntN(2) == 0 {
			other := a.one(append(names, "Nothing", strings.ToLower(pick(a.author, names)))...)
			text += a.one(", spread: ["+other+"]", ", spread: ["+other+", "+pick(a.author, names)+"]", ", domain: "+other, ", under: "+other, ", under: "+other+", alone: true", ", or_else: "+of.prefix+other)
		}
		fields = append(fields, text+"}")
	}
	if a.IntN(4) == 0 {
		fields = fields[1:]
	}
	at := a.one("fields: {%s}", "fields: {%s}", "fields: {Image: {column: x}}, ancestors: {1: {%s}}")
	return "name: mine\ntitle: Mine\nextends: " + of.extends + "\nsources:\n  - {name: mine, product: windows, category: process_creation, " + of.table + ", " + fmt.Sprintf(at, strings.Join(fields, ", ")) + "}\n"
}
