package conformance

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// awkwardMembers are values of an element's field that look like JSON, or are lists and objects.
var awkwardMembers = []any{"User", "role x", "", "null", nil, 1, 1.5, "1", true, "true", `["User"]`, `{"a": 1}`, `say "User"`, `a\b`, "é\nx", "12 User", []any{}, []any{nil}, []any{"x", "User"}, []any{1, "role", nil},
	doc{}, doc{"id": "User"}, doc{"id": []any{"role", 5}}}

// awkwardArray makes an array of objects and of all else, or something that is none. The text of an array is one.
func (a author) awkwardArray(depth int) any {
	if a.IntN(6) == 0 {
		return pick(a, []any{nil, "x", doc{"a": "User"}, []any{}, `["User", {"a": "role x"}]`, "[", []any{nil}, []any{[]any{"User"}}})
	}
	all := []any{}
	for range pick(a, []int{0, 1, 2, 2, 3, 12}) {
		if a.IntN(4) == 0 {
			all = append(all, pick(a, awkwardMembers))
			continue
		}
		e := doc{}
		for _, name := range []string{"a", "b c", "info"} {
			if a.IntN(3) > 0 {
				e[name] = pick(a, awkwardMembers)
			}
		}
		if depth > 0 && a.IntN(2) == 0 {
			e["in"] = doc{"list": a.awkwardArray(depth - 1)}
		}
		all = append(all, e)
	}
	return all
}

func (a author) awkwardItem() string {
	field := pick(a, []string{"a", "a", "b c", "info.id", "."})
	return "'" + field + pick(a, []string{"': User", "': ''", "': null", "': 'null'", "': true", "': 1", "': '*'", "|exists': true", "|exists': false", "|cased': 'true'", "|contains': '\"'", "|startswith': '['",
		"|contains': [ser, é]", "|re': '^[12]( U|$)'", "|gte': 1", "|lt': 1.5", "|word': User", "|filename': b", "|bits': 1", "|cidr': '10.0.0.0/8'", "|re': '\n'"})
}

// awkwardSelection writes a test of an array, in which one of the arrays of its elements may be tested.
func (a author) awkwardSelection(field string, depth int) string {
	body := a.awkwardItem()
	if a.IntN(2) == 0 {
		body = "p: {" + body + "}, q: {" + a.awkwardItem() + "}, condition: " + pick(a, []string{"p and q", "p and not q", "p or q", "not p"})
		if depth > 0 && a.IntN(2) == 0 {
			body = "p: {" + a.awkwardSelection("in.list", depth-1) + "}, q: {" + a.awkwardSelection("in.list", 0) + "}, condition: " + pick(a, []string{"p and q", "p or not q"})
		}
	} else if depth > 0 && a.IntN(2) == 0 {
		body += ", " + a.awkwardSelection("in.list", depth-1)
	}
	return "'" + field + "[" + a.selector() + "]': {" + body + "}"
}

// splAgreesOnArrays runs rules on arrays by the engine and by their searches, over events of Entra's audit log.
func splAgreesOnArrays(t *testing.T, a author, array func() any, rule func() *ir.Rule) {
	m, err := schema.Load("splunk-cloud")
	require.NoError(t, err)
	m.ID = []string{"correlationId"}
	var events []doc
	for i := range 120 {
		properties := doc{"message": "x"}
		if a.IntN(10) > 0 {
			properties["targetResources"] = array()
		}
		e := splJSONEvent(doc{"correlationId": fmt.Sprintf("e%d", i), "category": "AuditLogs", "properties": properties})
		e["sourcetype"] = "azure:monitor:aad"
		events = append(events, e)
	}
	file, rows, world, matches := writeEvents(t, events), splRows(t, events), &splWorld{}, 0
	var all []*ir.Rule
	for tries := 0; len(all) < randomRules(t)/4; tries++ {
		require.Less(t, tries, 20*randomRules(t), "the parser refuses most rules")
		if r := rule(); r != nil {
			all = append(all, r)
		}
	}
	wanted := found(t, m, all, file)
	for _, r := range all {
		q, problems := spl.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", r.Source.Description, problems)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		assert.ElementsMatch(t, wanted[r], splFound(q.Text, rows, world, "correlationId"), "%s\n%s", r.Source.Description, q.Text)
		matches += len(wanted[r])
	}
	t.Logf("%d rules on %d events, %d matches", len(all), len(events), matches)
	assert.Greater(t, matches, 10*len(all))
}

// TestSPLAgreesOnArrays runs random tests of elements on random arrays, by the engine and by the search.
func TestSPLAgreesOnArrays(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(6, seedOf(t))), windowsFolders}
	splAgreesOnArrays(t, a, func() any { return a.array(1) }, func() *ir.Rule { return a.arrayRule(t) })
}

// TestSPLAgreesOnAwkwardArrays does the same with elements that are not objects, and with fields of them that are lists
// or look like JSON.
func TestSPLAgreesOnAwkwardArrays(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(7, seedOf(t))), windowsFolders}
	splAgreesOnArrays(t, a, func() any { return a.awkwardArray(2) }, func() *ir.Rule {
		text := "title: T\nsigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  s: {" + a.awkwardSelection("TargetResources", 2) + "}\n  u: {" +
			a.awkwardSelection("TargetResources", 1) + "}\n  condition: " + pick(a, []string{"s", "not s", "s and u", "s or not u"}) + "\n"
		parsed, found := parse.Rules("rule.yml", []byte(text), nil)
		require.False(t, found.HasErrors(), "%s\n%v", text, found)
		r, found := ir.Lower(parsed[0])
		if found.HasErrors() {
			return nil
		}
		r.Source.Description = text
		return r
	})
}

// TestSPLFindsArraysOfServices asks for elements of arrays that cloud services' own events have, as Splunk indexes
// them. Each event has what is looked for in one element, in two elements, or not at all.
func TestSPLFindsArraysOfServices(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-cloud")
	require.NoError(t, err)
	m.ID = []string{"id"}
	pair := func(name string, value any) doc { return doc{"Name": name, "Value": value} }
	for _, c := range []struct {
		name, logsource, sourcetype, selection string
		fixed                                  doc
		path                                   []string // to the array, in the event
		one, two                               []any
	}{
		{"CloudTrail's permissions", "product: aws, service: cloudtrail", "aws:cloudtrail", "'requestParameters.ipPermissions.items[any]': {fromPort|lte: 22, toPort|gte: 22, 'ipRanges.items[any].cidrIp': 0.0.0.0/0}", nil,
			[]string{"requestParameters", "ipPermissions", "items"},
			[]any{doc{"fromPort": 22, "toPort": 22, "ipRanges": doc{"items": []any{doc{"cidrIp": "10.0.0.0/8"}, doc{"cidrIp": "0.0.0.0/0"}}}}},
			[]any{doc{"fromPort": 22, "toPort": 22, "ipRanges": doc{}}, doc{"fromPort": 443, "toPort": 443, "ipRanges": doc{"items": []any{doc{"cidrIp": "0.0.0.0/0"}}}}}},
		{"Entra's modified properties", "product: azure, service: auditlogs", "azure:monitor:aad", "'TargetResources[0].modifiedProperties[any]': {displayName: Role, newValue|contains: Admin}", doc{"category": "AuditLogs"},
			[]string{"properties", "targetResources"},
			[]any{doc{"modifiedProperties": []any{doc{"displayName": "Role", "newValue": `"Global Admin"`, "oldValue": nil}}}},
			[]any{doc{"modifiedProperties": []any{doc{"displayName": "Role", "newValue": nil}, doc{"displayName": "Id", "newValue": `["Admin"]`}}}}},
		{"what was added to a sign-in", "product: azure, service: signinlogs", "azure:monitor:aad", "'AuthenticationDetails[any]': {authenticationMethod: Password, succeeded: true}", doc{"category": "SignInLogs"},
			[]string{"properties", "authenticationDetails"},
			[]any{doc{"authenticationMethod": "Password", "succeeded": true}},
			[]any{doc{"authenticationMethod": "Password", "succeeded": false}, doc{"authenticationMethod": "Phone", "succeeded": true}}},
		{"Google's bindings in a message", "product: gcp, service: gcp.audit", "google:gcp:pubsub:message", "'protoPayload.serviceData.policyDelta.bindingDeltas[any]': {action: ADD, member: allUsers}", nil,
			[]string{"data", "protoPayload", "serviceData", "policyDelta", "bindingDeltas"},
			[]any{doc{"action": "ADD", "member": "allUsers"}}, []any{doc{"action": "ADD", "member": "a"}, doc{"action": "REMOVE", "member": "allUsers"}}},
		{"Google's bindings in an entry", "product: gcp, service: gcp.audit", "google:gcp:pubsub:audit:admin_activity", "'protoPayload.serviceData.policyDelta.bindingDeltas[any]': {action: ADD, member: allUsers}", nil,
			[]string{"protoPayload", "serviceData", "policyDelta", "bindingDeltas"},
			[]any{doc{"action": "ADD", "member": "allUsers"}}, []any{doc{"action": "ADD", "member": "a"}, doc{"action": "REMOVE", "member": "allUsers"}}},
		{"Okta's targets", "product: okta, service: okta", "OktaIM2:log", "'target[any]': {type: User, alternateId|endswith: '@example.org'}", nil,
			[]string{"target"},
			[]any{doc{"type": "App"}, doc{"type": "User", "alternateId": "a@Example.org"}}, []any{doc{"type": "User", "alternateId": nil}, doc{"type": "Group", "alternateId": "b@example.org"}}},
		{"parameters of Exchange", "product: m365, service: exchange", "o365:management:activity", "'Parameters[any]': {Name: ForwardTo, Value|contains: '@'}", doc{"Workload": "Exchange"},
			[]string{"Parameters"},
			[]any{pair("Name", "x"), pair("ForwardTo", "smtp:a@b")}, []any{pair("ForwardTo", ""), pair("Name", "a@b")}},
		{"containers of Kubernetes", "product: kubernetes, service: audit", "kube:apiserver-audit", "'requestObject.spec.containers[any]': {image|contains: evil, 'securityContext.capabilities.add[any]': SYS_ADMIN}", nil,
			[]string{"requestObject", "spec", "containers"},
			[]any{doc{"image": "evil:1", "securityContext": doc{"capabilities": doc{"add": []any{"NET_RAW", "SYS_ADMIN"}}}}},
			[]any{doc{"image": "evil:1"}, doc{"image": "good", "securityContext": doc{"capabilities": doc{"add": []any{"SYS_ADMIN"}}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			event := func(id string, array []any) doc {
				whole := doc{"id": id}
				for name, v := range c.fixed {
					whole[name] = v
				}
				at := whole
				for i, name := range c.path {
					switch {
					case i < len(c.path)-1:
						at[name] = doc{}
						at = at[name].(doc)
					case array != nil:
						at[name] = array
					}
				}
				e := splJSONEvent(whole)
				e["sourcetype"] = c.sourcetype
				return e
			}
			events := []doc{event("one", c.one), event("two", c.two), event("empty", []any{}), event("none", nil)}
			file, rows := writeEvents(t, events), splRows(t, events)
			for condition, want := range map[string][]string{"s": {"one"}, "not s": {"empty", "none", "two"}} {
				r := lowered.Rule(t, "title: T\nsigma-version: 3\nlogsource: {"+c.logsource+"}\ndetection:\n  s: {"+c.selection+"}\n  condition: "+condition+"\n")
				q, problems := spl.New().Compile(r, compilers.Options{Model: m})
				require.NotNil(t, q, "%v", problems)
				assert.ElementsMatch(t, want, RunEngine(t, r, m, file, splVerdicts()), "the engine: %s", condition)
				assert.ElementsMatch(t, want, splFound(q.Text, rows, &splWorld{}, "id"), q.Text)
			}
		})
	}
}
