package products_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestWhatElasticMakesOfAnEvent: what holds of an event as its product writes it holds of what Elastic's integration
// makes of it.
func TestWhatElasticMakesOfAnEvent(t *testing.T) {
	for name, c := range map[string]struct {
		source, model, own, elastic string
		hold, fail                  []string
	}{
		"Azure's activity log": {
			"{product: azure, service: activitylogs}", "cloud",
			`{"operationName":"MICROSOFT.KEYVAULT/VAULTS/DELETE","category":"Administrative","resultType":"Start","properties":{"message":"Microsoft.KeyVault/vaults/delete"}}`,
			`{"event":{"dataset":"azure.activitylogs","action":"MICROSOFT.KEYVAULT/VAULTS/DELETE"},"azure":{"activitylogs":{"operation_name":"MICROSOFT.KEYVAULT/VAULTS/DELETE","event_category":"Administrative","result_type":"Start"}}}`,
			[]string{"properties.message: Microsoft.KeyVault/vaults/delete", "status: Started", "ActivityStatusValue: Start"},
			[]string{"status: Success", "ActivityStatusValue: Succeeded"},
		},
		"a login at Google Workspace": {
			"{product: gcp, service: google_workspace.login}", "cloud",
			`{"id":{"applicationName":"login"},"actor":{"email":"a@b.c"},"events":[{"type":"login","name":"login_failure"}]}`,
			`{"event":{"dataset":"google_workspace.login","action":"login_failure","provider":"login"},"google_workspace":{"event":{"type":"login"}}}`,
			[]string{"eventName: login_failure", "eventType: login", "eventService: login.googleapis.com"},
			[]string{"eventService: admin.googleapis.com"},
		},
		"Duo's authentication": {
			"{product: cisco, service: duo}", "cloud",
			`{"event_type":"authentication","isotimestamp":"2026-01-01T00:00:00+00:00","txid":"t","factor":"duo_push","result":"denied","reason":"user_marked_fraud","email":"a@b.c"}`,
			`{"event":{"dataset":"cisco_duo.auth"},"cisco_duo":{"auth":{"event_type":"authentication","factor":"duo_push","result":"denied","reason":"user_marked_fraud","email":"a@b.c"}}}`,
			[]string{"factor: duo_push", "result: denied", "email: a@b.c"}, []string{"factor: phone_call"},
		},
		"Bitbucket's audit": {
			"{product: bitbucket, service: audit}", "cloud",
			`{"auditType":{"action":"Project deleted","category":"Projects","level":"BASE","area":"LOCAL_CONFIG"},"author":{"id":"2","name":"ann"},"method":"Browser"}`,
			`{"event":{"dataset":"atlassian_bitbucket.audit"},"bitbucket":{"audit":{"type":{"action":"Project deleted","category":"Projects","level":"BASE","area":"LOCAL_CONFIG"},"method":"Browser"}},"user":{"id":"2","name":"ann"}}`,
			[]string{"auditType.area: LOCAL_CONFIG", "auditType.level: BASE", "author.name: ann", "author.id: 2", "method: Browser"}, []string{"author.name: bob"},
		},
		"a sign-on to Okta": {
			"{product: okta, service: okta}", "cloud",
			`{"eventType":"user.session.start","published":"2026-01-02T03:04:05.678Z","authenticationContext":{"authenticationStep":0},"severity":"INFO"}`,
			`{"@timestamp":"2026-01-02T03:04:05.678Z","event":{"dataset":"okta.system"},"okta":{"event_type":"user.session.start","authentication_context":{"authentication_step":0}}}`,
			[]string{"published|year: 2026", "authenticationContext.authenticationStep: 0"}, []string{"published|year: 2025"},
		},
		"a line of Squid": {
			"{category: proxy}", "web",
			`{"cs-method":"CONNECT","c-uri":"x.example:443","sc-status":403,"cs-username":"ann","s-action":"TCP_DENIED"}`,
			`{"event":{"category":["web"],"dataset":"squid.log"},"http":{"request":{"method":"CONNECT"}},"url":{"original":"x.example:443"},"squid":{"status_code":403},"source":{"user":{"name":"ann"}}}`,
			[]string{"sc-status: 403", "cs-username: ann", "c-uri|startswith: x.example"}, []string{"sc-status: 200", "cs-username: bob"},
		},
		"a library whose signature has expired": {
			"{product: windows, category: image_load}", "windows",
			`{"EventID":7,"Channel":"Microsoft-Windows-Sysmon/Operational","ImageLoaded":"C:\\a.dll","SignatureStatus":"Expired"}`,
			`{"event":{"category":["library"],"dataset":"endpoint.events.library"},"host":{"os":{"type":"windows"}},"dll":{"path":"C:\\a.dll","code_signature":{"status":"errorExpired"}}}`,
			[]string{"SignatureStatus: Expired", "SignatureStatus|startswith: exp"}, []string{"SignatureStatus: Valid"},
		},
		"accesses of the Security log, as codes": {
			"{product: windows, service: security}", "windows",
			`{"EventID":4663,"Channel":"Security","AccessList":"%%4417\n\t\t\t\t%%4418\n","UserAccountControl":"%%2080 %%2084"}`,
			`{"event":{"code":"4663"},"winlog":{"channel":"Security","event_data":{"AccessList":["4417","4418"],"UserAccountControl":["2080","2084"]}}}`,
			[]string{"AccessList|contains: '%%4417'", "AccessList|contains|all: ['%%4417', '%%4418']", "AccessList|contains: '4418'", "UserAccountControl|contains: '%%2084'"},
			[]string{"AccessList|contains: '%%4416'", "UserAccountControl|contains: '%%2089'"},
		},
		"what a firewall denied": {
			"{category: firewall}", "network",
			`{"src_ip":"10.0.0.1","dst_ip":"10.0.0.2","dst_port":22,"action":"deny"}`,
			`{"event":{"category":["network"],"type":["connection","denied"],"action":"firewall-rule"},"source":{"ip":"10.0.0.1"},"destination":{"ip":"10.0.0.2","port":22}}`,
			[]string{"action: deny", "action: [accept, deny]", "dst_port: 22"}, []string{"action: accept", "action: firewall-rule"},
		},
	} {
		for of, tests := range map[int][]string{1: c.hold, 0: c.fail} {
			for _, test := range tests {
				rule := lowered.Rule(t, "title: T\nlogsource: "+c.source+"\ndetection: {s: {"+test+"}, condition: s}\n")
				for model, event := range map[string]string{c.model: c.own, "ecs": c.elastic} {
					results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, model)}, []*ir.Rule{rule}, event)
					assert.Len(t, results, of, "%s in %s: %s", name, model, test)
				}
			}
		}
	}
}

// TestFortiGateInTheCommonEventFormat: rules with FortiGate's own names find its events in either format.
func TestFortiGateInTheCommonEventFormat(t *testing.T) {
	own := `{"devname":"f","devid":"FG1","logid":"1","subtype":"system","action":"Edit","cfgpath":"vpn.ssl.settings","user":"ann","ui":"GUI","status":"success","srcip":"10.0.0.1","dstport":443}`
	cef := `{"DeviceVendor":"Fortinet","DeviceProduct":"Fortigate","logid":"1","subtype":"system","act":"Edit","cfgpath":"vpn.ssl.settings","duser":"ann","sproc":"GUI","outcome":"success","src":"10.0.0.1","dpt":"443"}`
	rule := lowered.Rule(t, "title: T\nlogsource: {product: fortigate, service: event}\ndetection: {s: {action: Edit, cfgpath: vpn.ssl.settings, user: ann, ui: GUI, status: success, srcip|cidr: 10.0.0.0/8, dstport: 443}, condition: s}\n")
	results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "network")}, []*ir.Rule{rule}, own, cef)
	assert.Len(t, results, 2)
}
