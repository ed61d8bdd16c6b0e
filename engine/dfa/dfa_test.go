package dfa

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func machine(t testing.TB, expr string) (*Machine, *regexp.Regexp) {
	t.Helper()
	re, err := regexp.Compile(expr)
	require.NoError(t, err)
	return New(re).NewMachine(&Pool{}), re
}

// exprs have what an automaton could get wrong: assertions, letters of several bytes, folding, places where it may
// begin and end.
var exprs = []string{
	``, `a`, `abc`, `(?i)abc`, `a.*b`, `(?s)a.*b`, `^a`, `a$`, `^$`, `(?m)^a`, `(?m)a$`, `(?m)^$`, `\Aa`, `a\z`, `\bab\b`, `\Bb`, `b\B`, `a\b.`, `(^|x)a`, `a(\b|c)`,
	`[^a]`, `[a-c]+x`, `é`, `(?i)é`, `(?i)k`, `(?i)s`, `\x{fffd}`, `.`, `(?s).`, `\p{L}+\d`, `(?i)(set).*&&\s?set.*(environment|invoke|\$?\{?input).*&&.*"`, `a{2,5}b`, `(ab|ba)*c`, `(a|b)*a(a|b){6}c`,
	`^(a|ab)(c|bcd)$`, `x*`, `(?:^a|b$)`, `\b`, `\B`, `^\b`, `\b$`, `[^\n]b`, `a\nb`, `(?m)b$\n^a`,
}

// letters of random texts: those of the expressions, and what is special.
var letters = []string{"a", "b", "c", "x", "A", "B", "k", "K", "\u212a", "s", "ſ", "é", "É", "\n", " ", "&", "set", "\"", "\xff", "\xc3", "\ufffd", "0", "_", "invoke", "d"}

func randomText(random *rand.Rand, most int) string {
	var b strings.Builder
	for range random.IntN(most + 1) {
		b.WriteString(letters[random.IntN(len(letters))])
	}
	return b.String()
}

func TestMatchIsThatOfRegexp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, expr := range exprs {
		m, re := machine(t, expr)
		for range 400 {
			text := randomText(random, 12)
			require.Equal(t, re.MatchString(text), m.Match(text), "%q of %q", expr, text)
		}
	}
}

func TestRandomExpressions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", "b", ".", "x*", "(a|b)", "[^a]", "^", "$", `\b`, `\B`, "(?i:k)", "é", `\s`, "a?", "b+?", "(?m:^)", "(?m:$)", "c{2}", "|", ".*"}
	for range 1500 {
		var expr strings.Builder
		for range 1 + random.IntN(6) {
			expr.WriteString(parts[random.IntN(len(parts))])
		}
		m, re := machine(t, expr.String())
		f := m.p.NewFinder(m.pool)
		for range 20 {
			text := randomText(random, 8)
			require.Equal(t, re.MatchString(text), m.Match(text), "%q of %q", expr.String(), text)
			requireFound(t, f, re, text)
		}
	}
}

// requireFound holds where a finder finds an expression to what regexp says.
func requireFound(t *testing.T, f *Finder, re *regexp.Regexp, text string) {
	t.Helper()
	want := -1
	if at := re.FindStringIndex(text); at != nil {
		want = at[0]
	}
	require.Equal(t, want, f.Find(text), "%q in %q", re, text)
}

func TestFinderFindsTheFirstMatch(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for _, expr := range append(exprs, `a*`, `(a|ab)(c|bcd)?`, `b.*a|c`, `\ba|c\b`, `(?m)^(a|x)*$`, `[^a]*b`) {
		re := regexp.MustCompile(expr)
		f := New(re).NewFinder(&Pool{})
		for range 300 {
			requireFound(t, f, re, randomText(random, 12))
		}
	}
}

func TestFinderOfLargeExpressions(t *testing.T) {
	re := regexp.MustCompile(strings.Repeat(`[\p{L}\p{N}]`, 900))
	requireFound(t, New(re).NewFinder(&Pool{}), re, "--"+strings.Repeat("é", 900))
	requireFound(t, New(re).NewFinder(&Pool{}), re, "--")
	re = regexp.MustCompile(`c[ab]{14}a`)
	f := New(re).NewFinder(&Pool{})
	random := rand.New(rand.NewPCG(13, 14))
	for range 100 {
		text := make([]byte, 2000)
		for i := range text {
			text[i] = "ab"[random.IntN(2)]
		}
		text[100] = 'c'
		requireFound(t, f, re, string(text))
		require.LessOrEqual(t, f.m.bytes, machineBytes+4096)
	}
	assert.Negative(t, f.m.credit, "regexp goes on where states do not pay")
}

// An expression whose states double with each letter of its tail.
const doubling = `a[ab]{14}c`

func TestMemoryIsBounded(t *testing.T) {
	m, re := machine(t, doubling)
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		text := make([]byte, 2000)
		for i := range text {
			text[i] = "ab"[random.IntN(2)]
		}
		text = append(text, "c"...)
		require.Equal(t, re.MatchString(string(text)), m.Match(string(text)))
		require.LessOrEqual(t, m.bytes, machineBytes+4096)
		require.Equal(t, m.bytes, m.pool.bytes)
	}
	assert.Negative(t, m.credit, "regexp goes on where states do not pay")
}

func TestStatesAreDroppedAndMadeAgain(t *testing.T) {
	m, re := machine(t, doubling)
	random := rand.New(rand.NewPCG(7, 8))
	dropped := false
	for range 200 {
		m.credit = mostCredited
		text := make([]byte, 300)
		for i := range text {
			text[i] = "ab"[random.IntN(2)]
		}
		before := m.bytes
		require.Equal(t, re.MatchString(string(text)+"c"), m.Match(string(text)+"c"))
		dropped = dropped || m.bytes < before
	}
	assert.True(t, dropped)
}

func TestPoolIsShared(t *testing.T) {
	pool := &Pool{bytes: poolBytes + 1}
	m := New(regexp.MustCompile(`ab+c`)).NewMachine(pool)
	assert.True(t, m.Match("xxabbc"), "without room for a second state, each drops the one before")
	assert.False(t, m.Match("xxabb"))
	assert.Less(t, len(m.states), 4)
}

func TestNoAllocationOnceStatesAreThere(t *testing.T) {
	m, _ := machine(t, `(?i)set.*&&\s?set.*(environment|invoke)`)
	text := strings.Repeat("set x && sEt y ", 100)
	m.Match(text)
	assert.Zero(t, testing.AllocsPerRun(10, func() { m.Match(text) }))
}

func TestNoMatchAfterTheBeginning(t *testing.T) {
	m, _ := machine(t, `^abc`)
	assert.False(t, m.Match("x"+strings.Repeat("abc", 1000)))
	assert.True(t, m.Match("abc"))
}

func TestPairsAreRead(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, expr := range exprs {
		m, re := machine(t, expr)
		for range 4 {
			text := randomText(random, 2000)
			for at := range 20 { // so that pairs begin at either letter, and texts end with half of one
				require.Equal(t, re.MatchString(text[min(at, len(text)):]), m.Match(text[min(at, len(text)):]), "%q of %q", expr, text)
			}
		}
		require.LessOrEqual(t, 4*len(m.pairs), pairsBytes)
	}
	m, _ := machine(t, `(?i)foo.*bar`)
	m.Match(strings.Repeat("some foo and more ", 100))
	assert.Positive(t, len(m.pairs))
}

func TestManyClassesHaveNoPairs(t *testing.T) {
	m, re := machine(t, `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ|[01]{3}[23]`)
	text := strings.Repeat("0123456789 bcd ABC ", 100)
	assert.Equal(t, re.MatchString(text), m.Match(text))
	assert.Zero(t, len(m.pairs))
}

func TestNeeds(t *testing.T) {
	for expr, want := range map[string][]string{
		`abc`: {"abc"}, `a.*b`: {"a", "b"}, `(ab)c+\bd?e`: {"ab", "c", "e"}, `a(?:bc|de)f`: {"a", "f"}, `(?i)(set).*&&\s?set`: {"&&"}, `(?i)é1`: {"1"}, `a*`: nil,
		`x\x{fffd}y`: {"x", "y"}, `^é{2}$`: {"éé"}, `(?:ab){2,}`: {"ab", "ab"}, `a|b`: nil, ``: nil,
	} {
		m, _ := machine(t, expr)
		assert.Equal(t, want, m.p.needs, expr)
	}
}

func TestLargeTablesAreNotMade(t *testing.T) {
	m, re := machine(t, strings.Repeat(`[\p{L}\p{N}]`, 900))
	assert.Empty(t, m.p.accepts)
	assert.Equal(t, re.MatchString("abc"), m.Match("abc"))
	assert.True(t, m.Match(strings.Repeat("é", 900)))
}

func FuzzMatch(f *testing.F) {
	for _, expr := range exprs {
		f.Add(expr, "ab\xffcé set && set invoke \n&&\"")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		re, err := regexp.Compile(expr)
		if err != nil || len(expr) > 200 {
			return
		}
		m := New(re).NewMachine(&Pool{})
		for range 2 + often { // until pairs are read
			if got, want := m.Match(text), re.MatchString(text); got != want {
				t.Fatalf("%q of %q: %v, regexp says %v", expr, text, got, want)
			}
		}
		requireFound(t, m.p.NewFinder(m.pool), re, text)
	})
}

// BenchmarkMatch gives what expressions cost on a long text in which they do not match: one that lacks what they need,
// ones that are read to the end, and one whose state changes with most letters.
func BenchmarkMatch(b *testing.B) {
	text := strings.Repeat(`$settings = Get-Item 'C:\Users\x'; foreach ($f in $files) { Write-Host "a && b" } `, 60)
	for _, expr := range []string{
		`(?i)(set).*&&\s?set.*(environment|invoke|\$?\{?input).*&&.*"`, `cmd.{0,5}(?:/c|/r).+powershell.+(?:\$\{?input\}?|noexit).+"`, `(?i)\bfoo\b.*bar`, `[a-z]{3,6}\d\.dll`, `(?i)(download|fetch|invoke)(file|string)`,
	} {
		m, re := machine(b, expr)
		b.Run("automaton/"+expr, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Match(text)
			}
		})
		b.Run("regexp/"+expr, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				re.MatchString(text)
			}
		})
	}
}

// BenchmarkFind gives what it costs to find where an expression matches that does so late in a long text.
func BenchmarkFind(b *testing.B) {
	text := strings.Repeat(`$settings = Get-Item 'C:\Users\x'; foreach ($f in $files) { Write-Host "a && b" } `, 60) + `set x && set y invoke && "`
	for _, expr := range []string{`(?i)(set).*&&\s?set.*(environment|invoke|\$?\{?input).*&&.*"`, `(?i)\bset\s+\w+ &&`} {
		m, re := machine(b, expr)
		f := m.p.NewFinder(m.pool)
		b.Run("automaton/"+expr, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f.Find(text)
			}
		})
		b.Run("regexp/"+expr, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				re.FindStringIndex(text)
			}
		})
	}
}
