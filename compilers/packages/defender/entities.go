package defender

import (
	"slices"
	"strings"

	"decree/compilers/packages"
)

// entityMappings are lists of mappings, one for each type: property of the entity -> column.
// https://learn.microsoft.com/en-us/graph/api/resources/security-entitymappingconfiguration?view=graph-rest-1.0
type entityMappings map[string][]map[string]string

// properties say which list a mention goes to, and which of its properties the column is. Each type has its page:
// security-hostentitymapping and so on.
var properties = map[string]map[packages.Part][2]string{
	"host":           {packages.Whole: {"hosts", "nameColumn"}},
	"user":           {packages.Whole: {"accounts", "nameColumn"}, packages.Domain: {"accounts", "ntDomainColumn"}},
	"file":           {packages.Whole: {"files", "nameColumn"}},
	"sha1":           {packages.Whole: {"files", "sha1Column"}},
	"sha256":         {packages.Whole: {"files", "sha256Column"}},
	"ip":             {packages.Whole: {"ips", "addressColumn"}},
	"domain":         {packages.Whole: {"dns", "domainNameColumn"}},
	"url":            {packages.Whole: {"urls", "addressColumn"}},
	"registry_key":   {packages.Whole: {"registryValues", "keyColumn"}},
	"registry_value": {packages.Whole: {"registryValues", "valueNameColumn"}},
	"mailbox":        {packages.Whole: {"mailboxes", "primaryAddressColumn"}},
}

// family are the columns of Defender's tables that tell of the same thing. Their names may begin with what has it, as
// InitiatingProcess.
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-schema-tables
type family struct {
	list       string
	kinds      []string // of mentions
	ends       []string // of columns that tell of one
	properties [][2]string
}

var families = []family{
	{"hosts", []string{"host"}, []string{"DeviceId", "DeviceName"}, [][2]string{{"deviceIdColumn", "DeviceId"}, {"nameColumn", "DeviceName"}}},
	{"accounts", []string{"user"}, []string{"AccountName", "AccountDomain", "AccountSid", "AccountUpn", "AccountObjectId"}, [][2]string{
		{"nameColumn", "AccountName"}, {"ntDomainColumn", "AccountDomain"}, {"sidColumn", "AccountSid"}, {"upnColumn", "AccountUpn"}, {"aadUserIdColumn", "AccountObjectId"}}},
	{"files", []string{"file", "sha1", "sha256"}, []string{"FileName", "FolderPath", "SHA1", "SHA256"}, [][2]string{{"nameColumn", "FileName"}, {"sha1Column", "SHA1"}, {"sha256Column", "SHA256"}}},
	{"processes", []string{"process"}, []string{"FileName", "FolderPath", "SHA1", "SHA256"}, [][2]string{{"sha1Column", "SHA1"}, {"sha256Column", "SHA256"}}},
}

// owners are what names of columns of a family may begin with. Others are not part of it: AccountName is not a
// DeviceName.
var owners = []string{"", "InitiatingProcess"}

// mapEntities maps what the alert is about. Columns that tell of one thing are one mapping. What the rule names and no
// type has is left out, with a finding.
func (d *detection) mapEntities() {
	mentions, found := packages.Mentions(d.in)
	d.keep(found)
	d.entities = entityMappings{}
	for _, m := range mentions {
		list, mapping := d.mapping(m)
		switch {
		case len(mapping) > 0:
			d.addMapping(list, mapping, m.Part)
		case m.Given:
			d.found.Warnf("package-entity", d.in.Rule.Key("entities", -1), "name another field", "Defender has no entity for the %s of %s: it is left out", m.Kind, m.Field)
		}
	}
	// a domain alone is not an account
	d.entities["accounts"] = slices.DeleteFunc(d.entities["accounts"], func(a map[string]string) bool { return len(a) == 1 && a["ntDomainColumn"] != "" })
	for list, mappings := range d.entities {
		if len(mappings) == 0 {
			delete(d.entities, list)
		}
	}
}

// mapping is that of a mention: the columns of its family that the result has, or its own column.
func (d *detection) mapping(m packages.Mention) (list string, of map[string]string) {
	list, of = d.inFamily(m)
	if len(of) == 0 && !m.Given {
		m.Column = d.behind(m)
		list, of = d.inFamily(m)
	}
	if len(of) > 0 {
		return list, of
	}
	to, known := properties[m.Kind][m.Part]
	if !known {
		return "", nil
	}
	return to[0], map[string]string{to[1]: m.Column}
}

// inFamily is the mapping of a mention by the columns of the family that its column is of; none if it is of none.
func (d *detection) inFamily(m packages.Mention) (list string, of map[string]string) {
	for _, f := range families {
		if !slices.Contains(f.kinds, m.Kind) {
			continue
		}
		for _, owner := range owners {
			if end, ok := strings.CutPrefix(m.Column, owner); ok && slices.Contains(f.ends, end) {
				if of := d.family(f, owner, m.Column); len(of) > 0 {
					return f.list, of
				}
			}
		}
	}
	return "", nil
}

// behind is the column that Defender's tables have for an entity whose value the result has elsewhere: a correlation
// that is grouped by the host has its value in a column of that name, and the event that completed it is of the same
// host, whose id is in its own column.
func (d *detection) behind(m packages.Mention) string {
	if m.Kind == "host" && d.lists("DeviceId") {
		return "DeviceId"
	}
	for _, column := range []string{"AccountName", "InitiatingProcessAccountName", "AccountUpn", "AccountObjectId"} {
		if m.Kind == "user" && d.lists(column) {
			return column
		}
	}
	return m.Column
}

// family are the columns of one thing: the one that is mentioned, and those that the result has beside it.
func (d *detection) family(f family, owner, mentioned string) map[string]string {
	out := map[string]string{}
	for _, p := range f.properties {
		if column := owner + p[1]; column == mentioned || d.lists(column) {
			out[p[0]] = column
		}
	}
	return out
}

// lists tells whether the result is known to have a column.
func (d *detection) lists(column string) bool {
	result := d.in.Query.Result
	return len(result.Columns) > 0 && result.Has(column)
}

// addMapping adds a mapping, unless it is there. A part goes to the last mapping of its type that lacks it.
func (d *detection) addMapping(list string, mapping map[string]string, part packages.Part) {
	had := d.entities[list]
	within := func(one map[string]string) bool {
		for property, column := range mapping {
			if one[property] != column {
				return false
			}
		}
		return true
	}
	if slices.ContainsFunc(had, within) {
		return
	}
	if part != packages.Whole && len(had) > 0 && len(mapping) == 1 {
		for property, column := range mapping {
			if last := had[len(had)-1]; last[property] == "" {
				last[property] = column
				return
			}
		}
	}
	d.entities[list] = append(had, mapping)
}

// affected tells whether something is mapped that can be affected: a device, a user or a mailbox.
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules#required-columns-in-the-query-results
func (e entityMappings) affected() bool {
	return len(e["hosts"])+len(e["accounts"])+len(e["mailboxes"]) > 0
}
