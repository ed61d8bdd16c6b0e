package conformance

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules/ir"
	"decree/rules/schema"
)

// defenderTables are the tables and the types of action that Defender has for Sysmon's events.
var defenderTables = map[string][2]string{
	"1": {"DeviceProcessEvents", "ProcessCreated"}, "3": {"DeviceNetworkEvents", "ConnectionSuccess"}, "6": {"DeviceEvents", "DriverLoad"},
	"7": {"DeviceImageLoadEvents", "ImageLoaded"}, "8": {"DeviceEvents", "CreateRemoteThreadApiCall"}, "10": {"DeviceEvents", "OpenProcessApiCall"},
	"11": {"DeviceFileEvents", "FileCreated"}, "12": {"DeviceRegistryEvents", "RegistryKeyCreated"}, "13": {"DeviceRegistryEvents", "RegistryValueSet"},
	"23": {"DeviceFileEvents", "FileDeleted"}, "26": {"DeviceFileEvents", "FileDeleted"},
}

var defenderColumns = map[string]string{"CommandLine": "ProcessCommandLine", "OriginalFileName": "ProcessVersionInfoOriginalFileName",
	"Description": "ProcessVersionInfoFileDescription", "Product": "ProcessVersionInfoProductName", "Company": "ProcessVersionInfoCompanyName",
	"IntegrityLevel": "ProcessIntegrityLevel", "ParentCommandLine": "InitiatingProcessCommandLine",
	"DestinationIp": "RemoteIP", "DestinationHostname": "RemoteUrl", "SourceIp": "LocalIP", "Protocol": "Protocol"}

var defenderNumbers = map[string]string{"DestinationPort": "RemotePort", "SourcePort": "LocalPort"}

// defender makes the row that Defender would have of a Sysmon event, and its table; "" if it has none.
func (r record) defender() (table string, row doc) {
	to, known := defenderTables[r.code]
	if r.channel != sysmonChannel || !known {
		return "", nil
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(r.id, "e"), 10, 64)
	deleted := ""
	if of := strings.TrimPrefix(r.data["EventType"], "Delete"); r.code == "12" && of != r.data["EventType"] {
		deleted, to[1] = "Previous", "Registry"+of+"Deleted"
	}
	row = doc{"ReportId": id, "ActionType": to[1], "DeviceId": r.computer, "DeviceName": r.computer}
	path := func(folder, name, v string) {
		row[folder], row[name] = v, v[strings.LastIndexAny(v, `\/`)+1:]
	}
	account := func(prefix, v string) {
		row[prefix+"AccountDomain"], row[prefix+"AccountName"], _ = strings.Cut(v, `\`)
	}
	for name, v := range r.data {
		switch created := r.code == "1"; {
		case created && name == "Image", name == "TargetFilename", name == "ImageLoaded", name == "TargetImage":
			path("FolderPath", "FileName", v)
		case name == "Image", name == "SourceImage", name == "ParentImage":
			path("InitiatingProcessFolderPath", "InitiatingProcessFileName", v)
		case created && name == "User":
			account("", v)
		case name == "User", name == "SourceUser", name == "ParentUser":
			account("InitiatingProcess", v)
		case name == "Hashes":
			for _, one := range strings.Split(v, ",") {
				if algorithm, hash, _ := strings.Cut(one, "="); algorithm != "IMPHASH" {
					row[algorithm] = strings.ToLower(hash)
				}
			}
		case name == "TargetObject":
			v = strings.NewReplacer(`HKLM\`, `HKEY_LOCAL_MACHINE\`, `HKU\`, `HKEY_USERS\`, `HKCR\`, `HKEY_LOCAL_MACHINE\SOFTWARE\Classes\`, `CurrentControlSet`, `ControlSet001`).Replace(v)
			row[deleted+"RegistryKey"] = v
			if at := strings.LastIndexByte(v, '\\'); (r.code == "13" || r.data["EventType"] == "DeleteValue") && at >= 0 {
				row[deleted+"RegistryKey"], row[deleted+"RegistryValueName"] = v[:at], strings.TrimSuffix(v[at+1:], "(Default)")
			}
		case name == "Details":
			row["RegistryValueData"] = v
			if hex, ok := strings.CutPrefix(v, "DWORD (0x"); ok {
				n, _ := strconv.ParseUint(strings.TrimSuffix(hex, ")"), 16, 32)
				row["RegistryValueData"] = strconv.FormatUint(n, 10)
			}
		case defenderNumbers[name] != "":
			row[defenderNumbers[name]], _ = strconv.ParseInt(v, 10, 64)
		case defenderColumns[name] != "":
			row[defenderColumns[name]] = v
		}
	}
	if r.data["Initiated"] == "false" { // the device's end is the destination of a connection that comes in
		row["ActionType"] = "InboundConnectionAccepted"
		row["LocalIP"], row["RemoteIP"], row["LocalPort"], row["RemotePort"] = row["RemoteIP"], row["LocalIP"], row["RemotePort"], row["LocalPort"]
	}
	return to[0], row
}

// TestKQLAgreesOnRegressionData runs public rules on the rows that Defender would hold of the events, by the engine and
// by the query: all rules that find something, and one of four others. They find the same, rule by rule.
func TestKQLAgreesOnRegressionData(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("mde")
	require.NoError(t, err)
	var all []doc
	byTable := map[string][]doc{}
	for _, r := range recordings(t, 200) {
		if table, row := r.defender(); row != nil {
			all = append(all, row)
			byTable[table] = append(byTable[table], row)
		}
	}
	events := map[string]string{}
	for table, rows := range byTable {
		events[table] = writeEvents(t, rows)
	}
	var compiled []*ir.Rule
	var queries []string
	left := 0
	for _, r := range corpusRules(t) {
		q, _ := kql.New().Compile(r, compilers.Options{Model: m})
		if q == nil || r.Source.LogSource.Product != "windows" {
			continue
		}
		// duckdb-kql does not know the function, nor the escape that Kusto has for what cannot be printed:
		// https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/string
		if strings.Contains(q.Text, "parse_json(") || strings.Contains(q.Text, `"\u`) {
			left++
			continue
		}
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	wanted := found(t, m, compiled, writeEvents(t, all))
	asked := compiled[:0]
	for i, r := range compiled {
		if len(wanted[r]) > 0 || i%4 == 0 { // running a query takes longest
			queries[len(asked)] = queries[i]
			asked = append(asked, r)
		}
	}
	compiled, queries = asked, queries[:len(asked)]
	tables := tablesOf(t, m)
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "Timestamp") {
		require.Empty(t, c.Errors, queries[i])
		runnable = append(runnable, c.Text)
	}
	matched, matches := 0, 0
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: events, ID: "ReportId"}) {
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got, "%s\n%s", compiled[i].Source.Title, queries[i])
		matches += len(want)
		if len(want) > 0 {
			matched++
		}
	}
	t.Logf("%d rules on %d rows: %d rules match, %d matches; %d rules left out", len(compiled), len(all), matched, matches, left)
	assert.GreaterOrEqual(t, matched, 100)
}
