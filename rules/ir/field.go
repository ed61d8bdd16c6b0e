package ir

import (
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// ancestorPrefixes are Sigma's prefixes for the fields of an ancestor.
var ancestorPrefixes = []struct {
	prefix string
	level  int
}{{"GrandParent", 2}, {"Grandparent", 2}, {"Parent", 1}}

// processFields are the fields that every process has, including ancestors.
var processFields = map[string]bool{"Image": true, "CommandLine": true, "ProcessId": true, "ProcessGuid": true, "User": true,
	"IntegrityLevel": true, "Product": true, "Company": true, "Description": true, "OriginalFileName": true}

// field reads Sigma's ParentImage as {Image, 1}, and the name of an extract as that.
func (l *lowerer) field(name string, level int, at diag.Range) Field {
	if l.inElement {
		return Field{Name: name}
	}
	if e := l.extract(name); e != nil {
		if level > 0 {
			l.errorf("ancestry-extract", at, "test it in a search identifier; an extract may be made of ParentCommandLine", "%s is made of fields of the event's own process, not of an ancestor's", name)
		}
		return Field{Name: name, Extract: e}
	}
	f := FieldNamed(name)
	f.Level += level
	if f.Level > rules.MaxAncestor {
		l.errorf("ancestry-level", at, "use a lower level", "%s of ancestor %d is ancestor %d, but the highest level is %d", name, level, f.Level, rules.MaxAncestor)
	}
	return f
}

// SigmaName is Sigma's name of the field of a process, as FieldNamed reads it, or of its parent or grandparent.
func (f Field) SigmaName() string {
	switch f.Level {
	case 1:
		return "Parent" + f.Name
	case 2:
		return "GrandParent" + f.Name
	}
	return f.Name
}

// FieldNamed reads Sigma's name of a field: `ParentImage` is the parent's Image.
func FieldNamed(name string) Field {
	for _, p := range ancestorPrefixes {
		if rest, ok := strings.CutPrefix(name, p.prefix); ok && processFields[rest] {
			return Field{Name: rest, Level: p.level}
		}
	}
	return Field{Name: name}
}

// OfProcess tells whether every process has a field, as an ancestor's creation tells it.
func OfProcess(name string) bool { return processFields[name] }
