package site

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"decree/compilers"
	"decree/compilers/pages"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/wording"
	"decree/tests/fixture/lowered"
)

const grandchild = "windows/process_creation/sql_server_suspicious_grandchild.yml"

// catalogue has the SQL Server rule, with a text in every place that a rule, a query, a test and git can bring.
func catalogue(t testing.TB, text string) *pages.Catalogue {
	t.Helper()
	r := *lowered.Shipped(t, grandchild)
	source := *r.Source
	r.Source = &source
	if text != "" {
		fill(reflect.ValueOf(&source).Elem(), text)
		source.ID = "5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178"
		r.Condition = &ir.And{Terms: []ir.Node{
			&ir.Named{Name: text, Body: &ir.Match{Field: ir.Field{Name: text}, Test: &ir.Text{Values: []string{text, "", text}}}},
			&ir.Match{Field: ir.Field{Name: text, Level: 1}, Test: &ir.Regex{Expr: text}},
			&ir.Match{Field: ir.Field{Name: "x"}, Test: &ir.Text{Op: ir.Contains, Values: slices.Repeat([]string{text}, 30)}},
			&ir.Match{Field: ir.Field{Name: "x"}, Test: &ir.Text{Values: []string{"a"}, List: text}},
		}}
		r.Filter = r.Condition
	}
	query := &compilers.Query{Text: "Events\n| where a == 1\t// " + text, Notes: []compilers.Note{{Code: text, Effect: text, Message: text}}, Assets: []compilers.Asset{{Name: text, Purpose: text, Content: text}}}
	d := &pages.Detection{Rule: &r, File: text, Slug: "sql_server", LogSources: []rules.LogSource{source.LogSource},
		Queries: []pages.Query{{Target: "kql", Title: "Microsoft KQL" + text, Language: text, Model: text, Fidelity: "approximate", Query: query, File: "files/kql/sql_server.kql", Assets: []string{"files/a b#c.csv"}, Requires: []string{text}},
			{Target: "eql", Title: "Elastic EQL", Fidelity: "refused", Why: []pages.Reason{{Code: text, Message: text, Hint: text}}}},
		Packages: []pages.Package{{Format: text, Kind: text, Name: text, Version: text, Files: []string{"files/x"}}},
		Fields:   []pages.Field{{Name: text, Columns: map[string][]string{"kql": {text}}}},
		Filters:  []*rules.Filter{{Body: &rules.Rule{Title: text, Description: text}}},
		Tests: &pages.Tests{Goals: 1, Uncovered: []string{text}, Mutants: 1, Survivors: []string{text},
			Cases: []pages.Case{{Name: text, Model: text, Expected: text, Events: 1, Examples: []pages.Example{{Label: text, Found: true, Fields: []pages.Value{{Name: text, Value: text}}}}}}},
		Commits: []pages.Commit{{ID: text, Date: text, Author: text, Subject: text}},
	}
	return &pages.Catalogue{Title: "Ours" + text, Links: []pages.Link{{Text: "Wiki" + text, URL: "https://example.org/"}}, Detections: []*pages.Detection{d},
		Since: &pages.Since{Revision: text, Removed: []pages.Former{{Title: text, File: text}}, Changed: map[*rules.Rule]pages.Change{r.Source: {Kind: "changed", From: text, Was: text, Commits: d.Commits}}}}
}

// fill puts a text in the place of every text of a value.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Type().Field(i).Name != "Range" {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	}
}

func written(t testing.TB, c *pages.Catalogue) map[string]*html.Node {
	t.Helper()
	files, err := Files(c)
	require.NoError(t, err)
	out := map[string]*html.Node{}
	for _, f := range files {
		out[f.Path], err = html.Parse(strings.NewReader(f.Text))
		require.NoError(t, err)
	}
	return out
}

// shape is the elements of a page with the names of their attributes: all that a text must not change.
func shape(n *html.Node, skip func(*html.Node) bool) string {
	var b strings.Builder
	for n := range n.Descendants() {
		if n.Type == html.CommentNode {
			b.WriteString("<!-->")
		}
		if n.Type != html.ElementNode || skip(n) {
			continue
		}
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
		}
		b.WriteString(">")
	}
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// check finds what must not be in a page: scripts, handlers and addresses that a text brought, and characters that
// nobody sees.
func check(t testing.TB, name string, page *html.Node, text string) {
	t.Helper()
	for n := range page.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("%s: a comment by %q", name, text)
		}
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") && strings.ContainsAny(n.Data, "\u202e\u2066\x1b\x00") {
			t.Errorf("%s: a hidden character in %q", name, n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			assert.Equal(t, script, n.FirstChild.Data, name)
		case "style":
			assert.Equal(t, style, n.FirstChild.Data, name)
		case "img", "iframe", "object", "embed", "link", "base", "i", "template":
			t.Errorf("%s: <%s> by %q", name, n.Data, text)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" {
				t.Errorf("%s: attribute %s=%q by %q", name, a.Key, a.Val, text)
			}
			if a.Key == "href" {
				u, err := url.Parse(a.Val)
				if assert.NoError(t, err, name) {
					assert.Contains(t, []string{"", "http", "https"}, u.Scheme, "%s: %s", name, a.Val)
				}
			}
		}
	}
}

var hostile = []string{"<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><style>*{display:none}", `" onmouseover="alert(1)`, "' onload='alert(1)", "javascript:alert(1)", "{{.Policy}}", "<!--", "--!><img src=x onerror=alert(1)>",
	"]]>", "\u202egpj.exe\u2066", "\x1b[31m\x00", "</pre></textarea></title><i>", "&lt;b&gt;", "http://x/\" onclick=\"alert(1)", "https://example.org/<i>", "a|b", "\r\n\r\n- x", strings.Repeat("x", 5000), "日本語 🦊"}

// TestHostileTextsStayTexts puts hostile texts in every place and reads the pages as a browser does: elements and
// attributes are those of a harmless text.
func TestHostileTextsStayTexts(t *testing.T) {
	// A text may be a paragraph more or less, an address a link or not, and a hidden character a mark between code: all
	// other elements are the same.
	varies := func(n *html.Node) bool {
		return n.Data == "p" || n.Data == "a" && attr(n, "rel") != "" || n.Data == "ul" || n.Data == "li" || n.Data == "text" || n.Data == "option" || n.Data == "pre" || n.Data == "wbr" || n.Data == "code" || attr(n, "class") == "mark" || attr(n, "class") == "whole"
	}
	harmless := written(t, catalogue(t, "harmless"))
	for _, text := range hostile {
		for name, page := range written(t, catalogue(t, text)) {
			check(t, name, page, text)
			if want, got := shape(harmless[name], varies), shape(page, varies); want != got && !strings.HasPrefix(name, "sources") {
				t.Errorf("%s: %q changes the elements of the page", name, text)
			}
		}
	}
}

// FuzzTexts reads pages of any text back.
func FuzzTexts(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 500 {
			t.Skip("the text stands at a hundred places, and each of its bytes may become an element")
		}
		for name, page := range written(t, catalogue(t, "x"+text)) {
			check(t, name, page, text)
		}
	})
}

// TestLinksLeadSomewhere holds every link of a page to what is there: pages, anchors and files.
func TestLinksLeadSomewhere(t *testing.T) {
	all := written(t, catalogue(t, ""))
	require.Len(t, all, 5)
	for name, page := range all {
		ids := map[string]bool{}
		for n := range page.Descendants() {
			if id := attr(n, "id"); id != "" {
				assert.False(t, ids[id], "%s: two elements %s", name, id)
				ids[id] = true
			}
		}
		for n := range page.Descendants() {
			href := attr(n, "href")
			if href == "" || strings.HasPrefix(href, "https://") {
				continue
			}
			u, err := url.Parse(href)
			require.NoError(t, err)
			if u.Path == "" {
				assert.True(t, ids[u.Fragment], "%s: %s", name, href)
				continue
			}
			to := path.Join(path.Dir(name), u.Path)
			if strings.HasPrefix(to, "files/") {
				continue
			}
			require.Contains(t, all, to, name)
			if u.Fragment != "" {
				found := false
				for m := range all[to].Descendants() {
					found = found || attr(m, "id") == u.Fragment
				}
				assert.True(t, found, "%s: %s", name, href)
			}
		}
	}
}

// TestPagesLoadNothing: what a page may run and look like is in it, under the hashes of its policy.
func TestPagesLoadNothing(t *testing.T) {
	files, err := Files(catalogue(t, ""))
	require.NoError(t, err)
	for _, f := range files {
		meta := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(f.Text)
		require.Len(t, meta, 2)
		got := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(meta[1])
		assert.Contains(t, got, "script-src '"+hash(script)+"'")
		assert.Contains(t, got, "style-src '"+hash(style)+"'")
		assert.NotContains(t, f.Text, "ZgotmplZ")
	}
	again, err := Files(catalogue(t, ""))
	require.NoError(t, err)
	assert.Equal(t, files, again, "the same input gives the same bytes")
}

func TestExactTexts(t *testing.T) {
	got := block(pages.Code{What: "query", Text: "a\u202eb", File: "files/a b.kql"}, "../").(code)
	assert.Equal(t, code{What: "query", Shown: `a\u202eb`, Exact: "a\u202eb", Href: "../files/a%20b.kql", Name: "a b.kql"}, got)
	assert.Empty(t, block(pages.Code{Text: "a\tb\n"}, "").(code).Exact)
	assert.Panics(t, func() { block(nil, "") })
	long := phraseOf(wording.Phrase{Values: strings.Split(strings.Repeat("a,", 20)+"", ",")})
	assert.Len(t, long.Values, shownValues)
	assert.Len(t, long.More, 21-shownValues)
	assert.Equal(t, []span{{Text: "(empty)", Class: "mark"}}, long.More[len(long.More)-1])
}

// TestMarksInValues: a line break and the characters \ and n do not look the same, nor do an empty text and the word
// that stands for it.
func TestMarksInValues(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb":       `<code>a</code><span class="mark">\n</span><code>b</code>`,
		`a\nb`:       `<code>a\nb</code>`,
		"\r\n":       `<span class="mark">\r\n</span>`,
		"a\t":        `<code>a</code><span class="mark">\t</span>`,
		"\xff\u202e": `<span class="mark">\xff\u202e</span>`,
		"":           `<span class="mark">(empty)</span>`,
		"(empty)":    `<code>(empty)</code>`,
		" ":          `<code> </code>`,
	} {
		var b strings.Builder
		require.NoError(t, tmpl().ExecuteTemplate(&b, "phrase", phraseOf(wording.Phrase{Text: "is", Values: []string{text}})))
		assert.Equal(t, "<li>is "+want+"</li>", b.String(), text)
	}
}

func TestFigures(t *testing.T) {
	f := draw(pages.Figure{Boxes: []pages.Box{{Label: "parent", Lines: []string{strings.Repeat("word ", 14), strings.Repeat("x", 90)}}, {Label: "own", Lines: []string{"y"}}}})
	require.Len(t, f.Boxes, 2)
	assert.Len(t, f.Boxes[0].Lines, 2+3)
	assert.True(t, f.Boxes[1].Own)
	assert.Len(t, f.Arrows, 1)
	assert.Greater(t, f.Boxes[1].Y, f.Boxes[0].Y+f.Boxes[0].Height)
	for _, b := range f.Boxes {
		for _, l := range b.Lines {
			assert.LessOrEqual(t, len([]rune(l.Text)), lineLetters)
			assert.Less(t, l.Y, b.Y+b.Height)
		}
	}
	assert.Greater(t, f.Height, f.Boxes[1].Y+f.Boxes[1].Height)
}

// TestBreaks: long words have places to break, short ones have none, and nothing is lost.
func TestBreaks(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"Process creation":                 "Process creation",
		"MicrosoftThreatProtection":        "Microsoft~Threat~Protection",
		"Only ProcessCreated counts":       "Only ProcessCreated counts",
		"in DeviceProcessEventsOfDefender": "in Device~Process~Events~OfDefender",
		"sql_server_grandchild.yml":        "sql_~server_~grandchild.~yml",
		"event.action":                     "event.action",
		"https://example.org/a/b":          "https://~example.~org/~a/b",
		"DNSQueryEventsOfA":                "DNSQuery~Events~OfA",
		strings.Repeat("x", 30):            strings.Repeat("x", 14) + "~" + strings.Repeat("x", 14) + "~xx",
		strings.Repeat("e", 14) + "\u0301" + strings.Repeat("e", 5): strings.Repeat("e", 14) + "\u0301~eeeee",
	} {
		got := breaks(text)
		assert.Equal(t, want, strings.Join(got, "~"))
		assert.Equal(t, text, strings.Join(got, ""))
	}
}

// TestFacets: a filter has each value once, with its number, in the order in which people look for it.
func TestFacets(t *testing.T) {
	f := facet{Key: "level"}
	for _, v := range []string{"|low|", "|high|", "|low|", "", "|critical|"} {
		f.count(v)
	}
	f.sort()
	assert.Equal(t, []option{{"critical", "critical", 1}, {"high", "high", 1}, {"low", "low", 2}}, f.Options)
	s := facet{Key: "status"}
	s.count("|test|")
	s.count("|stable|")
	s.sort()
	assert.Equal(t, "stable", s.Options[0].Value)
	c := newCard(catalogue(t, "").Detections[0])
	assert.Equal(t, "|Persistence|Privilege Escalation|", c.Facets["tactic"])
	assert.Contains(t, c.Facets["technique"], "|T1505 Server Software Component|T1505.001 SQL Stored Procedures|")
	assert.Equal(t, "rules/5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178.html", c.Href)
	assert.LessOrEqual(t, len([]rune(shortened(strings.Repeat("x", 999)))), mostAbout)
	assert.Equal(t, "badge level-no-level", class("level", "No level"), fmt.Sprint(c.Badges))
}
