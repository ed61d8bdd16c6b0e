// Package rules is the model of a detection rule: a Sigma 2.1 document with value lists, process ancestry and prevalence, as it
// is written. In: what parse reads. Out: types that lint, ir and the documents read. It imports nothing of this module but diag;
// each of its syntax trees (Selection, Expr) is sealed.
package rules
