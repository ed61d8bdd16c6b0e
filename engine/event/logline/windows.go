package logline

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Agents write Windows' events into lines of syslog. NXLog has their fields; Snare and QRadar's WinCollect have only
// some, and the text of the message. The fields have the names that converters of Windows' events give them.

// snareStart begins Snare's form, whose parts are apart by tabs, which rsyslog may escape. The host's name may be
// before it.
var snareStart = newForm(has("MSWinEventLog"), `^(?:\S+(?: |\t|#011))?MSWinEventLog(\t|#011)`)

// The parts of Snare's form:
// https://docs.nxlog.co/refman/current/xm/snare.html and https://www.snaresolutions.com/products/snare-agents/
var snareParts = []string{"", "Channel", "", "TimeCreated", "EventID", "Provider_Name", "", "", "KeywordsDisplayNames", "Computer", "TaskDisplayName", "", "Message", "EventRecordID"}

// winCollectStart begins WinCollect's form, whose parts are apart in the same way.
var winCollectStart = newForm(begins("AgentDevice="), `^AgentDevice=WindowsLog(\t|#011)`)

// The names of QRadar's WinCollect: https://www.ibm.com/docs/en/qradar-common?topic=wincollect-10
var winCollectNames = map[string]string{"AgentLogFile": "Channel", "Source": "Provider_Name", "Computer": "Computer", "EventID": "EventID", "RecordNumber": "EventRecordID", "Keywords": "KeywordsDisplayNames",
	"Task": "TaskDisplayName", "Opcode": "OpcodeDisplayName", "Level": "LevelDisplayName"}

// isAgentEvent tells whether a text begins as Snare's or WinCollect's does.
func isAgentEvent(text string) bool {
	return snareStart.is(text) || winCollectStart.is(text)
}

// agentEvent reads a Windows event of Snare or WinCollect.
func agentEvent(text string) (map[string]any, bool) {
	if start := snareStart.find(text); start != nil {
		return snare(strings.Split(text[len(start[0]):], start[1]))
	}
	if start := winCollectStart.find(text); start != nil {
		return winCollect(strings.ReplaceAll(text, start[1], "\t")), true
	}
	return nil, false
}

func snare(parts []string) (map[string]any, bool) {
	if len(parts) <= slices.Index(snareParts, "Computer") {
		return nil, false
	}
	fields := map[string]any{}
	for i, name := range snareParts[:min(len(parts), len(snareParts))] {
		if name != "" && parts[i] != "" {
			fields[name] = parts[i]
		}
	}
	if at, err := time.Parse(time.ANSIC, parts[3]); err == nil {
		fields["TimeCreated"] = at.Format("2006-01-02T15:04:05")
	}
	return fields, true
}

func winCollect(text string) map[string]any {
	fields := map[string]any{}
	text, message, _ := strings.Cut(text, "\tMessage=")
	for pair := range strings.SplitSeq(text, "\t") {
		name, value, _ := strings.Cut(pair, "=")
		if own := winCollectNames[name]; own != "" && value != "" {
			fields[own] = value
		}
		if name != "TimeGenerated" {
			continue
		}
		if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
			fields["TimeCreated"] = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
		}
	}
	if message != "" {
		fields["Message"] = message
	}
	return fields
}

// nxlog gives the fields of a Windows event that NXLog wrote as structured data of RFC 5424. It is nil if there is
// none. https://docs.nxlog.co/refman/current/xm/syslog.html
func nxlog(header map[string]any, text string) map[string]any {
	for id, value := range header {
		data, _ := value.(map[string]any)
		if !strings.HasPrefix(id, "NXLOG@") || data["EventID"] == nil {
			continue
		}
		fields := maps.Clone(data)
		addMissing(fields, "Message", text)
		for name, of := range map[string]string{"EventTime": "timestamp", "Hostname": "hostname", "SourceName": "appname"} {
			if part, _ := header[of].(string); part != "" {
				addMissing(fields, name, part)
			}
		}
		return fields
	}
	return nil
}
