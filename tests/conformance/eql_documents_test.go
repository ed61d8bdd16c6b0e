package conformance

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// record is a Windows event before any product has it.
type record struct {
	id                                         string // of the document made of it
	channel, code, computer, provider, instant string
	data                                       map[string]string
}

const sysmonChannel = "Microsoft-Windows-Sysmon/Operational"

// sysmonCategories and sysmonRenames are what the ingest pipeline of Elastic's Windows integration does
// with Sysmon's events: packages/windows/data_stream/sysmon_operational in github.com/elastic/integrations.
var sysmonCategories = map[string][]any{
	"1": {"process"}, "2": {"file"}, "3": {"network"}, "4": {"process"}, "5": {"process"}, "6": {"driver"}, "7": {"process"}, "8": {"process"},
	"9": {"process"}, "10": {"process"}, "11": {"file"}, "12": {"configuration", "registry"}, "13": {"configuration", "registry"},
	"14": {"configuration", "registry"}, "15": {"file"}, "16": {"configuration"}, "17": {"file"}, "18": {"file"}, "19": {"process"}, "20": {"process"},
	"21": {"process"}, "22": {"network"}, "23": {"file"}, "25": {"process"}, "26": {"file"}, "27": {"file"}, "28": {"file"}, "29": {"file"}, "255": {"process"},
}

var sysmonRenames = map[string]string{
	"RuleName": "rule.name", "ProcessGuid": "process.entity_id", "Image": "process.executable", "SourceProcessGuid": "process.entity_id",
	"SourceProcessGUID": "process.entity_id", "SourceImage": "process.executable", "Destination": "process.executable", "CommandLine": "process.command_line",
	"CurrentDirectory": "process.working_directory", "ParentProcessGuid": "process.parent.entity_id", "ParentImage": "process.parent.executable",
	"ParentCommandLine": "process.parent.command_line", "TargetFilename": "file.path", "Device": "file.path", "PipeName": "file.name", "ImageLoaded": "file.path",
	"Protocol": "network.transport", "SourceHostname": "source.domain", "DestinationHostname": "destination.domain", "QueryName": "dns.question.name",
}

// sysmonCopies stay in winlog.event_data as well; the prefix is that of the file or the process.
var sysmonCopies = map[string]string{"Company": "pe.company", "Description": "pe.description", "FileVersion": "pe.file_version", "Product": "pe.product"}

var sysmonNumbers = map[string]string{"ProcessId": "process.pid", "SourceProcessId": "process.pid", "SourceThreadId": "process.thread.id",
	"ParentProcessId": "process.parent.pid", "SourcePort": "source.port", "DestinationPort": "destination.port"}

// winlogbeat makes the document that winlogbeat and Elastic's pipelines index.
func (r record) winlogbeat() doc {
	d := doc{}
	for path, v := range map[string]any{"event.id": r.id, "event.code": r.code, "@timestamp": r.instant, "winlog.channel": r.channel,
		"winlog.computer_name": r.computer, "winlog.provider_name": r.provider, "winlog.event_id": r.code, "host.os.type": "windows"} {
		put(d, path, v)
	}
	data := map[string]string{}
	for name, v := range r.data {
		if v != "" && (r.channel != sysmonChannel || v != "-" && v != "{00000000-0000-0000-0000-000000000000}") {
			data[name] = v
		}
	}
	if r.channel == sysmonChannel {
		r.sysmon(d, data)
	}
	if strings.EqualFold(r.channel, "Security") {
		r.security(d, data)
	}
	for name, v := range data {
		put(d, "winlog.event_data."+strings.ReplaceAll(name, " ", "_"), v)
	}
	return d
}

// sysmon moves what the pipeline moves out of the event's data.
func (r record) sysmon(d doc, data map[string]string) {
	if c := sysmonCategories[r.code]; c != nil {
		put(d, "event.category", c)
	}
	of := "process."
	if r.code == "7" {
		of = "file."
	}
	move := func(name, path string, v any) {
		put(d, path, v)
		delete(data, name)
	}
	for _, name := range sortedNames(data) {
		v := data[name]
		switch to, number := sysmonNumbers[name]; {
		case number:
			n, _ := strconv.ParseInt(v, 10, 64) // Sysmon writes decimals
			move(name, to, n)
		case sysmonRenames[name] != "":
			move(name, sysmonRenames[name], v)
		case sysmonCopies[name] != "":
			put(d, of+sysmonCopies[name], v)
		case name == "OriginalFileName":
			move(name, of+"pe.original_file_name", v)
		case name == "Hashes":
			delete(data, name)
			hashes(d, map[bool]string{true: "process.", false: "file."}[slices.Contains([]string{"1", "23", "24", "25"}, r.code)], v)
		case name == "User":
			delete(data, name)
			user(d, v)
		case name == "SourceIp" || name == "DestinationIp":
			move(name, strings.ToLower(strings.TrimSuffix(name, "Ip"))+".ip", v)
		case name == "Initiated":
			move(name, "network.direction", map[string]string{"true": "egress", "false": "ingress"}[v])
		case name == "SourceIsIpv6":
			move(name, "network.type", map[string]string{"true": "ipv6", "false": "ipv4"}[v])
		case name == "TargetObject":
			move(name, "registry.path", v)
		case name == "Signature":
			put(d, "file.code_signature.subject_name", v)
		case name == "SignatureStatus":
			put(d, "file.code_signature.status", v)
		case name == "IsExecutable" || name == "Archived":
			move(name, map[string]string{"IsExecutable": "sysmon.file.is_executable", "Archived": "sysmon.file.archived"}[name], v == "true")
		case slices.Contains([]string{"UtcTime", "DestinationIsIpv6", "SourcePortName", "DestinationPortName", "QueryStatus", "QueryResults"}, name):
			delete(data, name)
		}
	}
	names(d)
}

// moved are the Security events of which the pipeline moves process, address and workstation:
// x-pack/winlogbeat/module/security/ingest/security_standard.yml in github.com/elastic/beats.
var moved = strings.Fields(`1100 1102 1104 1105 1108 4624 4648 4625 4670 4673 4674 4689 4697 4719 4720 4722 4723 4724 4725 4726 4727 4728 4729 4730
	4731 4732 4733 4734 4735 4737 4738 4740 4741 4742 4743 4744 4745 4746 4747 4748 4749 4750 4751 4752 4753 4754 4755 4756 4757 4758 4759 4760
	4761 4762 4763 4764 4767 4768 4769 4770 4771 4798 4799 4817 4904 4905 4907 4912 5140 5145`)

// ofTarget are the Security events of which the pipeline copies the target as the user, without what is after @:
// packages/system/data_stream/security/elasticsearch/ingest_pipeline/standard.yml in github.com/elastic/integrations.
var ofTarget = strings.Fields("4624 4625 4634 4647 4768 4769 4770 4771 4776 4964")

// security moves what the pipeline of the Security log moves, and copies its users.
func (r record) security(d doc, data map[string]string) {
	move := func(name, path string, v any) {
		put(d, path, v)
		delete(data, name)
	}
	number := func(v string) int64 {
		n, _ := strconv.ParseInt(v, 0, 64) // Windows writes 0x… or decimals
		return n
	}
	of := "Subject"
	if slices.Contains(ofTarget, r.code) {
		of = "Target"
	}
	if v, _, _ := strings.Cut(data[of+"UserName"], "@"); v != "" && v != "-" {
		put(d, "user.name", v)
	}
	if v := data[of+"DomainName"]; v != "" && v != "-" {
		put(d, "user.domain", v)
	}
	for _, name := range sortedNames(data) {
		v := data[name]
		switch {
		case r.code == "4688" && name == "NewProcessId":
			move(name, "process.pid", number(v))
		case r.code == "4688" && name == "ProcessId":
			put(d, "process.parent.pid", number(v))
		case r.code == "4688" && name == "NewProcessName":
			move(name, "process.executable", v)
		case r.code == "4688" && name == "ParentProcessName":
			move(name, "process.parent.executable", v)
		case r.code == "4688" && name == "CommandLine":
			put(d, "process.command_line", v)
		case !slices.Contains(moved, r.code):
		case name == "ProcessId":
			move(name, "process.pid", number(v))
		case name == "ProcessName":
			move(name, "process.executable", v)
		case name == "IpAddress" && v != "-":
			move(name, "source.ip", strings.TrimPrefix(v, "::ffff:"))
		case name == "IpPort" && v != "-":
			move(name, "source.port", number(v))
		case name == "WorkstationName":
			move(name, "source.domain", v)
		}
	}
	if r.code == "4688" {
		put(d, "event.category", []any{"process"})
	}
	names(d)
}

// names adds the last component of paths, as pipelines and Defend do.
func names(d doc) {
	for path, name := range map[string]string{"process.executable": "process.name", "process.parent.executable": "process.parent.name", "file.path": "file.name", "dll.path": "dll.name"} {
		if v, ok := field(d, path).(string); ok && strings.Contains(v, `\`) {
			put(d, name, v[strings.LastIndex(v, `\`)+1:])
		}
	}
}

func hashes(d doc, of, all string) {
	for _, one := range strings.Split(all, ",") {
		algorithm, value, _ := strings.Cut(one, "=")
		to := of + "hash." + strings.ToLower(algorithm)
		if strings.EqualFold(algorithm, "imphash") {
			to = of + "pe.imphash"
		}
		if strings.Trim(value, "0") != "" {
			put(d, to, strings.ToLower(value))
		}
	}
}

func user(d doc, v string) {
	if domain, name, both := strings.Cut(v, `\`); both {
		put(d, "user.domain", domain)
		put(d, "user.name", name)
	}
}

// defendFields are Defend's names for Sysmon's data, by its own kind of event; what is not listed it does not record.
// https://github.com/elastic/endpoint-package/tree/main/package/endpoint/docs/custom_documentation
var defendFields = map[string]map[string]string{
	"process": {"Image": "process.executable", "CommandLine": "process.command_line", "CurrentDirectory": "process.working_directory", "ProcessGuid": "process.entity_id",
		"OriginalFileName": "process.pe.original_file_name", "ParentImage": "process.parent.executable", "ParentCommandLine": "process.parent.command_line",
		"ParentProcessGuid": "process.parent.entity_id", "LogonId": "process.Ext.authentication_id"},
	"library":  {"Image": "process.executable", "ProcessGuid": "process.entity_id", "ImageLoaded": "dll.path", "OriginalFileName": "dll.pe.original_file_name", "Signature": "dll.code_signature.subject_name"},
	"network":  {"Image": "process.executable", "ProcessGuid": "process.entity_id", "Protocol": "network.transport", "SourceIp": "source.ip", "DestinationIp": "destination.ip", "QueryName": "dns.question.name"},
	"file":     {"Image": "process.executable", "ProcessGuid": "process.entity_id", "TargetFilename": "file.path"},
	"registry": {"Image": "process.executable", "ProcessGuid": "process.entity_id", "TargetObject": "registry.path"},
}

// unnamedValue is how Sysmon says a key's unnamed value, which has no name in the kernel.
var unnamedValue = regexp.MustCompile(`\\\(Default\)$`)

// kernelNames are the names of keys that Sysmon replaces by friendlier ones.
var kernelNames = strings.NewReplacer(`\CurrentControlSet\`, `\ControlSet001\`, `HKU\`, `HKEY_USERS\`)

var dword = regexp.MustCompile(`^DWORD \(0x([0-9a-f]{8})\)$`)

// defend makes the document that Elastic Defend would index of the same happening; nil if it records no such thing.
func (r record) defend() doc {
	kinds := map[string][3]string{"1": {"process", "start", "start"}, "3": {"network", "start", "connection_attempted"}, "7": {"library", "start", "load"},
		"11": {"file", "creation", "creation"}, "13": {"registry", "change", "modification"}, "22": {"network", "info", "lookup_requested"}, "23": {"file", "deletion", "deletion"}}
	kind, known := kinds[r.code]
	if r.channel != sysmonChannel || !known {
		return nil
	}
	d := doc{}
	for path, v := range map[string]any{"event.id": r.id, "@timestamp": r.instant, "event.category": []any{kind[0]}, "event.type": []any{kind[1]}, "event.action": kind[2], "host.os.type": "windows"} {
		put(d, path, v)
	}
	for name, v := range r.data {
		if to := defendFields[kind[0]][name]; to != "" && v != "" {
			put(d, to, v)
		}
		if to := sysmonNumbers[name]; to != "" && kind[0] != "file" {
			n, _ := strconv.ParseInt(v, 10, 64)
			put(d, to, n)
		}
	}
	user(d, r.data["User"])
	switch kind[0] {
	case "process":
		hashes(d, "process.", r.data["Hashes"])
		put(d, "process.Ext.token.integrity_level_name", strings.ToLower(r.data["IntegrityLevel"]))
	case "library":
		hashes(d, "dll.", r.data["Hashes"])
		put(d, "dll.code_signature.exists", r.data["Signed"] == "true")
		put(d, "dll.code_signature.status", map[bool]string{true: "trusted", false: "errorBadDigest"}[r.data["SignatureStatus"] == "Valid"])
	case "network":
		put(d, "network.direction", map[bool]string{true: "egress", false: "ingress"}[r.data["Initiated"] == "true"])
	case "registry":
		put(d, "registry.data.strings", []any{registryStrings(r.data["Details"])})
		put(d, "registry.path", unnamedValue.ReplaceAllString(kernelNames.Replace(r.data["TargetObject"]), `\`))
	}
	names(d)
	return d
}

// registryStrings is registry.data.strings of what Sysmon shows.
func registryStrings(details string) string {
	if parts := dword.FindStringSubmatch(details); parts != nil {
		n, _ := strconv.ParseUint(parts[1], 16, 64) // eight hexadecimal digits
		return strconv.FormatUint(n, 10)
	}
	if details == "(Empty)" {
		return ""
	}
	return details
}

func sortedNames(m map[string]string) []string {
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
