package lint

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"

	"decree/rules/diag"
)

//go:embed pages/*.md
var pageFiles embed.FS

// Page says why a check is made, with parts of a rule that it reports and that it does not.
type Page struct {
	Code string
	Why  string
	// What Bad and Good hold: "" is parts of a rule, "file" its file's name, "rules" what two rules share.
	Kind      string
	Bad, Good string
}

// pages reads them once: `## CODE`, why, `### Bad`, an example, `### Good`, an example.
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
			code, rest, _ := strings.Cut(section, "\n")
			why, rest, _ := strings.Cut(rest, "### Bad")
			kind, rest, _ := strings.Cut(rest, "\n")
			kind = strings.TrimSpace(kind)
			bad, good, _ := strings.Cut(rest, strings.TrimSpace("### Good "+kind)+"\n")
			out[code] = Page{code, strings.TrimSpace(why), kind, strings.TrimRight(bad, "\n"), strings.TrimRight(good, "\n")}
		}
	}
	return out
})

// Why says in a few sentences why a code is reported; "" if no check has it.
func Why(code string) string { return pages()[code].Why }

// Explain writes a check's page as people read it. An unknown code is an error with the closest one.
func Explain(code string) (string, error) {
	page, ok := pages()[code]
	if !ok {
		hint := "without a code --explain lists them"
		if near := diag.Closest(code, codes()); near != "" {
			hint = "did you mean " + near + "?"
		}
		return "", fmt.Errorf("no check has the code %q: %s", code, hint)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n%s\n\nReported%s:\n\n%s\n", code, severityOf(code), page.Why, map[string]string{"": "", "file": ", as a file name", "rules": ", in two rules"}[page.Kind], indent(page.Bad))
	if page.Good != "" {
		fmt.Fprintf(&b, "\nNot reported:\n\n%s\n", indent(page.Good))
	}
	fmt.Fprintf(&b, "\nTo accept it: # decree:ignore %s and why, behind the line or above it; at the beginning of a line for the whole file.\n", code)
	return b.String(), nil
}

func severityOf(code string) diag.Severity {
	for _, c := range Checks() {
		if c.Code == code {
			return c.Severity
		}
	}
	return diag.Info
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
