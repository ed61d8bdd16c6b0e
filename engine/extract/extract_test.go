package extract

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
)

func argv(t string) []string {
	var a Arena
	var out []string
	for s := (splitter{rest: t}); s.more(); {
		out = append(out, strings.Clone(s.next(&a)))
	}
	return out
}

// TestArgv holds the splitter to Microsoft's tables. The last row of the C runtime's page has two results, since the
// runtime changed in 2008: ours is that of CommandLineToArgvW, which the page had until then.
// https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
// https://learn.microsoft.com/en-us/kusto/query/parse-command-line-function
func TestArgv(t *testing.T) {
	for line, want := range map[string][]string{
		`x "a b c" d e`:          {"x", "a b c", "d", "e"},
		`x "abc" d e`:            {"x", "abc", "d", "e"},
		`x "ab\"c" "\\" d`:       {"x", `ab"c`, `\`, "d"},
		`x a\\b d"e f"g h`:       {"x", `a\\b`, "de fg", "h"},
		`x a\\\b d"e f"g h`:      {"x", `a\\\b`, "de fg", "h"},
		`x a\"b c d`:             {"x", `a"b`, "c", "d"},
		`x a\\\"b c d`:           {"x", `a\"b`, "c", "d"},
		`x a\\\\"b c" d e`:       {"x", `a\\b c`, "d", "e"},
		`x a"b"" c d`:            {"x", `ab"`, "c", "d"},
		`echo "hello world!"`:    {"echo", "hello world!"},
		`"c:\a b\x.exe"y z`:      {`c:\a b\x.exe`, "y", "z"},
		`c:\a"b c"`:              {`c:\a"b`, "c"},
		`"not closed at all`:     {"not closed at all"},
		` x`:                     {"", "x"},
		"a\tb \t c  ":            {"a", "b", "c"},
		`a "" b`:                 {"a", "", "b"},
		`a """ b" c`:             {"a", `"`, "b c"},
		`a "x`:                   {"a", "x"},
		`a b\`:                   {"a", `b\`},
		`a "b\\`:                 {"a", `b\\`},
		``:                       nil,
		`a é "ü ö"`:              {"a", "é", "ü ö"},
		`cmd /c "echo ""hi"" x"`: {"cmd", "/c", `echo "hi`, `x`},
	} {
		assert.Equal(t, want, argv(line), line)
	}
}

func program(t testing.TB, text string) *Program {
	rs, found := parse.Rules("r.yml", []byte("title: T\nlogsource: {product: windows}\nextract:\n  X: "+text+"\ndetection: {a: {X: x}, condition: a}\n"), nil)
	require.Empty(t, found, text)
	r, found := ir.Lower(rs[0])
	require.Empty(t, found, text)
	return Compile(r.Extracts[0], func(test ir.Test) Test {
		wants := test.(*ir.Text)
		return Test{Folds: !wants.Cased, Holds: func(text string) bool {
			return wants.Op == ir.Contains && strings.Contains(text, wants.Values[0]) || wants.Op == ir.Equals && text == wants.Values[0]
		}}
	})
}

// TestValues pins what each way of taking a value out gives.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		extract string
		text    string
		want    []string
	}{
		{"{field: F, argv: 1}", `a "b c" d`, []string{"b c"}},
		{"{field: F, argv: 5}", `a "b c" d`, nil},
		{"{field: F, argv: -1}", `a "b c" "d"`, []string{"d"}},
		{"{field: F, argv: -4}", `a "b c" d`, nil},
		{"{field: F, argv: any, upper: true}", `a "b" é`, []string{"A", "B", "É"}},
		{"{field: F, re: 'u:(\\w+)'}", "u:bob u:eve", []string{"bob"}},
		{"{field: F, re: 'u:(\\w+)|x'}", "x u:bob", nil},
		{"{field: F, re: 'u:(\\w*)'}", "u:", []string{""}},
		{"{field: F, re: 'u:(\\w+)'}", "none", nil},
		{"{field: F, split: '/', at: 0}", "a/b", []string{"a"}},
		{"{field: F, split: '/', at: -1}", "a//b/", []string{""}},
		{"{field: F, split: '/', at: 2}", "a//b/", []string{"b"}},
		{"{field: F, split: '/', at: 4}", "a//b/", nil},
		{"{field: F, split: '::', at: any}", "a::b:c", []string{"a", "b:c"}},
		{"{field: F, split: '/', at: -3}", "a/b", nil},
		{"{field: F, part: scheme}", "HTTPS://u:p@h.x:80/p?q#f", []string{"HTTPS"}},
		{"{field: F, part: host}", "https://u:p@h.x:80/p?q#f", []string{"h.x"}},
		{"{field: F, part: host}", "https://[::1]:80/", []string{"[::1]"}},
		{"{field: F, part: host, trim: '[]'}", "https://[::1]:80/", []string{"::1"}},
		{"{field: F, part: port}", "https://u:p@h.x:80/p?q#f", []string{"80"}},
		{"{field: F, part: port}", "https://h.x:/p", nil},
		{"{field: F, part: path}", "https://h/p/x?q/y", []string{"/p/x"}},
		{"{field: F, part: path}", "/p/x?q", []string{"/p/x"}},
		{"{field: F, part: query}", "https://h/p?a=b&c#f", []string{"a=b&c"}},
		{"{field: F, part: query}", "https://h/p#f?x", nil},
		{"{field: F, part: host}", "no url", nil},
		{"{field: F, map: [{contains: ab, to: one}, {equals: x, to: two}]}", "xABx", []string{"one"}},
		{"{field: F, map: [{contains: ab, to: one}, {equals: x, to: two}]}", "X", []string{"two"}},
		{"{field: F, map: [{contains: ab, to: one}]}", "X", nil},
		{"{field: F, map: [{contains|cased: ab, to: one}], default: Ü}", "AB", []string{"Ü"}},
		{"{field: F, map: [{contains|neq: ab, to: one}], default: o}", "AB", []string{"o"}},
		{"{field: F, map: [{contains|all: [a, b], to: one}], default: o}", "xBA", []string{"one"}},
		{"{text: 'CN={F}, {{{F}}}', trim_end: '}$'}", "x$", []string{"CN=x$, {x"}},
		{"{field: F, trim_start: ab, lower: true}", "baXaÉ", []string{"xaé"}},
		{"{field: F, lower: true}", "plain", []string{"plain"}},
	} {
		p := program(t, c.extract)
		assert.Equal(t, c.want, p.Values(nil, &Arena{}, [][]string{{c.text}}), "%s of %s", c.extract, c.text)
		assert.Empty(t, p.Values(nil, &Arena{}, [][]string{nil}), c.extract)
		assert.Equal(t, strings.Contains(c.extract, "Ü"), p.Wide)
	}
	several := program(t, "{field: F, split: '/', at: 0}")
	assert.Equal(t, []string{"a", "c"}, several.Values(nil, &Arena{}, [][]string{{"a/b", "c"}}), "each value gives one")
	assert.Empty(t, several.Values(nil, &Arena{}, [][]string{{strings.Repeat("x", maxText+1)}}))
}

// TestNothingIsAllocated asks extracts of texts to which they do and do not apply, in memory that is used again.
func TestNothingIsAllocated(t *testing.T) {
	var a Arena
	var dst []string
	from := [][]string{{`prog "Quoted arg" /user:none`}}
	for _, text := range []string{"{field: F, argv: 1, lower: true}", "{field: F, argv: any}", "{field: F, re: 'domain:(\\w+)'}", "{field: F, split: ' ', at: -1}", "{field: F, part: host}", "{field: F, map: [{contains: quoted, to: x}]}", "{text: 'x{F}'}"} {
		p := program(t, text)
		most := 0.0
		if strings.Contains(text, "re:") {
			most = 1 // regexp keeps its machines in a pool, which the race detector empties now and then
		}
		assert.LessOrEqual(t, testing.AllocsPerRun(50, func() {
			a.Reset()
			dst = p.Values(dst[:0], &a, from)
		}), most, text)
	}
}

// FuzzArgv takes any text apart without a panic, and splits again what it quoted itself.
func FuzzArgv(f *testing.F) {
	for _, seed := range []string{`a "b\"c" d`, `"`, `\"`, `a """"`, " \t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := argv(line)
		total := 0
		for _, arg := range args {
			total += len(arg)
		}
		assert.LessOrEqual(t, total, len(line))
		quoted := "x"
		for _, arg := range args {
			quoted += " " + quote(arg)
		}
		assert.Equal(t, append([]string{"x"}, args...), argv(quoted), line)
	})
}

// quote writes an argument so that it is read back.
func quote(arg string) string {
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for i := range len(arg) {
		switch arg[i] {
		case '\\':
			slashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes+1))
			slashes = 0
		default:
			slashes = 0
		}
		b.WriteByte(arg[i])
	}
	return b.String() + strings.Repeat(`\`, slashes) + `"`
}

// FuzzURLParts holds the parser to the expressions that products run.
func FuzzURLParts(f *testing.F) {
	for _, seed := range []string{"https://u:p@h.x:80/p?q#f", "//[::1]:x/", "a:b", "http://a@b@[c]", "?#", "ftp://h:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) { checkURL(t, url) })
}

func checkURL(t *testing.T, url string) {
	t.Helper()
	for _, part := range rules.URLParts {
		re, err := ir.URLPart(part).Parse().Compile()
		require.NoError(t, err)
		want := re.FindStringSubmatch(url)
		got, ok := urlPart(url, part)
		require.Equal(t, want != nil, ok, "%s of %q", part, url)
		if ok {
			require.Equal(t, want[1], got, "%s of %q", part, url)
		}
	}
}

// TestURLPartsOfRandomTexts does the same of texts made of what URLs are made of.
func TestURLPartsOfRandomTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"http", ":", "//", "/", "?", "#", "@", "[", "]", "80", "a", "é", "\n", "-", "x.y"}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		checkURL(t, b.String())
	}
}
