package enginetest

import (
	"fmt"
	"time"
)

// SecurityProcess is a process creation as Windows' log Security has it: no command line of the parent, and a bare
// process id that is used again. It is of the minute 2026-03-01 10:00.
func SecurityProcess(id int, host, second string, pid, parent int, image, command string) string {
	return fmt.Sprintf(`{"EventID":4688,"Channel":"Security","EventRecordID":%d,"Computer":%q,"TimeCreated":"2026-03-01T10:00:%sZ","NewProcessId":"0x%x","ProcessId":"0x%x","NewProcessName":%q,"CommandLine":%q}`,
		id, host, second, pid, parent, image, command)
}

// DefenderProcess is a process creation as Defender tells it, at a time of the day 2026-03-01.
func DefenderProcess(id int, at, host, hash, command string) string {
	return fmt.Sprintf(`{"ActionType":"ProcessCreated","ReportId":%d,"Timestamp":"2026-03-01T%sZ","DeviceId":%q,"SHA1":%q,"ProcessCommandLine":%q}`, id, at, host, hash, command)
}

// Time is a time of that day.
func Time(clock string) time.Time {
	at, err := time.Parse(time.RFC3339, "2026-03-01T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return at
}
