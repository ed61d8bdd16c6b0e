package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// services are conditions on rows as Sentinel's connectors of other products write them, and the rows they find, by their places.
var services = []struct {
	name, source, table, detection string
	rows                           []doc
	want                           []int
}{
	{"Zeek's calls", "product: zeek, service: dce_rpc", "Corelight_v2_dce_rpc_CL", "s: {endpoint: svcctl, operation|startswith: Create}\n  condition: s",
		[]doc{{"endpoint_s": "svcctl", "operation_s": "CreateServiceW"}, {"endpoint_s": "svcctl", "operation_s": "StartServiceW"}, {"endpoint_s": "atsvc", "operation_s": "CreateJob"}}, []int{0}},
	{"Zeek's files", "product: zeek, service: smb_files", "Corelight_v2_smb_files_CL", "s: {path|endswith: 'IPC$', name: spoolss}\n  condition: s",
		[]doc{{"path_s": `\\server\IPC$`, "name_s": "spoolss"}, {"path_s": `\\server\C$`, "name_s": "spoolss"}}, []int{0}},
	{"Zeek's HTTP, by both names", "product: zeek, service: http", "Corelight_v2_http_CL", "s: {c-uri|endswith: .exe, method: get, id.resp_p: 80}\n  f: {user_agent: good}\n  condition: s and not f",
		[]doc{{"uri_s": "/a.exe", "method_s": "GET", "id_resp_p_d": 80, "user_agent_s": "x"}, {"uri_s": "/a.exe", "method_s": "POST", "id_resp_p_d": 80},
			{"uri_s": "/a.exe", "method_s": "GET", "id_resp_p_d": 80, "user_agent_s": "good"}, {"uri_s": "/b.exe", "method_s": "GET", "id_resp_p_d": 80}}, []int{0, 3}},
	{"Google's administrators", "product: gcp, service: google_workspace.admin", "GoogleWorkspaceReports", "s: {eventService: admin.googleapis.com, eventName: [REMOVE_PRIVILEGE, ASSIGN_ROLE]}\n  condition: s",
		[]doc{{"IdApplicationName": "admin", "EventName": "ASSIGN_ROLE"}, {"IdApplicationName": "login", "EventName": "ASSIGN_ROLE"}, {"IdApplicationName": "admin", "EventName": "CREATE_USER"}}, []int{0}},
	{"OneLogin's numbers", "product: onelogin, service: onelogin.events", "OneLoginEventsV2_CL", "s: {event_type_id: [3, 532]}\n  condition: s",
		[]doc{{"EventTypeId": 3}, {"EventTypeId": 5}, {"EventTypeId": 532}}, []int{0, 2}},
	{"Duo", "product: cisco, service: duo", "CiscoDuo_CL", "s: {event_type: authentication, reason: bypass_user}\n  condition: s",
		[]doc{{"event_type_s": "authentication", "reason_s": "bypass_user"}, {"event_type_s": "authentication", "reason_s": "user_approved"}}, []int{0}},
}

// TestKQLAgreesOnOtherServices runs each condition both ways. The rows of all stand in the tables that the queries read.
func TestKQLAgreesOnOtherServices(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	tables := tablesOf(t, m)
	rows := map[string][]doc{}
	var queries []string
	for i, c := range services {
		rs, problems := rules.Parse("rule.yml", []byte("title: T\nlogsource: {"+c.source+"}\ndetection:\n  "+c.detection+"\n"), nil)
		require.Empty(t, problems, c.name)
		r, problems := ir.Lower(rs[0])
		require.Empty(t, problems, c.name)
		for j, row := range c.rows {
			row["_ItemId"], row["TimeGenerated"] = fmt.Sprintf("%d/%d", i, j), now
		}
		rows[c.table] = append(rows[c.table], c.rows...)
		assert.Equal(t, wantedOf(i), found(t, m, []*ir.Rule{r}, writeEvents(t, c.rows))[r], c.name)
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s: %v", c.name, problems)
		queries = append(queries, q.Text)
	}
	events := map[string]string{}
	for table, all := range rows {
		events[table] = writeEvents(t, all)
	}
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "TimeGenerated") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: events, ID: "_ItemId"}) {
		own := slices.DeleteFunc(got, func(id string) bool { return !strings.HasPrefix(id, fmt.Sprint(i, "/")) })
		slices.Sort(own)
		assert.Equal(t, wantedOf(i), own, "%s\n%s", services[i].name, queries[i])
	}
}

// wantedOf are the rows that a service's condition finds, by their names.
func wantedOf(i int) []string {
	var ids []string
	for _, row := range services[i].want {
		ids = append(ids, fmt.Sprintf("%d/%d", i, row))
	}
	return ids
}
