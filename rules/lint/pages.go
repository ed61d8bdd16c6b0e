package lint

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"decree/rules/diag"
)

//go:embed pages/*.md
var pageFiles embed.FS

// Page is the documentation of a code, from a check or from reading a rule: why it is reported, with one example
// that is reported and one that is not.
type Page struct {
	Code     string
	Severity string
	Why      string
	// Kind says what Bad and Good are. "" and "reading" are parts of a rule, "text" is a whole file, "file" is a file
	// name, "rules" is what two rules share, and "described" is an example in words.
	Kind      string
	Bad, Good string
}

// pages reads the pages once. A page is `## CODE` (with the severity, if no check has the code), why,
// `### Bad KIND`, an example, `### Good`, an example.
var pages = sync.OnceValue(func() map[string]Page {
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic(err) // the pages are part of the program
	}
	out := map[string]Page{}
	for _, entry := range entries {
		data, err := pageFiles.ReadFile(path.Join("pages", entry.Name()))
		if err != nil {
			panic(err)
		}
		for _, section := range strings.Split("\n"+string(data), "\n## ")[1:] {
			heading, rest, _ := strings.Cut(section, "\n")
			code, severity, isRead := strings.Cut(heading, " ")
			if !isRead {
				severity = severityOf(code).String()
			}
			why, rest, _ := strings.Cut(rest, "### Bad")
			kind, rest, _ := strings.Cut(rest, "\n")
			bad, good, _ := strings.Cut(rest, "### Good")
			_, good, _ = strings.Cut(good, "\n")
			out[code] = Page{code, severity, strings.TrimSpace(why), strings.TrimSpace(kind), strings.TrimRight(bad, "\n"), strings.TrimRight(good, "\n")}
		}
	}
	return out
})

// Pages gives the pages of all codes, sorted by code.
func Pages() []Page {
	return slices.SortedFunc(maps.Values(pages()), func(a, b Page) int { return strings.Compare(a.Code, b.Code) })
}

// Why says in a few sentences why a code is reported. It is empty if the code has no page.
func Why(code string) string { return pages()[code].Why }

var exampleOf = map[string]string{"file": ", as a file name", "rules": ", in two rules", "described": ", for example"}

// Explain formats a code's page for the terminal. An unknown code is an error that suggests the closest one.
func Explain(code string) (string, error) {
	page, ok := pages()[code]
	if !ok {
		hint := diag.Suggest("did you mean %s?", code, slices.Sorted(maps.Keys(pages())), "--explain without a code lists them")
		return "", fmt.Errorf("unknown code %q: %s", code, hint)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n%s\n\nReported%s:\n\n%s\n", code, page.Severity, page.Why, exampleOf[page.Kind], indent(page.Bad))
	if page.Good != "" {
		fmt.Fprintf(&b, "\nNot reported:\n\n%s\n", indent(page.Good))
	}
	if Fixable(code) {
		b.WriteString("\n`decree validate --fix` fixes it, unless that could change what the rule means.\n")
	}
	if slices.Contains(codes(), code) {
		fmt.Fprintf(&b, "\nTo ignore it, write `# decree:ignore %s REASON` at the end of the line or above it. At the beginning of a line, the comment applies to the whole file.\n", code)
	}
	return b.String(), nil
}

// severityOf is the severity of a check's findings.
func severityOf(code string) diag.Severity {
	for _, c := range Checks() {
		if c.Code == code {
			return c.Severity
		}
	}
	return diag.Info
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
