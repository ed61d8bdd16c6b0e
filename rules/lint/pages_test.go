package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

// TestPages runs each page's examples: the check reports the bad one and not the good one.
func TestPages(t *testing.T) {
	for _, c := range Checks() {
		t.Run(c.Code, func(t *testing.T) {
			page, ok := pages()[c.Code]
			require.True(t, ok, "the check has a page")
			require.NotEmpty(t, page.Why)
			require.NotEmpty(t, page.Bad)
			example := func(text string) []File {
				switch page.Kind {
				case "file":
					return []File{file(t, text, "")}
				case "text":
					whole, found := parse.Documents(firstFile, []byte(text), nil)
					require.False(t, found.HasErrors(), "%v", found)
					_, found = parse.Link(whole.Rules, whole.Correlations)
					require.False(t, found.HasErrors(), "%v", found)
					return []File{{Path: firstFile, Rules: whole.Rules, Lowered: make([]*ir.Rule, len(whole.Rules)), Correlations: whole.Correlations}}
				case "rules":
					if name, ok := strings.CutPrefix(text, "file: "); ok {
						return []File{file(t, firstFile, ""), file(t, "more/"+name, secondRule)}
					}
					return []File{file(t, firstFile, text), file(t, secondFile, over(t, secondRule, text))}
				}
				return []File{file(t, firstFile, text)}
			}
			bad := Run(example(page.Bad))
			assert.Contains(t, codesOf(bad), c.Code)
			for _, d := range bad {
				if d.Code == c.Code {
					assert.Equal(t, c.Severity, d.Severity)
					assert.NotEmpty(t, d.Hint)
				}
			}
			if page.Kind != "rules" {
				assert.NotContains(t, codesOf(Run(example(page.Good))), c.Code)
			}
			text, err := Explain(c.Code)
			require.NoError(t, err)
			assert.Contains(t, text, page.Why)
		})
	}
	_, err := Explain("duplicate-tags")
	assert.ErrorContains(t, err, "did you mean duplicate-tag?")
}

// TestPagesOfReading reads the examples of what no check reports but reading does.
func TestPagesOfReading(t *testing.T) {
	read := func(t *testing.T, page Page, text string) diag.Diagnostics {
		if page.Kind == "reading" {
			text = over(t, base, text)
		}
		rs, found := parse.Rules(firstFile, []byte(text), nil)
		f := File{Path: firstFile, Data: []byte(text), Rules: rs}
		for _, r := range rs {
			lowered, more := ir.Lower(r)
			found = append(found, more...)
			f.Lowered = append(f.Lowered, lowered)
		}
		if !found.HasErrors() {
			found = append(found, Run([]File{f})...)
		}
		return found
	}
	count := 0
	for _, page := range Pages() {
		if slices.Contains(codes(), page.Code) {
			continue
		}
		t.Run(page.Code, func(t *testing.T) {
			count++
			require.NotEmpty(t, page.Why)
			require.NotEmpty(t, page.Bad)
			if page.Kind == "described" {
				return
			}
			bad := read(t, page, page.Bad)
			i := slices.IndexFunc(bad, func(d diag.Diagnostic) bool { return d.Code == page.Code })
			require.GreaterOrEqual(t, i, 0, "%v", bad)
			assert.Equal(t, page.Severity, bad[i].Severity.String())
			require.NotEmpty(t, page.Good)
			good := read(t, page, page.Good)
			assert.NotContains(t, codesOf(good), page.Code)
			assert.False(t, good.HasErrors(), "%v", good)
			text, err := Explain(page.Code)
			require.NoError(t, err)
			assert.NotContains(t, text, "To accept it", "an error cannot be accepted")
		})
	}
	assert.Greater(t, count, 50)
}

// TestEveryCodeHasAPage finds the codes in the sources of what reads rules, data models, projects and tests, and of
// what runs the tests.
func TestEveryCodeHasAPage(t *testing.T) {
	said := regexp.MustCompile(`(?:[Ee]rrorf|[Ww]arnf|Infof|Fixable|fail|OneOf|Word|Whole)\("([a-z]+(?:-[a-z]+)+)"|Code: "([a-z-]+)"`)
	count := 0
	for _, pattern := range []string{"../source/*.go", "../parse/*.go", "../ir/*.go", "*.go", "../../engine/regression/*.go", "../../engine/correlate/*.go", "../schema/*.go",
		"../../cmd/decree/internal/assessment/*.go", "../../cmd/decree/internal/project/*.go", "../../cmd/decree/internal/ruletests/*.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, m := range said.FindAllStringSubmatch(string(data), -1) {
				count++
				assert.NotEmpty(t, Why(m[1]+m[2]), "%s reports %s", name, m[1]+m[2])
			}
		}
	}
	assert.Greater(t, count, 100)
}
