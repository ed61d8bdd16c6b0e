package recognise

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event"
	"decree/rules/schema"
)

// BenchmarkFile is what the choice of one file costs, whatever its length.
func BenchmarkFile(b *testing.B) {
	text := strings.Repeat(`{"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Level":"4","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"PC7","TimeCreated":"2026-01-02T03:04:05.123Z","EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","CommandLine":"whoami /all","ParentImage":"C:\\Windows\\explorer.exe","User":"A\\b"}`+"\n", 2*sampleEvents)
	for b.Loop() {
		r, err := event.NewReader("-", strings.NewReader(text), event.Options{})
		require.NoError(b, err)
		require.Equal(b, "windows", File(r, schema.Recognisable()).Model)
	}
}
