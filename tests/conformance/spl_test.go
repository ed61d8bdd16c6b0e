package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// splCommands are the commands our searches may use. The list is short on purpose: none of
// them starts a subsearch, and those that cut results off have a limit a note can name.
var splCommands = []string{"rex", "eval", "where", "mvexpand", "eventstats", "sort", "lookup", "fields", "accum", "autoregress", "filldown", "dedup", "rename", "foreach"}

// splFunctions are the functions of eval, where and stats our searches may use.
var splFunctions = []string{"abs", "case", "ceiling", "cidrmatch", "coalesce", "dc", "eval", "floor", "if", "in", "isnotnull", "isnull", "len", "lower", "match", "max", "min", "mvappend", "mvmap", "mvcount",
	"json_array_to_mv", "json_extract", "ltrim", "mvdedup", "mvfilter", "mvfind", "mvindex", "mvjoin", "mvrange", "now", "null", "num", "relative_time", "replace", "round", "rtrim", "searchmatch", "split", "str", "strftime", "strptime", "substr", "tonumber", "true", "upper"}

// splTemplate is a foreach over the values of a field. It stands in brackets, but is no subsearch that is cut off.
var splTemplate = regexp.MustCompile(`foreach mode=multivalue [A-Za-z0-9_]+ \[(eval\s[^\[\]|]*)\]`)

var splCall = regexp.MustCompile(`([A-Za-z_]+)\(`)

// checkSPL reads a search by SPL's lexical rules and gives its commands after the base search.
func checkSPL(text string) ([]string, error) {
	var bare strings.Builder // the search with strings and comments blanked
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "```"):
			end := strings.Index(text[i+3:], "```")
			if end < 0 {
				return nil, fmt.Errorf("comment without an end")
			}
			i += end + 6
		case text[i] == '"' || text[i] == '\'':
			quote, start := text[i], i
			for i++; ; i++ {
				if i >= len(text) {
					return nil, fmt.Errorf("string without an end: %s", text[start:])
				}
				if quote == '"' && text[i] == '\\' && i+1 < len(text) && (text[i+1] == '\\' || text[i+1] == '"') {
					i++
					continue
				}
				if text[i] == quote {
					break
				}
			}
			i++
			bare.WriteString("S")
		default:
			bare.WriteByte(text[i])
			i++
		}
	}
	searched := splTemplate.ReplaceAllString(bare.String(), "foreach $1")
	if strings.ContainsAny(searched, "[]`\\") {
		return nil, fmt.Errorf("subsearch, macro or stray backslash: %s", bare.String())
	}
	stages := strings.Split(searched, "|")
	if strings.TrimSpace(stages[0]) == "" {
		if stages = stages[1:]; len(stages) == 0 || !strings.HasPrefix(strings.TrimSpace(stages[0]), "tstats ") {
			return nil, fmt.Errorf("no base search")
		}
		if err := checkTstats(stages[0]); err != nil {
			return nil, err
		}
	}
	var commands []string
	for i, stage := range stages {
		depth := 0
		for _, r := range stage {
			switch r {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth < 0 {
				break
			}
		}
		if depth != 0 {
			return nil, fmt.Errorf("parentheses do not balance: %s", stage)
		}
		if i == 0 {
			continue
		}
		words := strings.Fields(stage)
		if len(words) < 2 {
			return nil, fmt.Errorf("command without arguments: %q", stage)
		}
		if !slices.Contains(splCommands, words[0]) {
			return nil, fmt.Errorf("command %s", words[0])
		}
		for _, call := range splCall.FindAllStringSubmatch(stage, -1) {
			if name := call[1]; !slices.Contains(splFunctions, name) && !slices.Contains([]string{"AND", "OR", "NOT"}, name) {
				return nil, fmt.Errorf("function %s", name)
			}
		}
		commands = append(commands, words[0])
	}
	return commands, nil
}

func TestSPLCheckerFindsFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`a="b`:                     "string without an end",
		`a=1 | where (b`:           "parentheses",
		`a=1 | where b)(`:          "parentheses",
		`a=1 | join x [search y]`:  "subsearch",
		`| rex field=a "b"`:        "no base search",
		`a=1 | delete all`:         "command delete",
		`a=1 | where frob(b)`:      "function frob",
		"a=1 ``` x":                "comment",
		`a="\\" | where`:           "without arguments",
		`a="x\" | where isnull(b)`: "string without an end",
	} {
		_, err := checkSPL(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func splRule(condition ir.Node) *ir.Rule {
	return &ir.Rule{Condition: condition, Source: &rules.Rule{Title: "```| delete", LogSource: rules.LogSource{Category: "process_creation", Product: "windows"}}}
}

func compileSPL(t *testing.T, r *ir.Rule) *compilers.Query {
	t.Helper()
	model, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	q, ds := spl.New().Compile(r, compilers.Options{Model: model, Approximate: []string{"all"}})
	require.Empty(t, ds)
	return q
}

func TestHostileValuesStayInsideTheirStrings(t *testing.T) {
	t.Parallel()
	hostile := []string{`"`, `\`, `\"`, `\\"`, "`", "```", `" | delete`, `]`, `[search x]`, "a\nb", `a*`, `a?`, `'`, "|", `C:\x\`}
	for _, v := range hostile {
		for _, op := range []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains, ir.Filename} {
			for _, cased := range []bool{false, true} {
				text := &ir.Text{Op: op, Values: []string{v}, Cased: cased}
				for _, n := range []ir.Node{
					&ir.Match{Field: ir.Field{Name: "User"}, Test: text},
					&ir.Not{Term: &ir.Match{Field: ir.Field{Name: "User"}, Test: text}},
					&ir.Match{Field: ir.Field{Name: "Image", Level: 2}, Test: text},
				} {
					q := compileSPL(t, splRule(n))
					commands, err := checkSPL(q.Text)
					assert.NoError(t, err, q.Text)
					assert.NotContains(t, commands, "delete")
				}
			}
		}
	}
}

func TestPipelineOrder(t *testing.T) {
	t.Parallel()
	among := &ir.Named{Name: "p", Body: &ir.Match{Field: ir.Field{Name: "Image", Level: 2}, Test: &ir.Text{Op: ir.Filename, Values: []string{"a.exe"}}}}
	rare := &ir.Prevalence{Name: "r", Among: among, Spec: rules.Prevalence{Name: "r", Field: "sha1", Global: []rules.Bound{{Op: "lt", Value: 5}},
		Local: &rules.LocalPrevalence{Distinct: "host", Rarest: 10, Bounds: []rules.Bound{{Op: "lte", Value: 3}}}}}
	own := &ir.Match{Field: ir.Field{Name: "User"}, Test: &ir.Text{Op: ir.Equals, Values: []string{"u"}}}
	cases := []struct {
		name string
		node ir.Node
		want string
	}{
		{"own conditions alone", own, ""},
		{"a population that the rule itself asks for is cut first", &ir.And{Terms: []ir.Node{among, rare}},
			"rex eval eval eval mvexpand eventstats where eval where eval eventstats sort autoregress eval accum lookup eval eval where sort fields"},
		{"a condition beside the population waits until after counting", &ir.And{Terms: []ir.Node{own, rare}},
			"rex eval eval eval mvexpand eventstats where eval eval eval eventstats eval sort autoregress eval accum lookup eval eval where sort fields"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := compileSPL(t, splRule(c.node))
			commands, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			assert.Equal(t, c.want, strings.Join(commands, " "), q.Text)
		})
	}
}
