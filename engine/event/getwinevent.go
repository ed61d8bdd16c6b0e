package event

// recordProperties are what Windows' own record of an event has, as flatten names it. The values of the event are not
// among them.
// https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.eventlogrecord
var recordProperties = map[string]bool{
	"ActivityId": true, "Bookmark": true, "Channel": true, "Computer": true, "ContainerLog": true, "EventID": true, "EventRecordID": true, "Execution_ProcessID": true, "Execution_ThreadID": true,
	"Keywords": true, "KeywordsDisplayNames": true, "Level": true, "LevelDisplayName": true, "MatchedQueryIds": true, "Message": true, "Opcode": true, "OpcodeDisplayName": true, "Properties": true,
	"Provider_Guid": true, "Provider_Name": true, "Qualifiers": true, "RelatedActivityId": true, "Security_UserID": true, "Task": true, "TaskDisplayName": true, "TimeCreated": true, "Version": true,
}

// MessageOnly tells whether an event is one of PowerShell's Get-WinEvent whose values are only in the text of its
// message. The fields are as Decode gives them.
func MessageOnly(fields map[string]any) bool {
	for _, name := range []string{"Channel", "EventID", "Message", "Provider_Name"} {
		if fields[name] == nil {
			return false
		}
	}
	for name := range fields {
		if !recordProperties[name] {
			return false
		}
	}
	return true
}
