package schema_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
)

// TestDomainAndUserApartAreTheWhole compares tests of `DOMAIN\user` with their translation on the
// two parts, on random short texts. Equality with a text without a backslash is left out: it means the user alone.
func TestDomainAndUserApartAreTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(letters string, most int) string {
		b := make([]byte, r.IntN(most+1))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}
	m := &schema.Model{Sources: []schema.Source{*apart}}
	held := 0
	for range 20_000 {
		domain, user, value := word("ab", 3), word("ab", 3), word(`aab\`, 4)
		op := []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains}[r.IntN(4)]
		if op == ir.Equals && !strings.Contains(value, `\`) {
			continue
		}
		own, err := m.Translate(apart, &ir.Match{Field: ir.Field{Name: "User"}, Test: text(op, value)})
		require.NoError(t, err)
		want := compare(op, domain+`\`+user, value)
		got := holds(own, map[string]string{"Domain": domain, "User": user})
		require.Equal(t, want, got, "%q %s %q", domain+`\`+user, op, value)
		if want {
			held++
		}
	}
	require.Greater(t, held, 1000, "too few of the tests hold to prove anything")
}

func compare(op ir.TextOp, text, value string) bool {
	switch op {
	case ir.Equals:
		return text == value
	case ir.StartsWith:
		return strings.HasPrefix(text, value)
	case ir.EndsWith:
		return strings.HasSuffix(text, value)
	}
	return strings.Contains(text, value)
}

func holds(n ir.Node, fields map[string]string) bool {
	switch n := n.(type) {
	case *ir.Match:
		test := n.Test.(*ir.Text)
		return compare(test.Op, fields[n.Field.Name], test.Values[0])
	case *ir.And:
		for _, one := range n.Terms {
			if !holds(one, fields) {
				return false
			}
		}
		return true
	}
	for _, one := range ir.Children(n) {
		if holds(one, fields) {
			return true
		}
	}
	return false
}
