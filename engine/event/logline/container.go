package logline

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// container begins a line that a container printed, in the files of Kubernetes: the time, the stream, and that the line
// is whole (F). A line that is too long for its runtime comes in parts: all but the last have a P in place of the F.
// https://kubernetes.io/docs/concepts/cluster-administration/logging/
var container = newForm(beginsAmong(""), `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,9}(?:Z|[+-]\d{2}:\d{2}) (stdout|stderr) ([FP])(?: |$)`)

// IsPart tells whether a line is a part of a container's line, and the rest of that line follows.
func IsPart(text string) bool {
	_, flag, _ := containersLine(text)
	return flag == "P"
}

// containersLine takes a line of a container apart: its stream, whether it is whole or a part, and what was printed.
func containersLine(text string) (stream, flag, printed string) {
	head := container.find(text)
	if head == nil {
		return "", "", ""
	}
	return head[1], head[2], text[len(head[0]):]
}

// Parts joins the lines of containers that come in parts. The streams of a container may be mixed. The zero Parts is
// ready to use.
type Parts struct {
	begun map[string]*begun // by stream
}

// begun is a line that waits for its rest.
type begun struct {
	line     int // of its first part
	text     []byte
	isPassed bool // it is too long: its rest is passed over
}

// Join gives the line that ends with this one, which stands at a line of the file, and where it begins. Of a part it
// gives how many bytes of its line wait for the rest, and 1 for what is passed over.
func (p *Parts) Join(text string, at int) (line string, first, waiting int) {
	stream, flag, printed := containersLine(text)
	of := p.begun[stream]
	switch {
	case flag == "P":
		of = p.begin(stream, at)
		if !of.isPassed {
			of.text = append(of.text, printed...)
		}
		return "", of.line, max(1, len(of.text))
	case flag == "F" && of != nil:
		delete(p.begun, stream)
		if of.isPassed {
			return "", of.line, 1
		}
		head := strings.TrimRight(text[:len(text)-len(printed)], " ")
		return head + " " + string(of.text) + printed, of.line, 0
	}
	return text, at, 0
}

// begin gives the line of a stream that waits for its rest. If none does, it begins at a line of the file.
func (p *Parts) begin(stream string, at int) *begun {
	if p.begun == nil {
		p.begun = map[string]*begun{}
	}
	if p.begun[stream] == nil {
		p.begun[stream] = &begun{line: at}
	}
	return p.begun[stream]
}

// PassOver passes over the rest of the line that a text is a part of, and gives what there is of it. Another text is
// the last of its line.
func (p *Parts) PassOver(text string, at int) (waited []byte, first int) {
	stream, flag, _ := containersLine(text)
	if flag != "P" {
		delete(p.begun, stream)
		return nil, at
	}
	of := p.begin(stream, at)
	waited, of.text, of.isPassed = of.text, nil, true
	return waited, of.line
}

// Drop forgets the first line that waits for its rest, and gives what there is of it and where it begins. ok is false
// if none waits.
func (p *Parts) Drop() (waited []byte, first int, ok bool) {
	maps.DeleteFunc(p.begun, func(_ string, of *begun) bool { return of.isPassed })
	if len(p.begun) == 0 {
		return nil, 0, false
	}
	stream := slices.MinFunc(slices.Collect(maps.Keys(p.begun)), func(a, b string) int { return cmp.Compare(p.begun[a].line, p.begun[b].line) })
	of := p.begun[stream]
	delete(p.begun, stream)
	return of.text, of.line, true
}
