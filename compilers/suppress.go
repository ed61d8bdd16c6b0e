package compilers

import "decree/rules"

// SuppressedByProduct is the note of a query that returns every match of a rule that suppresses some: a scheduled query
// keeps nothing of its earlier runs.
func SuppressedByProduct(r *rules.Rule) Note {
	return Note{Code: "suppress-by-product", Effect: "false-positives", Range: r.Suppress.Range,
		Message: "the query returns every match: that one alert comes in " + Span(r.Suppress.For, "d", "h", "m") + " is a setting of the product, which a package sets where it can"}
}

// NoteSuppressed notes in the query of a rule that it does not suppress.
func NoteSuppressed(plans []*Plan) {
	if len(plans) > 0 && plans[0].Rule.Source.Suppress != nil {
		plans[0].Notes = append(plans[0].Notes, SuppressedByProduct(plans[0].Rule.Source))
	}
}
