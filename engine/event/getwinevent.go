package event

// recordProperties are what Windows' own record of an event has, as flatten names it, and where collectors put values
// without names. The values of the event are not among them.
// https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.eventlogrecord
var recordProperties = map[string]bool{
	"ActivityID": true, "ActivityId": true, "Bookmark": true, "Channel": true, "Computer": true, "ContainerLog": true, "EventID": true, "EventRecordID": true, "Execution_ProcessID": true, "Execution_ThreadID": true,
	"Keywords": true, "KeywordsDisplayNames": true, "Level": true, "LevelDisplayName": true, "MatchedQueryIds": true, "Message": true, "Opcode": true, "OpcodeDisplayName": true, "Properties": true,
	"Provider_Guid": true, "Provider_Name": true, "Qualifiers": true, "RelatedActivityID": true, "RelatedActivityId": true, "Security_UserID": true, "StringInserts": true, "Task": true, "TaskDisplayName": true, "TimeCreated": true, "Version": true,
}

// MessageOnly tells whether the values of a Windows event are only in the text of its message, as PowerShell's
// Get-WinEvent writes it, or also in a list without names. The fields are as Decode gives them.
func MessageOnly(fields map[string]any) bool {
	for _, name := range []string{"Channel", "EventID", "Message", "Provider_Name"} {
		if fields[name] == nil {
			return false
		}
	}
	for name, v := range fields {
		if _, isList := v.([]any); !recordProperties[name] && (name != "EventData" || !isList) {
			return false
		}
	}
	return true
}
