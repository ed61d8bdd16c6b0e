package regex

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMeaning compiles each expression for Go's regexp and looks for it in texts.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		expr          string
		finds, misses []string
	}{
		// characters and escapes
		{`a.c`, []string{"abc", "xaXc"}, []string{"a\nc", "ac"}},
		{`(?s)a.c`, []string{"a\nc"}, []string{"ac"}},
		{`\x41\o{102}\103\cA\e\f\n\r\t\a\0`, []string{"ABC\x01\x1b\f\n\r\t\a\x00"}, []string{"ABC"}},
		{`\x{1F600}`, []string{"😀"}, []string{"x"}},
		{`\Qa.b\E.`, []string{"a.bX"}, []string{"axbX"}},
		{`a\Q.`, []string{"a."}, []string{"ab"}},
		{`\d+\D\w\W\s\S`, []string{"12a_- x"}, []string{"12a__ x"}},
		{`^\h\H\v\V\N$`, []string{"\tx\nyz", "\u00a0x\u2028yz"}, []string{"\nx\nyz"}},
		// what is not beside a letter, where case is ignored
		{`(?i)(?<!\w)e`, []string{"\u212ae", "-E"}, []string{"Ke"}},
		{`(?i)e(?!\w)`, []string{"eſ", "E"}, []string{"eS"}},
		{`(?i)e(?!(?-i:k))`, []string{"eK", "E-"}, []string{"ek"}},
		{`(?i)(?<!k)e`, []string{"xe"}, []string{"\u212ae", "Ke"}},
		// properties
		{`^\pL\p{Lu}\P{Ll}\p{^Lu}$`, []string{"éÉ1x"}, []string{"éé1x", "éÉxx", "éÉ1X"}},
		{`^\p{Greek}$`, []string{"λ"}, []string{"l"}},
		// sets
		{`^[]a]$`, []string{"]", "a"}, []string{"b"}},
		{`^[^]a]$`, []string{"b"}, []string{"]", "a"}},
		{`^[a\]b-]$`, []string{"]", "-", "b"}, []string{"c"}},
		{`^[\d\s]$`, []string{"5", "\t"}, []string{"x"}},
		{`^[[:alpha:][:^digit:]]$`, []string{"x", "-"}, []string{"5"}},
		{`^[\x41-\x{43}]$`, []string{"B"}, []string{"D"}},
		{`^[a-\d]$`, []string{"a", "-", "5"}, []string{"b"}},
		{`^[\Qa]b\E]$`, []string{"]", "b"}, []string{"c"}},
		{`^[\b]$`, []string{"\b"}, []string{"b"}},
		{`^[^\W\d]$`, []string{"x", "_"}, []string{"5", "-"}},
		{`(?xx)^[a b]$`, []string{"a"}, []string{" "}},
		// places
		{`^a$`, []string{"a", "a\n"}, []string{"a\nb", "ba"}},
		{`\Aa\z`, []string{"a"}, []string{"a\n"}},
		{`\Aa\Z`, []string{"a", "a\n"}, []string{"a\n\n"}},
		{`(?m)^a$`, []string{"b\na\nc"}, []string{"ba"}},
		{`\Ga`, []string{"ab"}, []string{"ba"}},
		{`a\b`, []string{"a b", "aé"}, []string{"ab"}},
		{`a\B`, []string{"ab"}, []string{"a b"}},
		{`(?:^a|b$)`, []string{"ax", "xb", "b\n"}, []string{"xa", "bx"}},
		// flags and comments
		{`(?i)k`, []string{"K", "\u212a"}, []string{"j"}},
		{`(?i)^[k-l]$`, []string{"K", "L", "\u212a"}, []string{"m"}},
		{`(?i)^[^k]$`, []string{"j"}, []string{"K", "\u212a"}},
		{`(?i:a)B`, []string{"AB", "aB"}, []string{"Ab"}},
		{`(?i)a(?-i)B`, []string{"AB"}, []string{"Ab"}},
		{`(?i)(?^)a`, []string{"a"}, []string{"A"}},
		{`(?#note)a(?C1)b`, []string{"ab"}, nil},
		{"(?x) a b # c\n c", []string{"abc"}, []string{"a b c"}},
		{`(?U)^a+$`, []string{"aa"}, []string{"ab"}},
		// repetitions
		{`^a{2,3}$`, []string{"aa", "aaa"}, []string{"a", "aaaa"}},
		{`^a{2,}b{0}$`, []string{"aaaa"}, []string{"a", "aab"}},
		{`^a{,3}$`, []string{"a{,3}"}, []string{"aaa"}},
		{`^a{x}$`, []string{"a{x}"}, []string{"ax"}},
		{`^(?:a|b)*?c+$`, []string{"abcc", "c"}, []string{"ab"}},
		{`a++`, []string{"aa"}, []string{"b"}},
		{`xa?+`, []string{"x", "xa"}, []string{"a"}},
		// groups
		{`^(a)(?:b)(?<n>c)(?P<m>d)(?'o'e)$`, []string{"abcde"}, []string{"abcd"}},
		{`^(?|(a)|(b))$`, []string{"a", "b"}, []string{"c"}},
		{`(?<=a)b`, []string{"ab"}, []string{"cb"}},
		{`a(?=b)`, []string{"ab"}, []string{"ac"}},
		{`a(?!b)`, []string{"ac", "a"}, []string{"ab"}},
	} {
		e, err := Parse(c.expr, "")
		require.NoError(t, err, c.expr)
		re, err := e.Compile()
		require.NoError(t, err, c.expr)
		for _, text := range c.finds {
			assert.True(t, re.MatchString(text), "%s in %q, as %s", c.expr, text, re)
		}
		for _, text := range c.misses {
			assert.False(t, re.MatchString(text), "%s in %q, as %s", c.expr, text, re)
		}
	}
}

// TestWhatRE2LacksIsNamed writes what only an engine that backtracks runs: for PCRE as it was meant, and for the others
// not at all.
func TestWhatRE2LacksIsNamed(t *testing.T) {
	for _, c := range []struct{ expr, lacks, pcre string }{
		{`(a)\1`, "a back-reference", `(a)\g{1}`},
		{`(a)\g{-1}`, "a back-reference", `(a)\g{1}`},
		{`(?<n>a)\k{n}\k'n'\g{n}(?P=n)`, "a back-reference", `(?P<n>a)\g{1}\g{1}\g{1}\g{1}`},
		{`(?J)(?<n>a)|(?<n>b)\k<n>`, "a back-reference", `(a)|(b)(?(1)\g{1}|\g{2})`},
		{`(?|(a)|(b))c\1`, "a back-reference", `(?|(a)|(b))c\g{1}`},
		{`(?>a+)b`, "an atomic group", `(?>a+)b`},
		{`a\Rb`, "an atomic group", "(?>\r\n|"},
		{`a*+b`, "a possessive repetition", `a*+b`},
		{`(?=a)b`, "a look-ahead", `(?=a)b`},
		{`[[:<:]]a`, "a look-ahead", `\b(?=[0-9A-Za-z_])a`},
		{`(?=a)*b`, "a look-ahead", `(?:(?=a))?b`},
		{`(?!a)b`, "a negative look-ahead", `(?!a)b`},
		{`(*FAIL)`, "a negative look-ahead", `(?!)`},
		{`c(?<!a|bc)b`, "a negative look-behind", `(?<!a|bc)b`},
		{`a$b`, "$ with more behind it", `a$b`},
		{`(a)?(?(1)b|c)`, "a condition", `(a)?(?:(?(1)b|c))`},
		{`(?<n>a)?(?(<n>)b)`, "a condition", `(?P<n>a)?(?:(?(1)b|))`},
		{`(?(?=a)ab|c)`, "a condition", `(?:(?(?=a)ab|c))`},
	} {
		e, err := Parse(c.expr, "")
		require.NoError(t, err, c.expr)
		for _, d := range []Dialect{Go, Rust} {
			_, err = e.In(d)
			assert.ErrorContains(t, err, c.lacks, c.expr)
		}
		text, err := e.In(PCRE)
		require.NoError(t, err)
		if c.expr != `a\Rb` { // one alternative for each end of a line
			assert.Contains(t, text, c.pcre)
		}
		_, err = Parse(text, "")
		assert.NoError(t, err, "%s, written as %s", c.expr, text)
	}
}

// TestBoundaries pins what the engines call the boundaries of ASCII's words.
func TestBoundaries(t *testing.T) {
	e, err := Parse(`\ba\B`, "")
	require.NoError(t, err)
	for d, want := range map[Dialect]string{Go: `\ba\B`, Rust: `(?-u:\b)a(?-u:\B)`, PCRE: `\ba\B`} {
		text, err := e.In(d)
		require.NoError(t, err)
		assert.Equal(t, want, text)
	}
}

func TestFlags(t *testing.T) {
	e, err := Parse(`^a.b$`, "ims")
	require.NoError(t, err)
	re, err := e.Compile()
	require.NoError(t, err)
	assert.True(t, re.MatchString("x\nA\nB\ny"))
}

// TestErrors names what is wrong with an expression, or not supported.
func TestErrors(t *testing.T) {
	for expr, want := range map[string]string{
		`(`: "a parenthesis is not closed", `(?:`: "a parenthesis is not closed", `(?i`: "a parenthesis is not closed", `)`: "a closing parenthesis has no opening one",
		`[a`: "a set is not closed", `\`: "a backslash stands at the end", `(?<a`: "a name is not closed", `(?<1a>x)`: `"1a" is not a name of a group`,
		`*a`: "stands behind nothing that can be repeated", `a|*`: "stands behind nothing that can be repeated", `^*`: "stands behind nothing that can be repeated",
		`\b{2}`: "stands behind nothing that can be repeated", `a**`: "a repetition stands behind a repetition", `a{2,1}`: "out of order", `[z-a]`: "the range z-a is out of order",
		`\1`: "there is no group 1", `\8`: "there is no group 8", `\k<x>`: `there is no group "x"`, `(a)(?(2)b)`: "there is no group 2", `(?(1)a|b|c)`: "more than two alternatives",
		`\p{Foo}`: `unknown property "Foo"`, `[[:foo:]]`: "unknown class [:foo:]", `\y`: `PCRE knows no \y`, `\L`: `PCRE knows no \L`, `(?z)a`: "unknown flag 'z'",
		`\x{110000}`: "no character with this number", `\x{D800}`: "no character with this number", `\c`: `\c takes a character of ASCII`, `\o{9}`: `\o takes an octal number`,
		`\X`: "not supported", `\C`: "not supported", `(?R)`: "not supported", `(?1)`: "not supported", `(?&n)`: "not supported", `(?P>n)`: "not supported", `(*UCP)a`: "not supported",
		`(?(R)a)`: "not supported", `(?(DEFINE)(a))b`: "not supported", `(?<=a+)b`: "a look-behind must have a fixed length",
	} {
		_, err := Parse(expr, "")
		assert.ErrorContains(t, err, want, expr)
	}
}

// TestPropertiesStayNames: a class of Unicode is written by its name, also where case is ignored, and takes what it
// took.
func TestPropertiesStayNames(t *testing.T) {
	for expr, want := range map[string]string{
		`[^\p{L}\p{N}]`: `(?i)(?-i:[^\p{L}\p{N}])`,
		`[\p{L}\p{N}]*`: `(?i)(?-i:[\p{L}\p{N}])*`,
		`\p{Lu}`:        `(?i)(?-i:[\p{Lu}])`,
		`\PL`:           `(?i)(?-i:[\P{L}])`,
		`[\p{Lu}a-c]`:   `(?i)(?-i:[\p{Lu}A-Ca-c])`,
		`[^\p{Lu}s]`:    `(?i)(?-i:[^\p{Lu}Ssſ])`,
		`[a-c]`:         `(?i)[a-c]`,
	} {
		e, err := Parse(expr, "i")
		require.NoError(t, err)
		for _, d := range []Dialect{Go, Rust, PCRE} {
			got, err := e.In(d)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		of := strings.TrimSuffix(expr, "*")
		e, err = Parse(of, "i")
		require.NoError(t, err)
		re, err := e.Compile()
		require.NoError(t, err)
		ranges, ok := Ranges(e.Root)
		require.True(t, ok)
		in := func(r rune) bool {
			for i := 0; i < len(ranges); i += 2 {
				if ranges[i] <= r && r <= ranges[i+1] {
					return true
				}
			}
			return false
		}
		for r := rune(0); r < 0x3000; r++ {
			require.Equal(t, in(r), re.MatchString(string(r)), "%s: %U", expr, r)
		}
	}
}
