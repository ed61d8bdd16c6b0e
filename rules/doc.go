// Package rules reads detection rules: Sigma 2.1 documents with value lists, process
// ancestry and prevalence. In: YAML bytes. Out: typed rules and every finding about them.
// It imports nothing of this module above it.
package rules
