package parse

import (
	"regexp"
	"strings"
)

// aggregation is what Sigma had before correlations: `selection | count(User) by Host > 5`.
var aggregation = regexp.MustCompile(`(?i)^(count|sum|avg|min|max)\s*\(\s*(?:distinct\s+)?([^()\s]*)\s*\)(?:\s+by\s+(.+?))?\s*(<=|>=|==?|<|>)\s*(\d[\w.]*)$`)

// correlationWords are the words of correlations for those of aggregations.
var correlationWords = map[string]string{"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}

// instead says how to write an aggregation over a time as a correlation. Its text begins with the pipe.
func instead(text, timeframe string) string {
	text = strings.Join(strings.Fields(strings.TrimPrefix(text, "|")), " ")
	if word, _, _ := strings.Cut(text, " "); strings.EqualFold(word, "near") {
		return "`near` is now a correlation: give each selection a rule with a `name`, and join these with `type: temporal`"
	}
	parts := aggregation.FindStringSubmatch(text)
	if parts == nil {
		return "aggregations are now correlations: end the condition here, give the rule a `name`, and count its matches in a correlation rule"
	}
	function, field, group, bound := strings.ToLower(parts[1]), parts[2], parts[3], correlationWords[parts[4]]+": "+parts[5]
	kind := "value_" + function
	switch {
	case function == "count" && field == "":
		kind = "event_count"
	case field != "":
		bound = "field: " + field + ", " + bound
	}
	by := ""
	if fields := strings.FieldsFunc(group, func(c rune) bool { return c == ',' || c == ' ' }); len(fields) > 0 {
		by = "group-by: [" + strings.Join(fields, ", ") + "], "
	}
	return "end the condition here, give the rule a `name`, and add a rule with `correlation: {type: " + kind + ", rules: [NAME], " + by + "timespan: " + timeframe + ", condition: {" + bound + "}}`"
}
