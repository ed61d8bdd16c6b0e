// Package parse turns the text of a rule file into the model of package rules. In: YAML bytes, and the folder that
// contains the list files. Out: rules, correlations and filters, and every finding about them with its position.
// Reading goes on after an error and returns what it could read. A rule with an error is never returned as a complete
// one.
package parse
