package ir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
)

// TestElements pins what tests of arrays become, and which are refused.
func TestElements(t *testing.T) {
	read := func(items string) (string, string) {
		r, found := ir.Lower(ruleOf(t, "sigma-version: 3\nancestry: {up: {parent: {'F[any]': {a: x}}}}\nextract: {E: {field: F, split: '/', at: 0}}\ndetection:\n  a:\n"+items))
		if r == nil {
			return "", found[0].Code
		}
		return ir.Dump(r), ""
	}
	got, code := read(`    targets[any]:
      type: [User, Group]
      'changes[none].Parent|startswith': x
      'Image[-1]': {p: {a: 1}, q: {b: 2}, r: [{c: 3}, {c: null}], condition: 2 of them and not p}
    'tags[all_or_empty]': x
  condition: a
`)
	assert.Empty(t, code)
	assert.Equal(t, `extract E: F; split "/" at 0
a:
  and
    targets has an element with
      and
        type equals "User", "Group"
        changes has no element with
          Parent startswith "x"
        Image has element -1 with
          and
            at least 2 of
              a eq 1
              b eq 2
              or
                c eq 3
                c is null
            not
              a eq 1
    tags has only elements with
      . equals "x"
`, got)
	for items, want := range map[string]string{
		"    'F[any]': {a|fieldref: b}\n  condition: a\n":             "elements-place",
		"    'F[any]': {a|re: '(?=x)y'}\n  condition: a\n":            "elements-place",
		"    'F[any]': {'|all': [x, y]}\n  condition: a\n":            "elements-place",
		"    'E[any]': x\n  condition: a\n":                           "elements-place",
		"    F: x\n  condition: a and up\n":                           "elements-place",
		"    'F[any]': {'G[all]': {a|fieldref: b}}\n  condition: a\n": "elements-place",
	} {
		_, code := read(items)
		assert.Equal(t, want, code, items)
	}
}

// TestExamineElements has a condition of elements that names what is not there: it is reported where it is read, and
// the rest is examined.
func TestExamineElements(t *testing.T) {
	for _, condition := range []string{"y", "not y", "x and y", "1 of y*", "x or"} {
		read, _ := parse.Documents("rule.yml", []byte("title: T\nsigma-version: 3\nlogsource: {product: azure}\ndetection:\n  a:\n    'F[any]': {x: {a|re: '('}, condition: "+condition+"}\n  condition: a\n"), nil)
		require.Len(t, read.Broken, 1, condition)
		assert.Equal(t, "invalid-regex", ir.Examine(read.Broken[0])[0].Code, condition)
	}
}
