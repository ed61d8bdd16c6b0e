package kql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestPropertiesThatMayBeLists: of a property that the model does not list, and of a column of type dynamic, the query
// says what differs if it is a list or an object.
func TestPropertiesThatMayBeLists(t *testing.T) {
	const misses, finds = "false-negatives", "false-positives"
	for _, c := range []struct {
		model, logsource, detection string
		want                        []string
	}{
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list: a}, condition: s", []string{misses}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list: a}, condition: not s", []string{finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|startswith: a}, condition: s", []string{misses}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|gt: 3}, condition: s", []string{misses}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|contains: a}, condition: s", []string{finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|contains: 'C:\\a'}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|fieldref: eventName}, condition: s", []string{misses}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|contains|fieldref: eventName}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|re: a}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list: null}, condition: s", []string{misses}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {requestParameters.list|exists: true}, condition: s", []string{finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {eventName: a}, condition: s", nil},
		{"sentinel", "{product: azure, service: signinlogs}", "s: {Status.errorCode: 5}, condition: s", []string{misses}},
		{"sentinel", "{product: windows, service: sysmon}", "s: {Image|contains: a, User: b}, condition: s", nil},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {TargetResources|contains: a}, condition: s", []string{finds}},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {TargetResources: a}, condition: s", []string{misses}},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {TargetResources|exists: true}, condition: s", []string{finds}},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {Made: a}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {Made: a}, condition: not s", []string{misses, finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {Below: a}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {Listed: a}, condition: s", nil},
		{"sentinel", "{product: aws, service: cloudtrail}", "s: {eventName|contains|fieldref: requestParameters.list}, condition: s", []string{misses}},
		{"sentinel", "{product: azure, service: auditlogs}", "s: {TargetResources: a, InitiatedBy.odd: b}, condition: s", []string{misses}},
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.spec.volumes.hostPath.path|contains: /etc}, condition: s", nil}, // of a list that the model knows, each element is asked
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.spec.volumes.csi.driver|contains: a}, condition: s", nil},
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.webhooks.name|contains: a}, condition: s", []string{misses, finds}}, // webhooks is a list
		{"sentinel", "{product: m365, service: audit}", "s: {ExtraProperties.Key|contains: a}, condition: s", []string{misses, finds}},               // so is the column
		{"sentinel", "{product: azure, service: auditlogs}", "s: {TargetResources.id|contains: a}, condition: s", nil},
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.spec.hostPID|exists: true}, condition: s", []string{misses, finds}},
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.kind|contains: Pod}, condition: s", []string{finds}},
		{"sentinel", "{product: kubernetes, service: audit}", "s: {requestObject.spec.hostPID: null}, condition: s", []string{finds, misses}},
		{"mde", "{product: windows, service: ldap}", "s: {AdditionalFields.Odd: c}, condition: s", []string{misses}},
	} {
		q, found := New().Compile(lowered.Rule(t, "logsource: "+c.logsource+"\nextract: {Made: {field: TargetResources, re: 'id:(a)'}, Below: {field: requestParameters.list, re: 'id:(a)'}, Listed: {field: requestParameters.userName, re: 'id:(a)'}}\ndetection: {"+c.detection+"}\n"), compilers.Options{Model: lowered.Model(t, c.model)})
		require.NotNil(t, q, "%v", found)
		var got []string
		for _, n := range q.Notes {
			if n.Code == "property-list" {
				got = append(got, n.Effect)
			}
		}
		assert.Equal(t, c.want, got, c.detection)
	}
}

// TestListsThatAreCompared: of a value that may be a list, the first element is compared or counted.
func TestListsThatAreCompared(t *testing.T) {
	const first = `case(gettype(%s) == "dictionary" or gettype(%s[0]) == "dictionary", "", gettype(%s) == "array", tostring(%s[0]), tostring(%s))`
	of := func(value string) string { return strings.ReplaceAll(first, "%s", value) }
	const aws, audit = "logsource: {product: aws, service: cloudtrail}\n", "logsource: {product: azure, service: auditlogs}\n"
	for text, want := range map[string]string{
		aws + "first_seen: {n: {fields: [requestParameters.list], over: 1h}}\n":                                      "tolower(" + of("parse_json(RequestParameters).list") + ")",
		aws + "first_seen: {n: {fields: [requestParameters.userName], over: 1h}}\n":                                  "tolower(tostring(parse_json(RequestParameters).userName))",
		audit + "first_seen: {n: {fields: [TargetResources], over: 1h}}\n":                                           of("TargetResources"),
		audit + "first_seen: {n: {fields: [TargetResources.ModifiedProperties.newValue], over: 1h}}\n":               "tolower(tostring(TargetResources[0].modifiedProperties[0].newValue))",
		audit + "prevalence: {n: {field: TargetResources, local: {distinct: InitiatedBy.odd, lte: 1}}}\n":            "= " + of("TargetResources"),
		audit + "prevalence: {n: {field: OperationName, local: {distinct: InitiatedBy.odd, lte: 1}}}\n":              "tolower(" + of("InitiatedBy.odd") + ")",
		audit + "suppress: {by: [TargetResources], for: 1h}\nfirst_seen: {n: {fields: [OperationName], over: 1h}}\n": "Like1 = tolower(" + of("TargetResources") + ")",
	} {
		q, found := New().Compile(lowered.Rule(t, text+"detection: {condition: n}\n"), compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%s%v", text, found)
		assert.Contains(t, q.Text, want, text)
	}
}

// TestWhatIsComparedOtherwiseIsNoted: wherever a value that may be a list, or may stand below one, is compared or
// counted.
func TestWhatIsComparedOtherwiseIsNoted(t *testing.T) {
	const (
		aws, audit, kubernetes = "logsource: {product: aws, service: cloudtrail}\n", "logsource: {product: azure, service: auditlogs}\n", "logsource: {product: kubernetes, service: audit}\n"
		misses, finds          = "false-negatives: ", "false-positives: "
		image                  = "requestObject.spec.containers.image"
	)
	noted := func(notes []compilers.Note) (messages []string) {
		for _, n := range notes {
			if n.Code == "property-list" {
				messages = append(messages, n.Effect+": "+n.Message)
			}
		}
		return messages
	}
	for text, want := range map[string][]string{
		kubernetes + "first_seen: {n: {fields: [" + image + "], over: 1h}}\n":                                  {misses + firstOf, finds + firstOf},
		kubernetes + "first_seen: {n: {fields: [requestObject.webhooks.name], over: 1h}}\n":                    {misses + belowList, finds + belowList},
		aws + "prevalence: {n: {field: requestParameters.set.items, local: {distinct: eventName, lte: 1}}}\n":  {misses + belowList, finds + belowList},
		aws + "prevalence: {n: {field: eventName, local: {distinct: requestParameters.set.items, lte: 1}}}\n":  {misses + belowList, finds + belowList},
		kubernetes + "suppress: {by: [" + image + "], for: 1h}\nfirst_seen: {n: {fields: [verb], over: 1h}}\n": {misses + firstOf, finds + firstOf},
		audit + "first_seen: {n: {fields: [TargetResources], over: 1h}}\n":                                     {misses + notFirst, finds + notFirst},
		aws + "first_seen: {n: {fields: [requestParameters.list], over: 1h}}\n":                                {misses + notFirst, finds + notFirst},
		aws + "first_seen: {n: {fields: [requestParameters.userName], over: 1h}}\n":                            nil,
	} {
		q, found := New().Compile(lowered.Rule(t, text+"detection: {condition: n}\n"), compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%s%v", text, found)
		assert.Equal(t, want, noted(q.Notes), text)
	}
	const other = "---\ntitle: A\nname: a\n" + kubernetes + "detection: {s: {verb: create}, condition: s}\n"
	for detection, want := range map[string][]string{
		"condition: s and j":     {misses + firstOf},
		"condition: s and not j": {finds + firstOf},
	} {
		rs := lowered.Rules(t, "title: B\n"+kubernetes+"joins: {j: {rule: a, same: ["+image+"], before: 1h}}\ndetection: {s: {verb: get}, "+detection+"}\n"+other)
		q, found := New().Compile(rs[0], compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, noted(q.Notes), detection)
	}
	for field, want := range map[string][]string{image: {misses + firstOf}, "verb": nil} {
		_, cs := lowered.Correlations(t, "title: A\nname: a\n"+kubernetes+"detection: {s: {verb: create}, condition: s}\n---\ntitle: T\ncorrelation: {type: event_count, rules: [a], group-by: ["+field+"], timespan: 1h, condition: {gte: 2}}\n")
		q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, noted(q.Notes), field)
	}
}

// TestTheFirstOfAnArrayIsNoted: compared with another field, or for an extract, the query reads the first element of an
// array, and not its JSON.
func TestTheFirstOfAnArrayIsNoted(t *testing.T) {
	const misses, finds = "false-negatives", "false-positives"
	for detection, want := range map[string][]string{
		"s: {TargetResources.id|fieldref: CorrelationId}, condition: s":                                  {misses},
		"s: {TargetResources.id|contains|fieldref: CorrelationId}, condition: s":                         {misses},
		"s: {CorrelationId|fieldref: TargetResources.id}, condition: s":                                  {misses},
		"s: {CorrelationId|fieldref: TargetResources.id}, o: {OperationName: x}, condition: o and not s": {finds},
		"s: {Part|endswith: x}, condition: s":                                                            {misses, finds},
	} {
		r := lowered.Rule(t, "logsource: {product: azure, service: auditlogs}\nextract: {Part: {field: TargetResources.userPrincipalName, re: '@(.*)$'}}\ndetection: {"+detection+"}\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%v", found)
		assert.Contains(t, q.Text, "TargetResources[0]", detection)
		var got []string
		for _, n := range q.Notes {
			if n.Code == "property-list" {
				got = append(got, n.Effect)
				assert.Equal(t, firstOf, n.Message, detection)
			}
		}
		assert.Equal(t, want, got, detection)
	}
}
