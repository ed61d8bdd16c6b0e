package stdio

import (
	"errors"
	"fmt"
	"io"

	"decree/rules/diag"
)

// Array writes a JSON array element by element. It is never in memory as a whole. Nothing is written before the first
// element or the end: a command that fails at once leaves no half array.
type Array struct {
	to     io.Writer
	indent string // of the line that the array begins on
	some   bool
	err    error
}

// NewArray begins an array.
func NewArray(to io.Writer) *Array { return &Array{to: to} }

// Add writes an element.
func (a *Array) Add(v any) {
	before := "["
	if a.some {
		before = ","
	}
	a.some = true
	if a.err == nil {
		a.err = writeMember(a.to, before+"\n"+a.indent+"  ", v, a.indent+"  ")
	}
}

// Close ends the array and gives the first error.
func (a *Array) Close() error {
	end := "[]"
	if a.some {
		end = "\n" + a.indent + "]"
	}
	if a.err == nil {
		_, a.err = fmt.Fprint(a.to, end)
	}
	return a.err
}

// Object writes a JSON object member by member.
type Object struct {
	to   io.Writer
	some bool
	err  error
}

// NewObject begins an object.
func NewObject(to io.Writer) *Object {
	o := &Object{to: to}
	_, o.err = fmt.Fprint(to, "{")
	return o
}

// key gives the text before a member's value.
func (o *Object) key(name string) string {
	comma := ""
	if o.some {
		comma = ","
	}
	o.some = true
	return fmt.Sprintf("%s\n  %q: ", comma, name)
}

// Member writes a member.
func (o *Object) Member(name string, v any) {
	key := o.key(name)
	if o.err == nil {
		o.err = writeMember(o.to, key, v, "  ")
	}
}

// Array begins a member that is an array. It must be closed before the next member.
func (o *Object) Array(name string) *Array {
	_, err := fmt.Fprint(o.to, o.key(name))
	o.err = errors.Join(o.err, err)
	return &Array{to: o.to, indent: "  "}
}

// Close ends the object and its line, and gives the first error.
func (o *Object) Close() error {
	if o.err == nil {
		_, o.err = fmt.Fprint(o.to, "\n}\n")
	}
	return o.err
}

// writeMember writes a separator and a value as indented JSON.
func writeMember(to io.Writer, before string, v any, indent string) error {
	text, err := diag.IndentedJSON(v, indent)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(to, before); err != nil {
		return err
	}
	_, err = to.Write(diag.VisibleJSON(text))
	return err
}
