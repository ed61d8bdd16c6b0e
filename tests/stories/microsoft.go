package stories

import "fmt"

// recordedAt is how Sentinel writes times.
const recordedAt = "2006-01-02T15:04:05.0000000Z"

// WindowsEvent records the story as Sysmon's events in Sentinel's table WindowsEvent.
func (s *Story) WindowsEvent() []Record {
	return s.record(func(p *Process) Record {
		hashes := "MD5=00000000000000000000000000000000"
		if p.SHA1 != "" {
			hashes = "SHA1=" + p.SHA1 + "," + hashes
		}
		return Record{
			"TimeGenerated": p.At.Format(recordedAt), "EventRecordId": fmt.Sprint(p.ID), "Channel": "Microsoft-Windows-Sysmon/Operational",
			"Provider": "Microsoft-Windows-Sysmon", "EventID": 1, "Computer": p.Host,
			"EventData": Record{
				"ProcessGuid": "{" + p.Key() + "}", "ProcessId": fmt.Sprint(p.PID), "Image": p.Image, "CommandLine": p.Command, "Hashes": hashes, "User": p.User,
				"ParentProcessGuid": "{" + p.Parent.Key() + "}", "ParentProcessId": fmt.Sprint(p.Parent.PID), "ParentImage": p.Parent.Image, "ParentCommandLine": p.Parent.Command, "ParentUser": p.Parent.User,
			},
		}
	})
}

// SecurityEvent records the story as event 4688 in Sentinel's table SecurityEvent: no hashes, no command line of
// the parent, and ids that are used again.
func (s *Story) SecurityEvent() []Record {
	return s.record(func(p *Process) Record {
		return Record{
			"TimeGenerated": p.At.Format(recordedAt), "_ItemId": fmt.Sprint(p.ID), "Channel": "Security", "EventID": 4688, "Computer": p.Host,
			"NewProcessId": fmt.Sprintf("0x%x", p.PID), "NewProcessName": p.Image, "Process": p.Name(), "CommandLine": p.Command,
			"SubjectUserName": p.User, "ProcessId": fmt.Sprintf("0x%x", p.Parent.PID), "ParentProcessName": p.Parent.Image,
		}
	})
}

// ASIM records the story as Sentinel's parsers give it: every second family of processes as Sysmon tells it, by their
// GUIDs, the others as Defender does, by id and time of creation.
func (s *Story) ASIM() []Record {
	return s.record(func(p *Process) Record {
		r := Record{
			"TimeGenerated": p.At.Format(recordedAt), "EventOriginalUid": fmt.Sprint(p.ID), "EventType": "ProcessCreated", "EventSchema": "ProcessEvent",
			"Dvc": p.Host, "DvcHostname": p.Host, "DvcOs": "Windows", "TargetUsername": p.User, "TargetProcessSHA1": p.SHA1,
			"TargetProcessName": p.Image, "TargetProcessCommandLine": p.Command, "TargetProcessId": fmt.Sprint(p.PID),
			"ActingProcessName": p.Parent.Image, "ActingProcessCommandLine": p.Parent.Command, "ActingProcessId": fmt.Sprint(p.Parent.PID), "ActorUsername": p.Parent.User,
		}
		first := p
		for first.Parent.Logged {
			first = first.Parent
		}
		if first.ID%4 < 2 {
			r["EventProduct"], r["TargetProcessGuid"], r["ActingProcessGuid"] = "Sysmon", "{"+p.Key()+"}", "{"+p.Parent.Key()+"}"
			return r
		}
		r["EventProduct"], r["DvcId"] = "M365 Defender for Endpoint", p.Host+"-id"
		r["TargetProcessCreationTime"], r["ActingProcessCreationTime"] = p.At.Format(recordedAt), p.Parent.At.Format(recordedAt)
		return r
	})
}
