package deployed

import (
	"cmp"
	"fmt"
	"time"
)

// sentinelKinds say which kind of thing an entity of Sentinel is.
var sentinelKinds = map[string]string{"Host": "host", "Account": "user", "Process": "process", "File": "file", "IP": "ip", "DNS": "domain", "URL": "url", "RegistryKey": "registry_key",
	"RegistryValue": "registry_value", "Mailbox": "mailbox"}

// partOnly are identifiers that tell a part of a thing, which a rule does not name by itself.
var partOnly = map[string]bool{"NTDomain": true, "UPNSuffix": true, "DnsDomain": true, "Directory": true}

func metaSentinel(m *Meta, r Rule) {
	of := r.Properties
	m.Level, m.Enabled = level(text(of["severity"])), text(of["enabled"]) != "false"
	for _, name := range texts(of["tactics"]) {
		m.tactic(name)
	}
	for _, id := range texts(of["techniques"]) {
		m.technique(id)
	}
	m.Every, m.Lookback = timeOf(of["queryFrequency"]), timeOf(of["queryPeriod"])
	switch r.Kind {
	case "NRT":
		m.Every, m.Lookback = time.Minute, time.Minute
	case "Scheduled", "":
	default:
		m.Unfit = "it is of the kind " + r.Kind
	}
	operator, threshold := cmp.Or(text(of["triggerOperator"]), "GreaterThan"), cmp.Or(text(of["triggerThreshold"]), "0")
	if m.Unfit == "" && (threshold != "0" || operator != "GreaterThan" && operator != "NotEqual") {
		m.Unfit = unfitCount(fmt.Sprintf("%s %s", operator, threshold))
	}
	m.SuppressFor = timeOf(of["suppressionDuration"])
	for _, one := range list(of["entityMappings"]) {
		mapping := object(one)
		for _, f := range list(mapping["fieldMappings"]) {
			if field := object(f); !partOnly[text(field["identifier"])] {
				m.entity(sentinelKinds[text(mapping["entityType"])], text(field["columnName"]))
			}
		}
	}
	m.details(object(of["customDetails"]))
	override := object(of["alertDetailsOverride"])
	m.AlertTitle, m.AlertDescription = braced(text(override["alertDisplayNameFormat"]), "{{", "}}"), braced(text(override["alertDescriptionFormat"]), "{{", "}}")
}

// defenderKinds say which kind of thing a property of an entity mapping is about.
var defenderKinds = map[string]map[string]string{
	"hosts":          {"deviceIdColumn": "host", "nameColumn": "host"},
	"accounts":       {"nameColumn": "user", "sidColumn": "user", "upnColumn": "user", "aadUserIdColumn": "user"},
	"files":          {"nameColumn": "file", "sha1Column": "sha1", "sha256Column": "sha256"},
	"ips":            {"addressColumn": "ip"},
	"urls":           {"addressColumn": "url"},
	"dns":            {"domainNameColumn": "domain"},
	"registryValues": {"keyColumn": "registry_key", "valueNameColumn": "registry_value"},
	"mailboxes":      {"primaryAddressColumn": "mailbox"},
}

// formerAssets are the columns that assets of the API before 2026 name.
var formerAssets = map[string]Pair{"deviceId": {"host", "DeviceId"}, "deviceName": {"host", "DeviceName"}, "remoteDeviceName": {"host", "RemoteDeviceName"}, "targetDeviceName": {"host", "TargetDeviceName"},
	"accountObjectId": {"user", "AccountObjectId"}, "accountSid": {"user", "AccountSid"}, "accountUpn": {"user", "AccountUpn"}, "accountName": {"user", "AccountName"},
	"initiatingProcessAccountUpn": {"user", "InitiatingProcessAccountUpn"}, "recipientEmailAddress": {"mailbox", "RecipientEmailAddress"}}

func metaDefender(m *Meta, r Rule) {
	of := r.Properties
	m.Enabled = text(of["status"]) == "enabled" || of["status"] == nil
	m.Every = timeOf(object(of["schedule"])["frequency"])
	m.Lookback = timeOf(object(of["schedule"])["lookback"])
	alert := object(object(of["detectionAction"])["alertTemplate"])
	if m.Description == "" {
		m.Description = text(alert["description"])
	}
	m.Level, m.Response = level(text(alert["severity"])), text(alert["recommendedActions"])
	m.tactic(text(alert["category"]))
	for _, id := range texts(alert["mitreTechniques"]) {
		m.technique(id)
	}
	for _, one := range list(alert["tactics"]) {
		m.defenderTactic(object(one))
	}
	m.defenderEntities(object(alert["entityMappings"]))
	for _, one := range list(alert["impactedAssets"]) {
		asset := formerAssets[text(object(one)["identifier"])]
		m.entity(asset.Name, asset.Column)
	}
	m.details(object(alert["customDetails"]))
	m.AlertTitle, m.AlertDescription = braced(text(alert["title"]), "{{", "}}"), braced(text(alert["description"]), "{{", "}}")
}

// defenderTactic reads a tactic with its techniques, of which one that has sub-techniques stands for these.
func (m *Meta) defenderTactic(t map[string]any) {
	m.tactic(text(t["tactic"]))
	for _, under := range list(t["techniques"]) {
		technique := object(under)
		subs := texts(technique["subTechniques"])
		if len(subs) == 0 {
			m.technique(text(technique["technique"]))
		}
		for _, id := range subs {
			m.technique(id)
		}
	}
}

// defenderEntities reads the columns of each kind of entity.
func (m *Meta) defenderEntities(mappings map[string]any) {
	for _, kind := range keys(mappings) {
		for _, one := range list(mappings[kind]) {
			mapping := object(one)
			for _, property := range keys(mapping) {
				m.entity(defenderKinds[kind][property], text(mapping[property]))
			}
		}
	}
}
