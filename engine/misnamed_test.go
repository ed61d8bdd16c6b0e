package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const sysmonOne = `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"pc","UtcTime":"2026-11-01 10:00:00",`

// TestMisnamed: events of a log source that have none of the fields that its rules test are named, with the names that
// they may have instead; a field that is only missing is not.
func TestMisnamed(t *testing.T) {
	const asked = `a: {Image: x, CommandLine: y}, condition: a`
	both := []string{"CommandLine", "Image"}
	of := func(blank bool, fields, names []string) []engine.Misnamed {
		return []engine.Misnamed{{LogSource: "sysmon_process_creation", Events: 3, File: "-", Files: 1, Blank: blank, Fields: fields, Names: names}}
	}
	for name, c := range map[string]struct {
		event, last, detection string
		want                   []engine.Misnamed
	}{
		"as they should be":               {event: sysmonOne + `"Image":"a","CommandLine":"b"}`},
		"one is missing":                  {event: sysmonOne + `"Image":"a"}`},
		"one is empty":                    {event: sysmonOne + `"Image":"a","CommandLine":""}`},
		"in lower case":                   {event: sysmonOne + `"image":"a","commandline":"b"}`, want: of(true, both, []string{"commandline", "image"})},
		"one in lower case":               {event: sysmonOne + `"Image":"a","command_line":"b"}`, want: of(false, []string{"CommandLine"}, []string{"command_line"})},
		"with a prefix":                   {event: sysmonOne + `"win_image":"a","win_commandline":"b"}`, want: of(true, both, []string{"win_commandline", "win_image"})},
		"below another":                   {event: sysmonOne + `"Data":{"Image":"a","CommandLine":"b"}}`, want: of(true, both, []string{"Data.CommandLine", "Data.Image"})},
		"a part of a path is not enough":  {event: sysmonOne + `"Image":"a","parent":{"CommandLine":"b"}}`},
		"only a message":                  {event: sysmonOne + `"Message":"Process Create"}`, want: of(true, both, nil)},
		"others that nobody knows":        {event: sysmonOne + `"process":{"exe":"a"}}`, want: of(true, both, nil)},
		"others of the log source":        {event: sysmonOne + `"Image":"a","CommandLine":"b"}`, detection: `a: {ParentUser: x}, condition: a`},
		"the last event has it":           {event: sysmonOne + `"image":"a","commandline":"b"}`, last: sysmonOne + `"Image":"a","CommandLine":"b"}`},
		"rules ask for words":             {event: sysmonOne + `"image":"a"}`, detection: `a: {Image: x}, b: [word], condition: a or b`},
		"below two others":                {event: sysmonOne + `"process":{"image":"a"},"parent":{"image":"b"}}`, want: of(true, both, nil)},
		"misspelt in the rule":            {event: sysmonOne + `"Image":"a","CommandLine":"b"}`, detection: `a: {Image: x, CommandLin: y}, condition: a`, want: of(false, []string{"CommandLin"}, []string{"CommandLine"})},
		"alike, and both of the log":      {event: sysmonOne + `"Image":"a","ParentProcessId":5}`, detection: `a: {Image: x, ParentProcessGuid: y, ProcessId: 1}, condition: a`},
		"of another number":               {event: sysmonOne + `"Image":"a","CommandLine2":"b"}`, detection: `a: {Image: x, CommandLine1: y}, condition: a`},
		"of no log source":                {event: `{"EventID":99,"Channel":"Other","image":"a"}`},
		"rules ask what tells the source": {event: sysmonOne + `"image":"a"}`, detection: `a: {EventID: 1}, condition: a`},
	} {
		if c.detection == "" {
			c.detection = asked
		}
		rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {"+c.detection+"}\n")
		if c.last == "" {
			c.last = c.event
		}
		for _, workers := range []int{1, 3} {
			e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "windows")})
			require.Empty(t, found)
			r, err := event.Open("-", event.Options{Stdin: strings.NewReader(c.event + "\n" + c.event + "\n" + c.last + "\n")})
			require.NoError(t, err)
			require.NoError(t, e.Run(r, "-", workers, nil))
			assert.Equal(t, c.want, e.Misnamed(), name)
		}
	}
}

// TestWhatIsNotMisnamed: events of any kind stand in a log, the first of which may hold nothing; and what other rules
// test is the name of something else.
func TestWhatIsNotMisnamed(t *testing.T) {
	const started, logon = `{"EventID":4608,"Channel":"Security","Computer":"pc"}`, `{"EventID":4624,"Channel":"Security","Computer":"pc","TargetUserName":"a","LogonType":"2"}`
	for name, c := range map[string]struct {
		source, events string
		detections     []string
	}{
		"another kind of event":    {"service: security", started + "\n" + logon, []string{`a: {TicketOptions: x}, condition: a`}},
		"the same in another turn": {"service: security", logon + "\n" + started, []string{`a: {TicketOptions: x}, condition: a`}},
		"one without data":         {"service: security", started, []string{`a: {TicketOptions: x}, condition: a`}},
		"another rule's field":     {"category: process_creation", sysmonOne + `"CustomField":"a"}`, []string{`a: {Custom_Field: x}, condition: a`, `a: {CustomField: x}, condition: a`}},
	} {
		var rules []*ir.Rule
		for _, detection := range c.detections {
			rules = append(rules, lowered.Rule(t, "title: T\nlogsource: {product: windows, "+c.source+"}\ndetection: {"+detection+"}\n"))
		}
		e, found := engine.New(rules, engine.Options{Model: lowered.Model(t, "windows")})
		require.Empty(t, found)
		r, err := event.Open("-", event.Options{Stdin: strings.NewReader(c.events + "\n")})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "-", 1, nil))
		assert.Empty(t, e.Misnamed(), name)
	}
}

// TestAFieldBelowAnother: a model may know a field below another that events have at their outermost level.
func TestAFieldBelowAnother(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n")
	e, _ := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "sentinel")})
	r, err := event.Open("-", event.Options{Stdin: strings.NewReader(sysmonOne + `"Image":"a"}` + "\n")})
	require.NoError(t, err)
	require.NoError(t, e.Run(r, "-", 1, nil))
	require.Len(t, e.Misnamed(), 1)
	assert.Equal(t, []string{"EventData.Image"}, e.Misnamed()[0].Fields)
	assert.Equal(t, []string{"Image"}, e.Misnamed()[0].Names)
}

// TestMisnamedFilesAreCounted: each file is looked at for itself, and files with the same fault are told as one.
func TestMisnamedFilesAreCounted(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n")
	e, _ := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "windows")})
	for file, text := range []string{sysmonOne + `"Image":"a"}`, sysmonOne + `"image":"a"}`, sysmonOne + `"Image":"a"}`, sysmonOne + `"image":"b"}`} {
		r, err := event.Open("-", event.Options{Stdin: strings.NewReader(text + "\n")})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, string(rune('a'+file)), 2, nil))
	}
	assert.Equal(t, []engine.Misnamed{{LogSource: "sysmon_process_creation", Events: 2, File: "b", Files: 2, Blank: true, Fields: []string{"Image"}, Names: []string{"image"}}}, e.Misnamed())
}

// TestEventsThatDoNotTellTheirTableAreNotMisnamed: they answer for each table, whatever they are.
func TestEventsThatDoNotTellTheirTableAreNotMisnamed(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: azure, service: auditlogs}\ndetection: {a: {operationName: x}, condition: a}\n")
	e, _ := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "sentinel")})
	r, err := event.Open("-", event.Options{Stdin: strings.NewReader(`{"Image":"a"}` + "\n")})
	require.NoError(t, err)
	require.NoError(t, e.Run(r, "-", 1, nil))
	assert.Empty(t, e.Misnamed())
}

// TestMisspeltInRulesForClouds: what their logs have, the data models of all products tell.
func TestMisspeltInRulesForClouds(t *testing.T) {
	for detection, want := range map[string]string{
		"{eventNmae: x}":                            "eventName",
		"{EventName: x}":                            "eventName",
		"{userIdentity.tpye: x}":                    "userIdentity.type",
		"{eventName: x}":                            "",
		"{userIdentity.userName: x}":                "",
		"{requestParameters.userName: x}":           "",
		"{eventName: x, requestParameters.Name: x}": "",
		"{eventName: x, UserIdentity.type: y}":      "userIdentity.type",
		"{eventName: x, Resources.ARN: y}":          "resources",
		"{eventName: x, userIdentity.Type: y}":      "",
		"{requestParameters.cidrIp: x}":             "", "{requestParameters.ruleName: x}": "", "{requestParameters.key: x}": "", "{eventNam: x}": "", "{evntName: x}": "eventName",
		"{requestParameters.subnetIds: x, eventID: y}": "",
	} {
		rule := lowered.Rule(t, "title: T\nlogsource: {product: aws, service: cloudtrail}\ndetection: {a: "+detection+", condition: a}\n")
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "cloud")})
		require.Empty(t, found)
		r, err := event.Open("-", event.Options{Stdin: strings.NewReader(`{"eventSource":"s","eventName":"n","awsRegion":"r","userIdentity":{"type":"Root","arn":"a"},"resources":[{"ARN":"a"}],"requestParameters":{"name":"n","subnetId":"s","cidrIpv6":"c","roleName":"r","keyId":"k"}}` + "\n")})
		require.NoError(t, err)
		require.NoError(t, e.Run(r, "-", 1, nil))
		got := ""
		for _, m := range e.Misnamed() {
			got += strings.Join(m.Names, ",")
		}
		assert.Equal(t, want, got, detection)
	}
}

// TestSpreadValuesAreNotMisnamed: an event has one of the columns that values are spread over, and may have another
// that is called alike.
func TestSpreadValuesAreNotMisnamed(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: m365, service: audit}\ndetection: {a: {eventName: x, status: success}, condition: a}\n")
	e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "cloud")})
	require.Empty(t, found)
	r, err := event.Open("-", event.Options{Stdin: strings.NewReader(`{"Operation":"x","Workload":"w","ResultStatus":"True","Status":"Active"}` + "\n")})
	require.NoError(t, err)
	require.NoError(t, e.Run(r, "-", 1, nil))
	assert.Empty(t, e.Misnamed())
}
