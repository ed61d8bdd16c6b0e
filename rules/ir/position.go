package ir

import (
	"strings"

	"decree/rules"
)

// position warns of an expression with startswith, endswith or contains, which the specification does not define.
func (l *lowerer) position(c *chain, m rules.Modifier) {
	hint := map[TextOp]string{Contains: "remove `contains`: an expression matches anywhere", StartsWith: "begin the expression with `^` instead", EndsWith: "end the expression with `$` instead"}
	l.found.Warnf("regex-position", m.Range, hint[c.op], "the specification does not define %s with re", c.op)
}

// positioned anchors an expression at the beginning or at the end of a value.
func positioned(op TextOp, expr, flags string) string {
	begin, end := "^", "$"
	if strings.Contains(flags, "m") { // anchors for the value, not for a line
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
