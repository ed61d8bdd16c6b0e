package compilers

import (
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// extractConstructs name what takes a value out of another.
var extractConstructs = map[rules.ExtractOp]Construct{
	rules.ExtractArgv: ExtractArgv, rules.ExtractRegex: ExtractRegexes, rules.ExtractSplit: ExtractSplits, rules.ExtractURLPart: ExtractURLParts, rules.ExtractMap: ExtractMaps,
}

// extract records the constructs of an extract and of those that it is made of, and what its columns need.
func (c *checker) extract(e *ir.Extract, at diag.Range) {
	spec := e.Spec
	if construct, ok := extractConstructs[spec.Op]; ok {
		c.need(construct, at)
	}
	if len(spec.Text.Parts) > 0 {
		c.need(ExtractTexts, at)
	}
	if spec.TrimStart+spec.TrimEnd+spec.Case != "" {
		c.need(ExtractTrims, at)
	}
	if spec.Any {
		c.need(ExtractSeveral, at)
	}
	for _, row := range e.Rows {
		ir.Inspect(row.When, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				c.test(m.Test, at)
			}
			return true
		})
	}
	for _, f := range e.From {
		c.field(f, nil, at, true)
	}
}
