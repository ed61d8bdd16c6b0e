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

// CheckRead reports what a dialect or the data model lacks to read a field of the plan's rule as a value, as joins and
// correlations do: of an extract what it is made with, and of each that it is not a time. at is where the value is
// asked for.
func (p *Plan) CheckRead(dialect string, lacks Features, f ir.Field, at diag.Range) diag.Diagnostics {
	c := &checker{dialect: dialect, lacks: lacks, opt: p.Options(), plan: p, seen: map[string]bool{}}
	c.valueRead(p.Rule.Own(f), at)
	return c.found
}

// valueRead checks a field whose value the query reads. It is false if the field is an extract that the product cannot
// make, which is reported.
func (c *checker) valueRead(f ir.Field, at diag.Range) bool {
	c.timeAsKey(f, at)
	if f.Extract == nil {
		columns, domain := c.plan.Whole(f)
		c.secondColumns(columns, domain, at)
		return true
	}
	err := c.opt.Model.Makes(c.plan.Source, f)
	if err != nil {
		c.report("no-translation", at, "make it of another field, or of the product's own, in a separate rule or data model", err.Error())
	}
	c.extract(f.Extract, at)
	return err == nil
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
