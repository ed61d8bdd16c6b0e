package event

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// viewer reads what the Event Viewer of Windows saves as CSV: five columns, and the message text of each event in a
// sixth without a name. The values of an event are only in its message. They are read where the message has one a line
// under its own name, as Sysmon's, and of PowerShell's scripts.
type viewer struct{ textOnly int }

// isViewer recognises the header. The Security log has Keywords in place of Level.
func isViewer(header []string) bool {
	return len(header) == 5 && (header[0] == "Level" || header[0] == "Keywords") && slices.Equal(header[1:], []string{"Date and Time", "Source", "Event ID", "Task Category"})
}

// viewerColumns are the names of the columns of such a file, as Windows' events have them.
func viewerColumns(header []string) []string {
	return []string{header[0], "TimeCreated", "Provider_Name", "EventID", "TaskCategory", "Message"}
}

// channels are the logs of providers that write to one log alone.
var channels = map[string]string{
	"Microsoft-Windows-Sysmon":            "Microsoft-Windows-Sysmon/Operational",
	"Microsoft-Windows-Security-Auditing": "Security",
	"Microsoft-Windows-PowerShell":        "Microsoft-Windows-PowerShell/Operational",
	"PowerShell":                          "Windows PowerShell",
	"Service Control Manager":             "System",
	"Microsoft-Windows-Windows Defender":  "Microsoft-Windows-Windows Defender/Operational",
}

var (
	messageLine = regexp.MustCompile(`^([A-Z][A-Za-z0-9]*): ?(.*)$`)
	scriptBlock = regexp.MustCompile(`(?s)^Creating Scriptblock text \((\d+) of (\d+)\):\r?\n(.*)\r?\n\r?\nScriptBlock ID: (\S+)\r?\nPath: ?(.*)$`)
)

// add adds what the message of an event holds.
func (v *viewer) add(fields map[string]any) {
	provider, _ := fields["Provider_Name"].(string)
	if channel, ok := channels[provider]; ok {
		fields["Channel"] = channel
	}
	if !addMessage(fields) {
		v.textOnly++
	}
}

// addMessage adds the values that the message of an event has under their names. It tells whether it has them.
func addMessage(fields map[string]any) bool {
	provider, _ := fields["Provider_Name"].(string)
	message, _ := fields["Message"].(string)
	switch script := scriptBlock.FindStringSubmatch(message); {
	case provider == "Microsoft-Windows-Sysmon":
		addLines(fields, message)
	case script != nil:
		for i, name := range []string{"MessageNumber", "MessageTotal", "ScriptBlockText", "ScriptBlockId", "Path"} {
			if script[i+1] != "" {
				fields[name] = script[i+1]
			}
		}
	default:
		return false
	}
	return true
}

// addLines adds the lines of a message after its title. A line without a name goes on with the value before it. So does
// one whose name the message or the event has already: a command line may have a line that looks like another value.
func addLines(fields map[string]any, message string) {
	last, named := "", map[string]bool{"EventID": true, "Channel": true, "Computer": true, "Provider_Name": true}
	_, lines, _ := strings.Cut(message, "\n")
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\r\n")
		if of := messageLine.FindStringSubmatch(line); of != nil && !named[of[1]] {
			last = of[1]
			named[last] = true
			fields[last] = of[2]
		} else if value, ok := fields[last].(string); ok && last != "" {
			fields[last] = value + "\n" + line
		}
	}
}

// notes says what the file lacks.
func (v *viewer) notes() []string {
	notes := []string{"the Event Viewer's CSV has times without a zone, which are read as UTC"}
	if v.textOnly > 0 {
		notes = append(notes, fmt.Sprintf("events with only a message text and no fields: %d (save the log as EVTX or XML)", v.textOnly))
	}
	return notes
}
