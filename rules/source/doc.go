// Package source reads the YAML files that users write: rules, lists, filters, tests and data models. In: a folder, or
// a text. Out: nodes with aliases and merge keys replaced, typed values read from them, and every finding with its
// position in the file. The size of a file is limited. Nothing outside the folder is ever opened. Reading goes on after
// an error.
package source
