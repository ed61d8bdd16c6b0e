package rules

import "decree/rules/diag"

// List is one value list, used as %name% through `expand`. Values are resolved:
// read from its file, inline, or the result of its set expression; duplicates
// (compared case-insensitively) are removed, order kept.
type List struct {
	Name        string
	Range       diag.Range
	Title       string
	Description string
	File        string // for a list file: its path in the rules folder; with Outside, its path as findings show it
	Outside     bool   // it is a file of a folder of lists, and the rule does not define it
	Union       []string
	Except      []string // names whose values are taken away
	Values      []string
}
