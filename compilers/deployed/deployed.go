// Package deployed reads what is deployed in a product, and compares it with what a project would deploy.
//
// In: an export, which is recognised by its content: Sentinel's rules as ARM templates, as answers of the REST API or
// as YAML of the Azure-Sentinel repository, Defender's custom detections as Graph has them, Splunk's
// savedsearches.conf, Kibana's lines of JSON. Packages of decree are in the same forms, and are read by the same
// readers. Out: rules, with properties that are written in one way whatever the form, and the lookups, macros and
// watchlists beside them; and what differs between two sets of these.
//
// What must stay true:
//   - Nothing of an export is run, and no name in it is used as a path. Reading is bounded by the limits of files.go.
//   - What a product fills in by itself is not a property. A property that is unknown here is kept, so that a change by
//     hand shows.
//   - A page of a longer list is refused, and an export that counts more rules than it has: what is not in it would be
//     taken for not deployed.
//   - A mark tells whose a rule is and what its package said. Without one, nothing is said about who changed it.
package deployed

import (
	"maps"
	"slices"
)

// Rule is a rule as it is deployed, or as a package would deploy it.
type Rule struct {
	ID    string // in the product
	Name  string // as people see it
	Kind  string // in the product's words: Scheduled, eql, ...
	Query string // without a mark, with \n between lines and no blanks at their ends
	// all else that it is set to: texts, json.Number, bool, []any and map[string]any. Empty ones are left out
	Properties map[string]any
	// Unsaid are properties that make no difference, and that are lost where a package takes the rule's place, such as
	// the template that it was made of.
	Unsaid   []Field
	Prebuilt bool // it is one of the product's vendor, as the vendor has it
	Mark     Mark
}

// Export is what an export holds.
type Export struct {
	Product Product
	Rules   []Rule // by name
	Parts   []Part
	Remarks []string

	Incomplete bool // it says itself that rules are missing from it
}

// Product is a product whose exports can be read. Its text is the name of the package format.
type Product string

// The products.
const (
	Sentinel Product = "sentinel"
	Defender Product = "defender"
	Splunk   Product = "splunk"
	Kibana   Product = "kibana"
)

// Products are the products whose exports can be read, sorted.
func Products() []Product { return slices.Sorted(maps.Keys(forms)) }

// form says how a product's rules are read and compared.
type form struct {
	// normalise writes the properties in one way: what the product fills in and what is as by default is left out. It
	// sets the rule's name, kind and query.
	normalise func(*Rule)
	// texts are properties that are texts in every export, those without which there is no rule first.
	texts []string
	// ours are the properties that packages of decree write. A mark is about these.
	ours []string
	// comment begins and ends a comment in a query.
	comment [2]string
}

var forms = map[Product]form{
	Sentinel: {normaliseSentinel, []string{"displayName", "query", "description", "severity"}, oursSentinel, [2]string{"// ", ""}},
	Defender: {normaliseDefender, []string{"displayName", "queryCondition.queryText", "detectionAction.alertTemplate.description", "detectionAction.alertTemplate.severity"}, oursDefender, [2]string{"// ", ""}},
	Splunk:   {normaliseSplunk, nil, oursSplunk, [2]string{"```", "```"}},
	Kibana:   {normaliseKibana, []string{"name", "query", "description", "severity", "type", "language", "note", "license"}, oursKibana, [2]string{"// ", ""}},
}

// newRule makes a rule of its properties in a product's own words.
func newRule(p Product, properties map[string]any) Rule {
	r := asWritten(p, properties)
	r.Query, r.Mark = Unmarked(r.Query)
	return r
}

// asWritten is a rule whose query is not yet split from its mark.
func asWritten(p Product, properties map[string]any) Rule {
	r := Rule{Properties: properties}
	forms[p].normalise(&r)
	r.Query = tidy(r.Query)
	r.Properties, _ = withoutEmpty(r.Properties).(map[string]any)
	return r
}
