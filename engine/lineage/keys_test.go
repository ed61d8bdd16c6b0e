package lineage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// normalized is a process creation as ASIM has it, with the columns that name the process and the one that started it.
func normalized(id int, image, columns string) string {
	return fmt.Sprintf(`{"EventOriginalUid":"%d","TimeGenerated":"2026-03-01T10:00:%02dZ","EventType":"ProcessCreated","Dvc":"A","TargetProcessName":"C:\\%s","ActingProcessName":"C:\\x.exe",%s}`, id, id, image, columns)
}

// TestProcessesAreNamedInTheFirstWayThatIsWhole pins a model's keys and fallback keys.
func TestProcessesAreNamedInTheFirstWayThatIsWhole(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    parent: {CommandLine|contains: '/c'}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	parent := func(columns string) string {
		return normalized(1, "cmd.exe", `"TargetProcessCommandLine":"cmd /c who",`+columns)
	}
	cases := []struct {
		name, above, below string
		want               []string
	}{
		{"by GUID", `"TargetProcessGuid":"{G}","TargetProcessId":"7"`, `"ActingProcessGuid":"{g}","ActingProcessId":"8"`, []string{"2"}},
		{"by id and time", `"TargetProcessId":"7","TargetProcessCreationTime":"t"`, `"ActingProcessId":"7","ActingProcessCreationTime":"t"`, []string{"2"}},
		{"an id is used again", `"TargetProcessId":"7","TargetProcessCreationTime":"t"`, `"ActingProcessId":"7","ActingProcessCreationTime":"u"`, []string{}},
		{"never by the id alone", `"TargetProcessId":"7"`, `"ActingProcessId":"7"`, []string{}},
		{"an empty time is none", `"TargetProcessId":"7","TargetProcessCreationTime":""`, `"ActingProcessId":"7","ActingProcessCreationTime":""`, []string{}},
		{"a GUID counts before an id", `"TargetProcessGuid":"{G}","TargetProcessId":"7","TargetProcessCreationTime":"t"`,
			`"ActingProcessGuid":"{H}","ActingProcessId":"7","ActingProcessCreationTime":"t"`, []string{}},
		{"ways are not mixed", `"TargetProcessGuid":"7"`, `"ActingProcessId":"7","ActingProcessCreationTime":""`, []string{}},
	}
	m := lowered.Model(t, "asim")
	for i := range m.Sources { // the parent's own event is asked
		delete(m.Sources[i].Ancestors[1], "CommandLine")
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, enginetest.IDs(t, engine.Options{Model: m}, []*ir.Rule{r}, parent(c.above), normalized(2, "who.exe", c.below)))
		})
	}
}

func TestAnEndIsNoCreation(t *testing.T) {
	r := lowered.Rule(t, "ancestry:\n  up:\n    grandparent: {Image|filename: x.exe}\ndetection:\n  any: {Image|filename: who.exe}\n  condition: any and up\n")
	born := normalized(1, "cmd.exe", `"TargetProcessGuid":"{G}"`)
	ended := strings.NewReplacer("ProcessCreated", "ProcessTerminated", "x.exe", "killer.exe").Replace(normalized(2, "cmd.exe", `"TargetProcessGuid":"{G}"`))
	who := normalized(3, "who.exe", `"ActingProcessGuid":"{G}"`)
	assert.Equal(t, []string{"3"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "asim")}, []*ir.Rule{r}, born, ended, who))
}
