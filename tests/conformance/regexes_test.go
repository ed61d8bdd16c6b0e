package conformance

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine/backtrack"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/regex"
	"decree/rules/schema"
)

// The products read expressions in three ways of their own: Rust's crate, PCRE and Lucene. Here the engines themselves
// are asked what they find by what a query holds for an expression.

// pair is an expression, a text, and whether the engine finds the one in the other, which is held to PCRE by another
// test.
type pair struct {
	test *ir.Regex
	text string
	want bool
}

func (p pair) String() string { return fmt.Sprintf("%s (%s) on %q", p.test.Expr, p.test.Flags, p.text) }

// expressions are those that tell syntaxes apart, alone and joined at random.
func expressions() []*ir.Regex {
	exprs := []string{`^$`, `a$`, `^a`, `\Aa\z`, `a.b`, `a\sb`, `a[\s]b`, `a\Sb`, `a[^\s]b`, `a[\S]b`, `\bab\b`, `\w+$`, `[[:space:]]b`, `[^[:alpha:]]$`, `a\vb`, `[\v]`, `\x{41}`, `\Q.$\E$`, `[$]`, `[]a]$`,
		`(a|b$)`, `(?:^|x)a`, `a{2}`, `a{,2}`, `{`, `a{1`, `\d\D`, `(?P<n>a)b`, `(?i)AB$`, `(?s)a.b$`, `(?m)^b$`, `a$|b`, `\pL$`, `[\d\s]$`, `\t\n`, `\.exe$`, `#a b`, `\f`, `\a`, `[a-]$`, `[\]]$`, `\x0b`, `a\.$`,
		`\w`, `\W`, `\d`, `\B`, `[\W]`, `[^\W]`, `[^\d\s]`, `[a[b]`, `[a&&b]`, `[a~~b]`, `[+--]`, `[\d-a]`, `\<a`, `a\>`, `\012`, `(a)\12`, `\"\'\/\-\_\ `, `~`, `@`, `a&b`, `<1-9>`, `a#`, `"a"`, `[[:word:]]$`, `[^a]`, `\p{^Greek}`, `(a|)b`, `()`, `a??b`, `[\x00-\x1f]`, `\\`, `[\\/]`, `é`, `[à-ü]`, `(?i)é`, `(?i)k`, `(?i)s`, `.*`, `a+?b*?`}
	var tests []*ir.Regex
	add := func(expr, flags string) {
		if e, err := regex.Parse(expr, flags); err == nil {
			_, err := e.In(regex.Go)
			tests = append(tests, &ir.Regex{Expr: expr, Flags: flags, Backtracking: err != nil})
		}
	}
	for _, expr := range exprs {
		for _, flags := range []string{"", "i", "s", "m", "ims"} {
			add(expr, flags)
		}
	}
	for n := range 20 { // about as many as Lucene's automata bear
		add(fmt.Sprintf(`a.{%d}`, n), "")
		add(fmt.Sprintf(`^a.{0,%d}b`, n), "")
		add(fmt.Sprintf(`(?:ab|cd).{2,%d}[ef]+g`, n+2), "")
	}
	r := rand.New(rand.NewPCG(5, 7))
	part := func() string { return exprs[r.IntN(len(exprs))] }
	for range 300 {
		expr := part() + part()
		switch r.IntN(4) {
		case 0:
			expr = "(?:" + expr + "|" + part() + ")" + part()
		case 1:
			expr = "(" + expr + ")+" + part()
		case 2:
			expr = "(?i:" + part() + ")" + expr
		}
		add(expr, "")
	}
	for range 300 {
		add(pcreExpression(r, 3), "")
	}
	return tests
}

// publicExpressions are those of the public rules.
func publicExpressions(t *testing.T) []*ir.Regex {
	var tests []*ir.Regex
	for _, rule := range corpusRules(t) {
		ir.Inspect(rule.Condition, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				if test, ok := m.Test.(*ir.Regex); ok {
					tests = append(tests, test)
				}
			}
			return true
		})
	}
	require.NotEmpty(t, tests)
	return tests
}

// pairs are expressions with texts that tell syntaxes apart, and with texts made to match.
func pairs(t *testing.T, tests []*ir.Regex) []pair {
	texts := []string{"", "\n", "a", "a\n", "ab", "a b", "a\vb", "a\x0cb", "a\nb", "a\rb", "\nb\n", "b\n", "éab", "abé", "a.b", ".$", "$", "]", "aa", "a{,2}", "{", "a{1", "1a", "AB", "AB\n", "x.exe", "x.exe\n", "#a b", "A", "aXb", "-", "a\u0085b", "a\u00a0b", "\v", "\x07", "é", "É",
		"\u0663", "\u212a", "\u017f", "&", "~", "[", "5", "<a", "a>", "a\x01", `"a"`, `\`, "/", `"'/-_ `, "@", "\U0001f600", "a\u200db"}
	maker := &splMaker{r: rand.New(rand.NewPCG(3, 4))}
	var all []pair
	var machine backtrack.Machine
	for _, test := range tests {
		e := test.Parse()
		program := backtrack.Compile(e)
		plain, err := e.In(regex.Go)
		if err != nil {
			plain = "(?i)ab1 " // texts are made by RE2's form
		}
		parsed, err := syntax.Parse(plain, syntax.Perl)
		require.NoError(t, err)
		made := []string{}
		for range 8 {
			text := maker.flip(maker.matching(parsed))
			if strings.ContainsFunc(text, func(r rune) bool { return r > 0xffff || 0x1dc0 <= r && r <= 0x1dff }) {
				continue // Unicode grows there, and engines know different versions of it
			}
			made = append(made, text, maker.pad()+text+maker.pad())
		}
		for _, text := range append(made, texts...) {
			found, known, _ := machine.Match(program, text, 10_000_000)
			require.True(t, known)
			all = append(all, pair{test, text, found})
		}
	}
	return all
}

// expressionsAgree asks an engine about all pairs of which a query holds an expression at all. held gives those
// expressions, "" for one that is refused; ask answers with what the engine finds, true or false, or with what it says
// is wrong.
func expressionsAgree(t *testing.T, held func(*testing.T, []*ir.Regex) []string, ask func(*testing.T, [][2]string) []any) {
	ofTests := func(t *testing.T, tests []*ir.Regex) {
		written := map[*ir.Regex]string{}
		refused := 0
		for i, expr := range held(t, tests) {
			if expr == "" {
				refused++
			}
			written[tests[i]] = expr
		}
		var compared []pair
		var asked [][2]string
		for _, p := range pairs(t, tests) {
			if written[p.test] != "" {
				compared, asked = append(compared, p), append(asked, [2]string{written[p.test], p.text})
			}
		}
		got := ask(t, asked)
		require.Len(t, got, len(compared))
		matches := 0
		for i, p := range compared {
			if p.want {
				matches++
			}
			assert.Equal(t, p.want, got[i], "%s, which became %s", p, asked[i][0])
		}
		require.NotZero(t, matches)
		t.Logf("%d expressions, %d refused; %d pairs, %d matches", len(tests), refused, len(compared), matches)
	}
	t.Run("made up", func(t *testing.T) { ofTests(t, expressions()) })
	t.Run("public rules", func(t *testing.T) { ofTests(t, publicExpressions(t)) })
}

// held gives what the query of each expression holds of it, "" for one that is refused. read gives the literals of
// queries, decoded, of which it is the last.
func held(t *testing.T, tests []*ir.Regex, d compilers.Dialect, model string, read func([]string) [][]string) []string {
	m, err := schema.Load(model)
	require.NoError(t, err)
	var queries []string
	var at []int
	for i, test := range tests {
		rule := &ir.Rule{Condition: &ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: test}, Source: &rules.Rule{LogSource: rules.LogSource{Category: "process_creation", Product: "windows"}}}
		q, found := d.Compile(rule, compilers.Options{Model: m})
		if q == nil {
			require.NotEmpty(t, found)
			continue
		}
		queries, at = append(queries, q.Text), append(at, i)
	}
	out := make([]string, len(tests))
	literals := read(queries)
	for i := range queries {
		require.NotEmpty(t, literals[i], queries[i])
		out[at[i]] = literals[i][len(literals[i])-1]
	}
	return out
}

var mvfind = regexp.MustCompile(`mvfind\(CommandLine, "((?:\\.|[^"\\])*)"\)`)

func TestExpressionsMeanTheSameToPCRE(t *testing.T) {
	t.Parallel()
	needPCRE(t)
	expressionsAgree(t, func(t *testing.T, tests []*ir.Regex) []string {
		return held(t, tests, spl.New(), "splunk-windows", func(queries []string) (all [][]string) {
			for _, q := range queries {
				parts := mvfind.FindStringSubmatch(q)
				require.NotNil(t, parts, q)
				all = append(all, []string{strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(parts[1])})
			}
			return all
		})
	}, askPCRE)
}

func TestExpressionsMeanTheSameToKusto(t *testing.T) {
	t.Parallel()
	needKusto(t)
	_, tables := mde(t)
	expressionsAgree(t, func(t *testing.T, tests []*ir.Regex) []string {
		return held(t, tests, kql.New(), "mde", func(queries []string) (all [][]string) {
			for i, r := range CheckKQL(t, queries, tables, "", "") {
				require.Empty(t, r.Errors, queries[i])
				all = append(all, r.Strings)
			}
			return all
		})
	}, func(t *testing.T, asked [][2]string) (got []any) {
		ask(t, exec.Command("node", filepath.Join(root(), "tests", "conformance", "kql", "regex.js")), asked, &got)
		return got
	})
}

func TestExpressionsMeanTheSameToLucene(t *testing.T) {
	t.Parallel()
	jars, err := filepath.Glob(filepath.Join(root(), ".cache", "lucene-core-*.jar"))
	require.NoError(t, err)
	if _, err := exec.LookPath("java"); err != nil || len(jars) == 0 {
		missing(t, "Java or .cache/lucene-core-*.jar is not there: .ci/run gets both")
	}
	needEQL(t)
	expressionsAgree(t, func(t *testing.T, tests []*ir.Regex) []string {
		return held(t, tests, eql.New(), "ecs", func(queries []string) (all [][]string) {
			for i, r := range CheckEQL(t, queries, nil, "") {
				require.Nil(t, r.Error, queries[i])
				all = append(all, r.Strings)
			}
			return all
		})
	}, func(t *testing.T, asked [][2]string) (got []any) {
		var in strings.Builder
		for _, p := range asked {
			fmt.Fprintln(&in, base64.StdEncoding.EncodeToString([]byte(p[0])), base64.StdEncoding.EncodeToString([]byte(p[1])))
		}
		cmd := exec.Command("java", "-cp", jars[0], filepath.Join(root(), "tests", "conformance", "eql", "Regex.java"))
		cmd.Stdin, cmd.Stderr = strings.NewReader(in.String()), os.Stderr
		out, err := cmd.Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(out)) {
			switch line = strings.TrimSpace(line); line {
			case "true", "false":
				got = append(got, line == "true")
			default:
				got = append(got, line)
			}
		}
		return got
	})
}
