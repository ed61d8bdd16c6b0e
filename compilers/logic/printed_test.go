package logic

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPrintedPredicateStandsWhole: behind a command, alone, or as the first argument of a function.
func TestPrintedPredicateStandsWhole(t *testing.T) {
	p := explicit.Print(Any{Atom("a"), Atom("b")})
	assert.Equal(t, "where a or b", p.Stage("where"))
	assert.Equal(t, "a or b", p.Stage(""))
	assert.Equal(t, "iff(a or b, 1, 0)", p.Call("iff", "1", "0"))
	assert.Equal(t, "row_cumsum(x, a or b)", p.CallLast("row_cumsum", "x"))
	assert.Equal(t, "case(a or b, 1, c, 2, 3)", Choose("case", []Case{{p, "1"}, {explicit.Print(Atom("c")), "2"}}, "3"))
}

// TestLinesAndSections: every line of a conjunction holds together by itself, those of a section too.
func TestLinesAndSections(t *testing.T) {
	either, both := Any{Atom("a"), Atom("b")}, All{Atom("c"), Atom("d")}
	begin := func(terms ...Pred) *Section { return &Section{Begin: "// Begin", End: "// End", Terms: terms} }
	for want, got := range map[string]Printed{
		"a or b":                       explicit.Conjunction(All{either}, nil, "  "),
		"a or b\n  // Begin\n  // End": explicit.Conjunction(All{either}, begin(), "  "),
		"(a or b)\n  // Begin\n  and not f\n  // End":                   explicit.Conjunction(All{either}, begin(Not{Atom("f")}), "  "),
		"(a or b) and\n  c and d\n  // Begin\n  and (a or b)\n  // End": explicit.Conjunction(All{either, both}, begin(either), "  "),
		"true\n  // Begin\n  and (a or b)\n  // End":                    explicit.Conjunction(nil, begin(either), "  "),
		"(a or b)\n  // Begin\n  and false\n  // End":                   explicit.Conjunction(All{All{either}}, begin(All{Any{}}), "  "),
	} {
		assert.Equal(t, want, got.Stage(""))
	}
	long := Atom(strings.Repeat("x", LineWidth))
	assert.Equal(t, string(long)+"\n    or (c and d)\n    or a or b", explicit.Lines(All{Any{long, both, either}}).Stage(""))
	assert.Equal(t, "((a or b)\n    or (c and d)) and e", explicit.Print(All{Listed{Listed{either}, both}, Atom("e")}).Stage(""))
	assert.Equal(t, string(long)+" and (a or b)", explicit.Lines(All{long, either}).Stage(""), "only a disjunction has lines")
}

// connective is a text that joins predicates, or negates one. What a syntax holds, what users read and names that a
// language keeps for itself are not looked at.
var connective = regexp.MustCompile(`^\W*(?i:and|or|not)\W*$|\b(AND|OR|NOT)\b|\)\s+(and|or)\s|\bnot\(`)

// TestDialectsSpellNoConnectives: predicates are joined as Preds. A dialect that writes a connective itself would join
// what is printed.
func TestDialectsSpellNoConnectives(t *testing.T) {
	files, err := filepath.Glob("../[a-z]*ql/*.go")
	require.NoError(t, err)
	spl, err := filepath.Glob("../spl/*.go")
	require.NoError(t, err)
	read := 0
	for _, name := range append(files, spl...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		require.NoError(t, err)
		read++
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec: // words of the language
				return !strings.HasSuffix(strings.ToLower(n.Names[0].Name), "words") && n.Names[0].Name != "functions"
			case *ast.CompositeLit:
				_, isMap := n.Type.(*ast.MapType)
				of, _ := n.Type.(*ast.SelectorExpr)
				return !isMap && (of == nil || of.Sel.Name != "Syntax")
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					text, err := strconv.Unquote(n.Value)
					require.NoError(t, err)
					assert.False(t, connective.MatchString(text), "%s: %s joins predicates by itself", set.Position(n.Pos()), n.Value)
				}
			}
			return true
		})
	}
	assert.Greater(t, read, 20)
}
