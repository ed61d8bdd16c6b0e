// Package rules is the model of a detection rule: a Sigma 2.1 document, as written, with value lists, process ancestry
// and prevalence. In: what parse reads. Out: types that lint and ir use. It imports only diag from this module. Its
// syntax trees (Selection, Expr) are sealed.
package rules
