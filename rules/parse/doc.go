// Package parse turns the text of a rule file into the model of package rules. In: YAML bytes, and the folder in which list files
// stand. Out: rules, correlations, filters, and every finding about them, each at its place. It goes on after an error and
// returns what it could read; what has an error is never returned as if it were whole.
package parse
