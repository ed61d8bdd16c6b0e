package sentinel

import (
	"regexp"
	"slices"
	"strings"

	"decree/compilers/packages"
)

// columnForm is what names of columns may be made of.
// https://learn.microsoft.com/en-us/azure/sentinel/map-data-fields-to-entities
var columnForm = regexp.MustCompile(`^[A-Za-z_]\w*$`)

type entityMapping struct {
	EntityType    string         `json:"entityType" yaml:"entityType"`
	FieldMappings []fieldMapping `json:"fieldMappings" yaml:"fieldMappings"`
}

type fieldMapping struct {
	Identifier string `json:"identifier" yaml:"identifier"`
	ColumnName string `json:"columnName" yaml:"columnName"`
}

// identifiers say which type of entity a column is about, and which identifier it is: EntityMappingIdentifiers.cs, and
// https://learn.microsoft.com/en-us/azure/sentinel/entities-reference
var identifiers = map[string]map[packages.Part][2]string{
	"host":           {packages.Whole: {"Host", "FullName"}},
	"user":           {packages.Whole: {"Account", "Name"}, packages.Name: {"Account", "Name"}, packages.Domain: {"Account", "NTDomain"}},
	"process":        {packages.CommandLine: {"Process", "CommandLine"}, packages.ProcessID: {"Process", "ProcessId"}},
	"file":           {packages.Whole: {"File", "Name"}},
	"ip":             {packages.Whole: {"IP", "Address"}},
	"domain":         {packages.Whole: {"DNS", "DomainName"}},
	"url":            {packages.Whole: {"URL", "Url"}},
	"registry_key":   {packages.Whole: {"RegistryKey", "Key"}},
	"registry_value": {packages.Whole: {"RegistryValue", "Name"}},
	"mailbox":        {packages.Whole: {"Mailbox", "MailboxPrimaryAddress"}},
}

// accounts are columns that identify an account otherwise than by a name: a Name is without the suffix of a user
// principal name.
var accounts = map[string]string{
	"AccountObjectId":       "AadUserId",
	"AccountSid":            "Sid",
	"SubjectUserSid":        "Sid",
	"AccountUpn":            "FullName",
	"UserPrincipalName":     "FullName",
	"userPrincipalName_":    "FullName", // of InitiatedBy
	"UserId":                "FullName",
	"Caller":                "FullName",
	"PrincipalEmail":        "FullName",
	"ActorEmail":            "FullName",
	"RecipientEmailAddress": "FullName",
	"actor_alternateId_s":   "FullName",
}

// better gives what identifies a thing in another way than a column of the data model's entity says, which may be a key
// to join by.
func better(column string) (fieldMapping, bool) {
	if column == "DeviceId" {
		return fieldMapping{"FullName", "DeviceName"}, true
	}
	identifier, ok := accounts[column]
	return fieldMapping{identifier, column}, ok
}

// mapEntities maps what the alert is about. Parts of one thing are one mapping, each other thing is a mapping of its
// own.
func (a *analyticsRule) mapEntities() {
	mentions, found := packages.Mentions(a.in)
	a.keep(found)
	actor := -1 // the mapping of who did it, whose domain the fields of the actor tell
	named := slices.ContainsFunc(mentions, func(m packages.Mention) bool { return m.Kind == "user" && m.Part == packages.Name })
	for _, m := range mentions {
		if named && (m.Field == "user" || m.Field == "User") {
			continue // a domain and a name in one text, of which each has a column of its own
		}
		id, known := identifiers[m.Kind][m.Part]
		if !known {
			continue // a path of a process, a hash without its algorithm
		}
		field, ok := a.identify(m, id[1])
		if !ok {
			continue
		}
		if !a.in.Query.Result.Has(field.ColumnName) || !columnForm.MatchString(field.ColumnName) {
			continue
		}
		a.addMapping(id[0], field, m, &actor)
	}
	a.entities = slices.DeleteFunc(a.entities, func(e entityMapping) bool { return !strong(e) })
	if len(a.entities) > mostMappings {
		a.found.Warnf("package-entity", a.in.Rule.Range, "name fewer in `entities`", "Sentinel takes %d entities, and this rule has %d: the last ones are left out", mostMappings, len(a.entities))
		a.entities = a.entities[:mostMappings]
	}
}

// identify gives the column that identifies a thing. A correlation that is grouped by an entity has in a column of its
// name what the data model has for it: that may be a key, which no identifier takes. ok is false if there is nothing
// else.
func (a *analyticsRule) identify(m packages.Mention, identifier string) (of fieldMapping, ok bool) {
	keys := []string{m.Column}
	if behind := a.in.Query.Result.Behind(m.Field); a.in.Correlation != nil && len(behind) > 0 {
		keys = behind
	}
	of = fieldMapping{identifier, m.Column}
	for _, key := range keys {
		other, isKey := better(key)
		switch {
		case !isKey:
		case len(keys) == 1 && a.in.Query.Result.Has(other.ColumnName):
			return other, true
		default:
			a.found = append(a.found, packages.Told("package-entity", a.in.Rule.Range, "name the column in `entities`, such as `host: DeviceName`",
				"the query returns %s as a key, %s, which identifies no %s in Sentinel: the alert is not about it", m.Field, strings.Join(keys, " or "), m.Kind))
			return of, false
		}
	}
	return of, true
}

// addMapping adds a field to the mapping of its type that lacks that identifier, or begins another one. A domain is
// that of the actor's account, and of no other that the rule names.
func (a *analyticsRule) addMapping(entityType string, field fieldMapping, m packages.Mention, actor *int) {
	has := func(e entityMapping, same func(fieldMapping) bool) bool {
		return slices.ContainsFunc(e.FieldMappings, same)
	}
	ofActor := m.Kind == "user" && slices.Contains([]string{"user", "User", "UserName", "UserDomain"}, m.Field)
	for i, e := range a.entities {
		if e.EntityType != entityType {
			continue
		}
		if has(e, func(f fieldMapping) bool { return f == field }) {
			if ofActor {
				*actor = i
			}
			return
		}
		if m.Part == packages.Domain && i != *actor || m.Part == packages.Name {
			continue
		}
		if m.Part != packages.Whole && !has(e, func(f fieldMapping) bool { return f.Identifier == field.Identifier }) && len(e.FieldMappings) < mostIdentifiers {
			a.entities[i].FieldMappings = append(a.entities[i].FieldMappings, field)
			return
		}
	}
	if ofActor {
		*actor = len(a.entities)
	}
	a.entities = append(a.entities, entityMapping{entityType, []fieldMapping{field}})
}

// strong tells whether a mapping has an identifier that the repository's checks ask for: a domain alone is not an
// account.
func strong(e entityMapping) bool {
	return !(e.EntityType == "Account" && len(e.FieldMappings) == 1 && e.FieldMappings[0].Identifier == "NTDomain")
}
