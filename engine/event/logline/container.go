package logline

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// container begins a line that a container printed, in the files of Kubernetes: the time, the stream, and that the line
// is whole. A line that is too long for its runtime comes in parts: all but the last have a P in place of the F.
// https://kubernetes.io/docs/concepts/cluster-administration/logging/
var (
	container     = newForm(beginsAmong(""), containerHead+`F(?: |$)`)
	containerPart = regexp.MustCompile(containerHead + `([FP])(?: |$)`)
)

const containerHead = `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,9}(?:Z|[+-]\d{2}:\d{2}) (stdout|stderr) `

// IsPart tells whether a line is a part of a container's line, and the rest of that line follows.
func IsPart(text string) bool {
	_, flag, _ := containersLine(text)
	return flag == "P"
}

// containersLine takes a line of a container apart: its stream, whether it is whole or a part, and what was printed.
func containersLine(text string) (stream, flag, printed string) {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return "", "", ""
	}
	at := containerPart.FindStringSubmatchIndex(text)
	if at == nil {
		return "", "", ""
	}
	return text[at[2]:at[3]], text[at[4]:at[5]], text[at[1]:]
}

// Parts joins the lines of containers that come in parts. The streams of a container may be mixed. The zero Parts is
// ready to use.
type Parts struct {
	begun map[string][]byte // by stream
}

// Join gives the line that ends with this one, or of a part how many bytes of its line wait for the rest.
func (p *Parts) Join(text string) (line string, waiting int) {
	stream, flag, printed := containersLine(text)
	switch {
	case flag == "P":
		if p.begun == nil {
			p.begun = map[string][]byte{}
		}
		p.begun[stream] = append(p.begun[stream], printed...)
		return "", max(1, len(p.begun[stream]))
	case flag == "F" && p.begun[stream] != nil:
		head := strings.TrimRight(text[:len(text)-len(printed)], " ")
		text = head + " " + string(p.begun[stream]) + printed
		delete(p.begun, stream)
	}
	return text, 0
}

// Drop forgets the longest line that waits for its rest, and gives what there is of it. ok is false if none waits.
func (p *Parts) Drop() (begun []byte, ok bool) {
	if len(p.begun) == 0 {
		return nil, false
	}
	longest := slices.MaxFunc(slices.Sorted(maps.Keys(p.begun)), func(a, b string) int { return cmp.Compare(len(p.begun[a]), len(p.begun[b])) })
	begun = p.begun[longest]
	delete(p.begun, longest)
	return begun, true
}
