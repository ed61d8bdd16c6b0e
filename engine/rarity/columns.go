package rarity

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"decree/engine/timestamp"
	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/diag"
	"decree/rules/schema"
)

// entities are the columns that can be a reputation table's key.
var entities = rules.ReputationKeys

// kind is what the values of a column are.
type kind int

const (
	isText kind = iota
	isNumber
	isTruth
	isTime
	isUnread // no condition reads it
)

// shipped are the columns of a reputation table that the shipped data models read.
var shipped = map[string]kind{
	"ProfileAvailability": isText, "GlobalPrevalence": isNumber, "SignatureState": isText, "Signer": isText, "Issuer": isText, "IsCertificateValid": isTruth,
	"IsRootSignerMicrosoft": isTruth, "SoftwareName": isText, "ThreatName": isText, "GlobalFirstSeen": isTime,
}

// others are columns that FileProfile() gives, too:
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
var others = []string{"FileSize", "GlobalLastSeen", "SignerHash", "IsExecutable", "Publisher"}

// kinds are what the parts of a reputation are, if not texts.
var kinds = map[string]kind{"global": isNumber, "certificate_valid": isTruth, "root_signer_microsoft": isTruth, "global_first_seen": isTime}

// words are what a rule calls the parts of a reputation whose columns have other names.
var words = map[string]string{
	"global": "GlobalPrevalence", "prevalence": "GlobalPrevalence", "signature": "SignatureState", "certificate_valid": "IsCertificateValid", "root_signer_microsoft": "IsRootSignerMicrosoft",
	"software": "SoftwareName", "threat": "ThreatName", "global_first_seen": "GlobalFirstSeen",
}

// Columns are the columns of a reputation table, by name, and what each holds.
type Columns map[string]kind

// ColumnsOf gives the columns that the shipped data models read, and those of models of the user.
func ColumnsOf(own ...*schema.Model) Columns {
	all := maps.Clone(shipped)
	for _, name := range others {
		all[name] = isUnread
	}
	for _, name := range entities {
		all[name] = isText
	}
	for _, m := range own {
		for _, s := range m.Sources {
			for _, part := range schema.ReputationParts {
				if column := s.Reputation.Column(part); column != "" {
					all[column] = kinds[part]
				}
			}
		}
	}
	return all
}

// Named gives the column of the part of a reputation that a rule calls by a name, if the column has another name; "" if
// it is no such word.
func Named(word string) string { return words[strings.ToLower(word)] }

// Misspelt gives the column that a name is probably meant to be, or "". A column that no data model reads may have any
// other name.
func (c Columns) Misspelt(name string) string {
	if _, known := c[name]; known || isEntity(name) {
		return ""
	}
	if Named(name) != "" {
		return "" // perhaps of something else
	}
	if near := diag.Closest(name, slices.Sorted(maps.Keys(c))); near != "" && c[near] != isUnread {
		return near
	}
	return ""
}

// Wrong says what a value of a column must be, with an example, if it is not. Nothing is unknown, as an empty value is.
func (c Columns) Wrong(column, value string) (want, example string, wrong bool) {
	switch c[column] {
	case isNumber:
		_, err := strconv.ParseFloat(value, 64)
		return "a number", "write digits alone, such as 1500", err != nil
	case isTruth:
		return "true or false", "write true, false, 1 or 0", !isFlag(value, true) && !isFlag(value, false)
	case isTime:
		_, _, read := timestamp.Parse(value)
		return "a time", "write it as 2026-02-01T00:00:00Z", !read
	}
	return "", "", false
}

func isEntity(column string) bool {
	return anycase.Contains(entities, column)
}
