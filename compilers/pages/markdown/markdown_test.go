package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/pages"
	"decree/rules"
	"decree/rules/wording"
	"decree/tests/fixture/lowered"
)

func TestFiles(t *testing.T) {
	r := lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	d := &pages.Detection{Rule: r, File: "f.yml", Slug: "windows/sql", ByName: true, LogSources: []rules.LogSource{r.Source.LogSource},
		Queries: []pages.Query{{Target: "kql", Title: "Microsoft KQL", Fidelity: "exact", Query: &compilers.Query{Text: "T | where a == '```'\n"}, File: "files/a b.kql"}}}
	all := Files(&pages.Catalogue{Title: "Ours", Links: []pages.Link{{Text: "Wiki", URL: "https://example.org/(a)"}}, Detections: []*pages.Detection{d}})
	require.Len(t, all, 4)
	index, page := all[0], all[1]
	assert.Equal(t, "README.md", index.Path)
	assert.Contains(t, index.Text, "- [Wiki](https://example.org/%28a%29)\n")
	assert.Contains(t, index.Text, "| [SQL Server spawning a suspicious grandchild process](rules/windows/sql.md) | high | stable | windows/process\\_creation | T1505.001, T1611 |\n")
	assert.Equal(t, "rules/windows/sql.md", page.Path)
	for _, part := range []string{
		"## Permission required to execute the technique\n\nUser\n",
		"[windows/process\\_creation](../../sources.md#source-windows-process-creation)",
		"    - the file name of grandparent's Image is `sqlservr.exe`\n",
		"└─ starts\n   parent:\n     CommandLine starts with \"cmd.exe\" /c\n   └─ starts\n      the event's own process:\n",
		"[Download the query](../../files/a%20b.kql)",
		"````\nT | where a == '```'\n````\n",
		"<details><summary>watched: 146 values</summary>\n",
		"| 2\\.0 | 2025\\-01-16 | major |",
	} {
		assert.Contains(t, page.Text, part)
	}
}

func TestTextsHaveNoMarkup(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, 1.5 (a) #1 - x": "plain text, 1.5 (a) #1 - x",
		"# head":                     `\# head`,
		"- item\n1. item\n=":         "\\- item\n1\\. item\n\\=",
		"<b>&amp;":                   `\<b\>\&amp;`,
		"*a* _b_ `c` [d](e) |f|":     "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\|f\\|",
		"https://x www.x WWW.x a@b":  `https\://x www\.x WWW\.x a\@b`,
		`C:\x`:                       `C:\\x`,
		"      six\tspaces":          "   six spaces",
		"a\u202eb":                   `a\\u202eb`,
	} {
		assert.Equal(t, want, escaped(text), text)
	}
	for text, want := range map[string]string{"a": "`a`", "a`b": "``a`b``", "`": "`` ` ``", " a ": "`  a  `", " ": "` `", "a|b": "`a|b`", `a\nb`: "`a\\nb`", "a\nb": "`a`\\\\n`b`", "\r\n": `\\r\\n`, "": "(empty)", "(empty)": "`(empty)`"} {
		assert.Equal(t, want, (&writer{}).cell(pages.Literal(text), inText), text)
	}
	assert.Equal(t, "`a\\|b`", codeSpan("a|b", inTable))
	assert.Equal(t, "a<br>b", inRow(" a\nb "))
}

func TestBlocks(t *testing.T) {
	w := &writer{}
	w.blocks([]pages.Block{
		pages.Fold{Title: "<a>\nb", Count: 2, Blocks: []pages.Block{pages.Bullets{Items: []pages.Cell{{{Text: "x\ny", URL: "https://example.org/a b|c"}}}}}},
		pages.Words{Phrase: wording.Phrase{Name: "n", Text: "is", Values: []string{"a", "b"}, Parts: []wording.Phrase{{Text: "in", List: "l"}}}},
		pages.Code{What: "query", Text: "x"},
	}, "##")
	assert.Equal(t, "<details><summary>&lt;a&gt; b (2)</summary>\n\n- [x\n  y](https://example.org/a%20b%7Cc)\n\n</details>\n\n- **n**: is `a`, `b`\n  - in [`l`](#lists)\n\n```\nx\n```\n\n", w.String())
	assert.Panics(t, func() { w.blocks([]pages.Block{nil}, "") })
	assert.NotContains(t, strings.Join([]string{w.span(pages.Span{Text: "x", File: "a(b).kql"}, inText)}, ""), "(b)")
}
