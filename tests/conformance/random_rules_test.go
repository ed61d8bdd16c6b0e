package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
)

// author writes rules and events that nobody would: of few and awkward letters, so that they meet often.
type author struct {
	*rand.Rand
	folders []string // before the names of files
}

// windowsFolders are what a path of Windows begins with: Defender and Elastic keep a file's name apart, which they take
// to be what stands after the last backslash.
var windowsFolders = []string{`C:\Windows\`, `C:\a b\`, `\`}

func pick[T any](a author, from []T) T { return from[a.IntN(len(from))] }

// awkward are what escapes, wildcards, quotes, paths and cases are made of.
var awkward = []string{"a", "B", "cmd", "CMD", ".exe", `\`, "/", `"`, "'", "*", "?", "%", "_", "`", "$", "{0}", "[", "]", "^", ".", "|", " ", "-", ":", ",", "(", "=", "&lt;", "1", "0x1", "é", "É", "\n", "\t", "//", "\\u0041", "10.0.0.1"}

func (a author) text() string {
	var b strings.Builder
	for range a.IntN(5) {
		b.WriteString(pick(a, awkward))
	}
	return b.String()
}

// path has a file name more often than not.
func (a author) path() string {
	return pick(a, a.folders) + pick(a, []string{"cmd.exe", "CMD.EXE", "net1", "a[1].exe", "x.dll", "", strings.ReplaceAll(a.text(), "/", "")})
}

var randomTexts = []string{"CommandLine", "OriginalFileName", "ParentCommandLine"}
var randomPaths = []string{"Image", "ParentImage"}

// record makes a process creation, some of whose fields are missing or empty.
func (a author) record(i int) record {
	r := record{id: fmt.Sprintf("e%d", i), channel: sysmonChannel, code: "1", provider: "Microsoft-Windows-Sysmon", computer: "h", instant: "2026-03-02T10:00:00.000Z", data: map[string]string{}}
	for _, name := range randomTexts {
		if a.IntN(6) > 0 {
			r.data[name] = a.text()
		}
	}
	for _, name := range randomPaths {
		if a.IntN(6) > 0 {
			r.data[name] = a.path()
		}
	}
	r.data["ProcessId"] = strconv.Itoa(a.IntN(20))
	return r
}

// pattern is an expression that RE2, Kusto and Lucene read alike, or that is refused.
func (a author) pattern() string {
	return pick(a, []string{`a.b`, `^cmd`, `\.exe$`, `[A-C]+`, `\\cmd\.exe`, `(a|B){2}`, `\d`, `\s`, `^$`, `a?\*`, `[^a]`, `x{1,3}`, `^.*\\`, `"`, `\x41`, `(?i)c(md|x)`, `.`, `\bcmd\b`, `é`})
}

// item writes one test of a field as YAML.
func (a author) item() string {
	field, value := pick(a, randomTexts), a.text
	if a.IntN(2) == 0 {
		field, value = pick(a, randomPaths), a.path
	}
	modifier := pick(a, []string{"", "", "|contains", "|contains", "|startswith", "|endswith", "|endswith", "|contains|all", "|cased", "|contains|cased", "|endswith|cased", "|filename",
		"|re", "|re|i", "|re|s", "|filename|contains", "|filename|startswith", "|filename|endswith", "|filename|contains|cased", "|filename|re", "|word", "|word", "|word|cased", "bits", "|exists", "|windash|contains", "|fieldref", "|fieldref|endswith", "null", "number", "|base64|contains",
		"|neq", "|contains|neq", "|re|m", "|re|i|m", "|cidr", "|cidr|neq", "|base64offset|contains", "|wide|base64|contains", "|utf16|base64|endswith", "|windash|startswith", "|contains|cased|all",
		"|fieldref|contains", "|fieldref|startswith|cased", "|fieldref|neq", "|lt|neq", "|all"})
	one := func(v string) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // a string
		}
		return string(text)
	}
	switch modifier {
	case "null":
		return field + ": null"
	case "bits":
		return pick(a, []string{"ProcessId|bits: 1", "ProcessId|bits: 0x6", "ProcessId|bits: [5, 16]", field + "|bits: 1", field + "|bits: 0x11"})
	case "number":
		return pick(a, []string{"ProcessId: 1", "ProcessId: [1, 2, 7]", "ProcessId|gte: 9", "ProcessId|lt: 4"})
	case "|exists":
		return field + modifier + ": " + pick(a, []string{"true", "false"})
	case "|fieldref", "|fieldref|endswith", "|fieldref|contains", "|fieldref|startswith|cased", "|fieldref|neq":
		return field + modifier + ": " + pick(a, append(randomTexts, randomPaths...))
	case "|lt|neq":
		return field + modifier + ": " + pick(a, []string{"1", "10", "0.5"})
	case "|cidr", "|cidr|neq":
		return field + modifier + ": " + pick(a, []string{"10.0.0.0/8", "10.0.0.1/32", "[192.168.0.0/16, 10.0.0.0/31]", "0.0.0.0/0"})
	case "|base64offset|contains":
		return field + modifier + ": " + one("abc"+value()) // of two letters no form is sure
	case "|re", "|re|i", "|re|s", "|re|m", "|re|i|m", "|filename|re":
		return field + modifier + ": " + one(a.pattern())
	case "|contains|all", "|contains|cased|all", "|all":
		return field + modifier + ": [" + one(value()+"a") + ", " + one(value()+"b") + "]"
	}
	values := make([]string, 1+a.IntN(3))
	for i := range values {
		v := value()
		if v == "" && modifier != "" {
			v = "." // an empty part is in every value: the parser refuses it
		}
		values[i] = one(v)
	}
	if len(values) == 1 {
		return field + modifier + ": " + values[0]
	}
	return field + modifier + ": [" + strings.Join(values, ", ") + "]"
}

// rule makes a detection; nil where the parser refuses what came out.
func (a author) rule(t testing.TB) *ir.Rule {
	var b strings.Builder
	b.WriteString("title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n")
	for _, name := range []string{"s1", "s2", "s3"} {
		seen := map[string]bool{}
		b.WriteString("  " + name + ":\n")
		for range 1 + a.IntN(2) {
			item := a.item()
			if key, _, _ := strings.Cut(item, ": "); !seen[key] {
				seen[key] = true
				b.WriteString("    " + item + "\n")
			}
		}
	}
	b.WriteString("  condition: " + pick(a, []string{"s1", "not s1", "s1 and s2", "s1 and not s2", "s1 or not s2", "1 of s*", "all of s*", "2 of s*", "not (s1 or s2) and s3", "not 1 of s*", "(s1 or s2) and not s3", "not (s1 and not s2)"}) + "\n")
	parsed, found := parse.Rules("rule.yml", []byte(b.String()), nil)
	if found.HasErrors() {
		return nil
	}
	r, found := ir.Lower(parsed[0])
	require.False(t, found.HasErrors(), "%s\n%v", b.String(), found)
	r.Source.Description = strings.NewReplacer("\n", " ").Replace(b.String())
	return r
}

// rules makes n of them.
func (a author) rules(t testing.TB, n int) []*ir.Rule {
	var all []*ir.Rule
	for tries := 0; len(all) < n; tries++ {
		require.Less(t, tries, 20*n, "the parser refuses most rules")
		if r := a.rule(t); r != nil {
			all = append(all, r)
		}
	}
	return all
}

// randomRules is how many rules are tried: DECREE_RANDOM_RULES, or what a run of all tests has time for.
func randomRules(t testing.TB) int { return fromEnv(t, "DECREE_RANDOM_RULES", 60) }

// seedOf is DECREE_RANDOM_SEED, or always the same.
func seedOf(t testing.TB) uint64 { return uint64(fromEnv(t, "DECREE_RANDOM_SEED", 1)) }

func fromEnv(t testing.TB, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return n
}
