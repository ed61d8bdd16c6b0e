package lineage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/engine/document"
	"decree/engine/fold"
	"decree/rules/ir"
)

// Process is what the tree keeps of an event: the keys of its process and of those above it, and the fields
// of all that rules ask for or results show.
type Process struct {
	// Created says that the event is the creation of the process. In a source with events of any category, an event is
	// one if it names the parent.
	Created bool
	// Told says that an event of any category, which is not known as a creation, tells fields of the process. It counts
	// if no creation is known: the first process of a chain names no parent.
	Told bool

	order  int
	at     time.Time
	keys   [3]string // of the process, its parent and its grandparent; "" is unknown
	unique [3]uniqueness
	fields []processField
}

// uniqueness says how long no other process has the same key.
type uniqueness uint8

const (
	reused       uniqueness = iota // a bare process id
	untilRestart                   // keys begin anew when the host restarts
	always
)

type processField struct {
	field *ir.Field // the source's, shared
	value string
}

// Tells tells whether events of the source are kept for the tree.
func (s *Source) Tells() bool { return len(s.keys[0]) > 0 && s.kept != nil }

// Process reads the process of the current event. order is the event's position in the input; at is its time, or zero.
func (s *Source) Process(d *document.Document, order int, at time.Time) *Process {
	p := &Process{order: order, at: at, fields: make([]processField, 0, len(s.kept))}
	for level := range p.keys {
		p.keys[level], p.unique[level] = s.key(d, level)
	}
	for i := range s.kept {
		k := &s.kept[i]
		if v, ok := d.First(k.slot); ok {
			p.fields = append(p.fields, processField{&k.field, strings.Clone(v)})
		}
	}
	ofAny := s.source.Category == "*" || s.source.Category == ""
	p.Created = p.keys[0] != "" && (!ofAny || p.keys[1] != "")
	if !p.Created && p.unique[0] != reused {
		p.told()
	}
	return p
}

// key names the process at a level: by its host and the first key whose columns the event has all; "" if there is none.
func (s *Source) key(d *document.Document, level int) (key string, unique uniqueness) {
	if s.host < 0 {
		return "", reused
	}
	host, _ := d.First(s.host)
	for way, slots := range s.keys[level] {
		if values, whole := all(d, slots); whole {
			return fold.Text(host) + "\x00" + strconv.Itoa(way) + "\x00" + fold.Text(strings.Join(values, "\x00")), s.uniqueness(way)
		}
	}
	return "", reused
}

// uniqueness of the keys that name processes in one way.
func (s *Source) uniqueness(way int) uniqueness {
	switch {
	case !s.source.UniqueKeys || way > 0 && s.source.ReusedFallbackKeys:
		return reused
	case s.source.KeysPerBoot:
		return untilRestart
	default:
		return always
	}
}

// all reads the first value of each slot; whole is false if one has none.
func all(d *document.Document, slots []int) (values []string, whole bool) {
	for _, slot := range slots {
		v, ok := d.First(slot)
		if !ok || v == "" {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// field gives a field of the process or of one above it, as its event has it.
func (p *Process) field(f ir.Field) (string, bool) {
	for _, known := range p.fields {
		if *known.field == f {
			return known.value, true
		}
	}
	return "", false
}

// processSize is about what a process takes beside its texts.
const processSize = 200

// told keeps what an event of any category tells of its process. Without a command line the event may be that of a file
// or a connection, of which only the image is the process's: the hashes may be a file's.
func (p *Process) told() {
	if _, ok := p.field(ir.Field{Name: "CommandLine"}); !ok {
		p.fields = slices.DeleteFunc(p.fields, func(f processField) bool { return *f.field != ir.Field{Name: "Image"} })
	}
	p.Told = len(p.fields) > 0
}

// size is about how many bytes a process takes.
func (p *Process) size() int {
	size := processSize
	for _, k := range p.keys {
		size += 16 + len(k)
	}
	for _, f := range p.fields {
		size += 32 + len(f.value)
	}
	return size
}
