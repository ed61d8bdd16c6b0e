package event

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGetWinEvent: the values of a Sysmon event are read from its message. Of others that have the message alone it is
// known.
func TestGetWinEvent(t *testing.T) {
	fields, err := Decode([]byte(`{"Id":1,"LogName":"Microsoft-Windows-Sysmon/Operational","ProviderName":"Microsoft-Windows-Sysmon","MachineName":"H","ProcessId":5,
		"Message":"Process Create:\r\nUtcTime: T\r\nProcessId: 7\r\nImage: C:\\a.exe\r\nCommandLine: a\r\nImage: C:\\fake.exe\r\nChannel: fake\r\nUser: bob","Properties":[{"Value":"x"}]}`))
	require.NoError(t, err)
	for name, want := range map[string]any{"Channel": "Microsoft-Windows-Sysmon/Operational", "UtcTime": "T", "ProcessId": "7", "Image": `C:\a.exe`, "CommandLine": "a\nImage: C:\\fake.exe\nChannel: fake", "User": "bob", "Computer": "H"} {
		assert.Equal(t, want, fields[name], name)
	}
	assert.False(t, MessageOnly(fields))

	for text, want := range map[string]bool{
		`{"Id":4624,"LogName":"Security","ProviderName":"P","Message":"An account was logged on.","Properties":[{"Value":"x"}],"RecordId":7}`:       true,
		`{"Id":4624,"LogName":"Security","ProviderName":"P","Message":"An account was logged on.","TargetUserName":"bob"}`:                          false,
		`{"EventID":4625,"Channel":"Security","ProviderName":"P","Message":"m","StringInserts":["bob"],"ProcessID":4,"ThreadID":5,"ActivityID":""}`: true,
		`{"EventID":4625,"Channel":"Security","ProviderName":"P","Description":"m","EventData":["bob"],"ThreadID":"5"}`:                             true,
		`{"EventID":4625,"Channel":"Security","Provider":"P","Message":"m","EventData":{"TargetUserName":"bob"}}`:                                   false,
		`{"Id":4624,"LogName":"Security","ProviderName":"P","RecordId":7}`:                                                                          false,
		`{"EventID":4624,"Channel":"Security","Provider_Name":"P","TargetUserName":"bob","Message":"m"}`:                                            false,
	} {
		fields, err := Decode([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, want, MessageOnly(fields), text)
	}
}
