package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

// mixedAuthor writes rules in which the sections of the language meet: several log sources, filters of one of them,
// extracts, joins, first_seen, prevalence and suppress, over the random events of splRandomEvents.
type mixedAuthor struct {
	*rand.Rand
	sources  []string // log sources that events are of
	suppress bool     // queries suppress
	alone    bool     // a rule asks of its own event alone
	apart    bool     // a rule has prevalence or other events, and joins of one log source
}

// mixedSources are those of the random events: one log and two categories of another.
var mixedSources = []string{"{product: windows, service: security}", "{product: windows, category: process_creation}", "{product: windows, category: network_connection}"}

func (a mixedAuthor) one(of ...string) string { return of[a.IntN(len(of))] }

// logsource is one log source, or several.
func (a mixedAuthor) logsource(alone bool) string {
	some := slices.Clone(a.sources)
	a.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	if n := 1 + a.IntN(len(some)); n > 1 && !alone {
		return "[" + strings.Join(some[:n], ", ") + "]"
	}
	return some[0]
}

// item writes a test of a field or of an extract.
func (a mixedAuthor) item() string {
	return a.one("Kind: x", "Kind: x", "Kind: [x, y]", "Other|cased: X", "Other: x", "U|startswith: u", "V|endswith: '1'", "W|contains: ':'", "W|word: u", "N|bits: 2", "N|bits: 1", "N|gte: 2", "N|lt: 2.5",
		"U|fieldref: V", "V|fieldref|startswith: U", "P: u", "P|cased: U", "Q|exists: true", "Q: null", "P|fieldref: V", "Q|contains: n", "P|startswith: u", "U|re: '^[uv]$'", "V: '*'", "U|expand: '%l%'", "P|expand: '%l%'", "V|expand: '%m%'",
		"W|filename: u", "V|filename|startswith: u", "W: ''", "V: null", "user: u", "sha1: u", "EventID: 1", "U|exists: false")
}

// selection is a map or a list of maps.
func (a mixedAuthor) selection() string { return a.selectionOf(a.item(), a.item()) }

// filtered is a selection of a filter, which does not see extracts.
func (a mixedAuthor) filtered() string {
	plain := strings.NewReplacer("P", "U", "Q", "V")
	return a.selectionOf(plain.Replace(a.item()), plain.Replace(a.item()))
}

func (a mixedAuthor) selectionOf(first, second string) string {
	key := func(item string) string { k, _, _ := strings.Cut(item, ":"); return k }
	switch {
	case key(first) == key(second) || a.IntN(3) == 0:
		return "{" + first + "}"
	case a.IntN(3) == 0:
		return "[{" + first + "}, {" + second + "}]"
	}
	return "{" + first + ", " + second + "}"
}

const mixedLists = "lists: {l: {union: [k, m]}, k: [u, X], m: {except: [w], union: [v]}, v: [v, none], w: [NONE]}\n"

// input writes a rule that others join.
func (a mixedAuthor) input(name string) string {
	text := "title: In " + name + "\nname: " + name + "\nlogsource: " + a.logsource(a.apart) + "\n" + mixedLists + extractsOf(a.Rand) + "detection: {s: " + a.selection()
	other, condition := a.selection(), a.one("s", "s or t", "s and not t", "not s", "s")
	if strings.HasSuffix(condition, " t") { // a selection must be used
		text += ", t: " + other
	}
	return text + ", condition: " + condition + "}\n---\n"
}

func (a mixedAuthor) compared() string { return a.one("U", "V", "W", "P", "Q", "user", "sha1") }

func (a mixedAuthor) seconds(least int) string { return fmt.Sprintf("%ds", least+a.IntN(6)) }

func (a mixedAuthor) join(name string) string {
	same := "[" + a.compared() + "]"
	if a.IntN(2) == 0 {
		same = "{" + a.compared() + ": " + a.compared() + "}"
	}
	near := a.one("before: "+a.seconds(1), "after: "+a.seconds(1), "before: "+a.seconds(1)+", after: "+a.seconds(1), "within: "+a.seconds(1))
	count := ""
	if a.IntN(2) == 0 {
		n := 1 + a.IntN(3)
		count = ", count: {" + a.one("", "distinct: V, ", "distinct: P, ", "distinct: user, ") + a.one(fmt.Sprintf("gte: %d", n), fmt.Sprintf("gt: %d, lte: %d", n-1, n+1), fmt.Sprintf("eq: %d", n)) + "}"
	}
	return fmt.Sprintf("  %s: {rule: %s, same: %s, %s%s}\n", name, a.one("a", "b"), same, near, count)
}

func (a mixedAuthor) first(name string) string {
	return fmt.Sprintf("  %s: {fields: [%s], over: %s%s}\n", name, a.compared(), a.seconds(2), a.one("", ", among: s", ", among: t"))
}

func (a mixedAuthor) rarity(name string, lookback int) string {
	return fmt.Sprintf("  %s: {field: %s%s, local: {distinct: %s%s, %s}}\n", name, a.compared(), a.one("", ", among: s", ", among: t"), a.one("user", "host", "W", "P"), a.one("", fmt.Sprintf(", over: %ds", lookback+3)),
		a.one("lte: 1", "lt: 3", "gte: 2", "rarest: 2"))
}

// filter is laid over a rule, of one log source or of all.
func (a mixedAuthor) filter(i int) string {
	return fmt.Sprintf("title: F%d\nlogsource: %s\n%sfilter:\n  rules: %s\n  f: %s\n  g: %s\n  condition: %s\n", i, a.one(append(a.sources, "{product: windows}")...), mixedLists, a.one("any", "any", "[t]", "[a, t]", "[b]"),
		a.filtered(), a.filtered(), a.one("not f", "not (f and g)", "not 1 of f*", "not f and not g"))
}

// mixed is what one author wrote.
type mixed struct {
	text     string
	rule     *ir.Rule
	lookback int
}

// write writes rules, the last of which is asked, and filters; nil where the reader refuses what came out.
func (a mixedAuthor) write(t testing.TB) *mixed {
	lookback, kind := 4+a.IntN(8), a.IntN(3)
	sections, names := map[string]string{}, []string{"s", "s", "t"}
	conditions := a.IntN(4)
	if a.alone {
		conditions = 0
	}
	for i := range conditions {
		name := fmt.Sprintf("n%d", i)
		names = append(names, name, name)
		switch {
		case a.apart && kind < 2:
			kind = a.IntN(2)
		case !a.apart:
			kind = a.IntN(3)
		}
		switch kind {
		case 0:
			sections["joins"] += a.join(name)
		case 1:
			sections["first_seen"] += a.first(name)
		default:
			sections["prevalence"] += a.rarity(name, lookback)
		}
	}
	var b strings.Builder
	b.WriteString(a.input("a") + a.input("b"))
	fmt.Fprintf(&b, "title: T\nname: t\nlogsource: %s\nschedule: {every: 5s, lookback: %ds}\n%s%s", a.logsource(a.apart && len(sections) > 0), lookback, mixedLists, extractsOf(a.Rand))
	for _, section := range []string{"joins", "first_seen", "prevalence"} {
		if sections[section] != "" {
			b.WriteString(section + ":\n" + sections[section])
		}
	}
	if a.suppress && a.IntN(2) == 0 {
		fmt.Fprintf(&b, "suppress: {by: [%s], for: %s}\n", a.compared(), a.seconds(1))
	}
	condition := projectAuthor{author: author{Rand: a.Rand}}.condition(names, 3)
	fmt.Fprintf(&b, "detection:\n  s: %s\n  t: %s\n  condition: %s\n", a.selection(), a.selection(), condition)
	var filters []string
	for i := range a.IntN(3) {
		filters = append(filters, a.filter(i))
	}
	m := &mixed{text: b.String() + "=== filters\n" + strings.Join(filters, "---\n"), lookback: lookback}
	read, found := parse.Documents("rule.yml", []byte(b.String()), nil)
	if found.HasErrors() {
		first := found[slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })]
		require.Contains(t, []string{"unused-name", "extract-any"}, first.Code, "%s\n%v", m.text, found)
		return nil
	}
	_, found = parse.LinkJoins(read.Rules, nil)
	if found.HasErrors() {
		return nil
	}
	lowered := filteredBy(t, read.Rules, strings.Join(filters, "---\n"))
	rs, found := ir.LinkJoins([]*ir.Rule{lowered[read.Rules[len(read.Rules)-1]]}, lowered)
	require.Empty(t, found)
	m.rule = rs[0]
	return m
}
