// Package source reads the YAML files that users write: rules, lists, filters, tests and data models. In: a folder, or a text.
// Out: nodes with aliases and merge keys replaced, typed values read from them, and every finding at its place in the file. What a
// file may hold is bounded, nothing outside of a folder is ever opened, and reading goes on after an error.
package source
