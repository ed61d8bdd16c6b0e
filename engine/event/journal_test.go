package event

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBytesOfTheJournal: in entries of systemd's journal a list of bytes is a text. In other events it is a list of
// numbers.
func TestBytesOfTheJournal(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a message with colours", `{"__REALTIME_TIMESTAMP":"1","MESSAGE":[27,91,51,49,109,104,105]}`, `{"MESSAGE":"\u001b[31mhi","__REALTIME_TIMESTAMP":"1"}`},
		{"UTF-8, and what is not", `{"__REALTIME_TIMESTAMP":"1","MESSAGE":[195,169,255,97]}`, `{"MESSAGE":"é�a","__REALTIME_TIMESTAMP":"1"}`},
		{"over several lines", "{\n\t\"__REALTIME_TIMESTAMP\" : \"1\",\n\t\"MESSAGE\" : [ 104, 105 ]\n}", `{"MESSAGE":"hi","__REALTIME_TIMESTAMP":"1"}`},
		{"values of a field that is there more than once", `{"__REALTIME_TIMESTAMP":"1","A":[[104,105],"b"],"C":["1","2"]}`, `{"A":["hi","b"],"C":["1","2"],"__REALTIME_TIMESTAMP":"1"}`},
		{"numbers that are no bytes", `{"__REALTIME_TIMESTAMP":"1","A":[256],"B":[1.5],"C":[-1],"D":[]}`, `{"__REALTIME_TIMESTAMP":"1","A":[256],"B":[1.5],"C":[-1],"D":[]}`},
		{"a bracket in a text", `{"__REALTIME_TIMESTAMP":"1","MESSAGE":"a:[1]"}`, `{"__REALTIME_TIMESTAMP":"1","MESSAGE":"a:[1]"}`},
		{"a record of the audit log", `{"__REALTIME_TIMESTAMP":"1","_AUDIT_TYPE_NAME":"EXECVE","_AUDIT_ID":"7","MESSAGE":"EXECVE argc=2 a0=\"cat\" a1=612062"}`,
			`{"MESSAGE":"EXECVE argc=2 a0=\"cat\" a1=612062","_AUDIT_ID":"7","_AUDIT_TYPE_NAME":"EXECVE","__REALTIME_TIMESTAMP":"1","a0":"cat","a1":"a b","argc":"2","serial":"7","type":"EXECVE"}`},
		{"a record whose message is another", `{"__REALTIME_TIMESTAMP":"1","_AUDIT_TYPE_NAME":"EXECVE","MESSAGE":"x=1"}`, `{"__REALTIME_TIMESTAMP":"1","_AUDIT_TYPE_NAME":"EXECVE","MESSAGE":"x=1"}`},
		{"no entry of the journal", `{"MESSAGE":[104,105]}`, `{"MESSAGE":[104,105]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReader("x.json", strings.NewReader(c.in+"\n"), Options{})
			require.NoError(t, err)
			raw, err := r.NextRaw()
			require.NoError(t, err)
			require.NoError(t, raw.Err)
			assert.Equal(t, c.want, string(raw.JSON()))
		})
	}
}
