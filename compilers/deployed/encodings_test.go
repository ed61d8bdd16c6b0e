package deployed

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
)

// TestExportsOfPowerShell: a file that PowerShell's > wrote is in UTF-16, or has a byte order mark.
func TestExportsOfPowerShell(t *testing.T) {
	for name, text := range map[string]string{
		"savedsearches.conf": "[Certutil – download]\r\nsearch = index=win certutil\r\ncron_schedule = */5 * * * *\r\nenableSched = 1\r\n",
		"rules.ndjson":       `{"rule_id": "r", "name": "Certutil – download", "type": "eql", "language": "eql", "query": "process where true"}` + "\r\n",
		"rule.yaml":          "id: a\r\nname: Certutil – download\r\nkind: Scheduled\r\nquery: SecurityEvent\r\nqueryFrequency: 1h\r\n",
	} {
		want, err := Read([]File{{name, []byte(text)}})
		require.NoError(t, err, name)
		require.Len(t, want.Rules, 1, name)
		assert.Equal(t, "Certutil – download", want.Rules[0].Name)
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		require.NoError(t, err)
		for _, written := range []string{wide, "\xef\xbb\xbf" + text} {
			got, err := Read([]File{{name, []byte(written)}})
			require.NoError(t, err, name)
			assert.Equal(t, want, got, name)
		}
	}
	_, err := Read([]File{{"savedsearches.conf", []byte("\xff\xfea")}})
	assert.EqualError(t, err, "savedsearches.conf: the file is UTF-16 and ends in the middle of a character")
}
