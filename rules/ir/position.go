package ir

import (
	"strings"

	"decree/rules"
)

// position notes an expression with startswith, endswith or contains, of which the specification does not speak.
func (l *lowerer) position(c *chain, m rules.Modifier) {
	hint := map[TextOp]string{Contains: "remove `contains`: an expression is found anywhere", StartsWith: "begin the expression with `^` instead", EndsWith: "end the expression with `$` instead"}
	l.found.Warnf("regex-position", m.Range, hint[c.op], "the specification does not have %s with re", c.op)
}

// positioned is an expression that is found at the beginning, or at the end, of a value.
func positioned(op TextOp, expr, flags string) string {
	begin, end := "^", "$"
	if strings.Contains(flags, "m") { // of the value, not of a line
		begin, end = `\A`, `\z`
	}
	switch op {
	case StartsWith:
		return begin + "(?:" + expr + ")"
	case EndsWith:
		return "(?:" + expr + ")" + end
	}
	return expr
}
