package packages

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
)

// Titles gives each rule the title under which a product shows it: its own, or with its name or id behind it where
// another rule has the same, without regard to case. Titles of more characters than the product takes are cut, and a
// finding says so.
func Titles(inputs []Input, most int) (map[*rules.Rule]string, diag.Diagnostics) {
	var found diag.Diagnostics
	taken := map[string]int{}
	for _, in := range inputs {
		taken[fold(in.Rule.Title)]++
	}
	out, used := map[*rules.Rule]string{}, map[string]bool{}
	for _, in := range inputs {
		r := in.Rule
		title := oneLine(r.Title)
		if taken[fold(title)] > 1 {
			title += " (" + cmp.Or(r.Name, r.ID, in.Path) + ")"
			found.Warnf("package-title", r.Key("title", -1), "give each rule its own title", "another rule has the title %q: this one is named %q", r.Title, title)
		}
		if n := utf8.RuneCountInString(title); n > most {
			found.Warnf("package-title", r.Key("title", -1), "move details into the description", "the title has %d characters, and the product takes %d: it is cut", n, most)
			title = Cut(title, most)
		}
		for n, plain := 2, title; used[fold(title)]; n++ {
			suffix := fmt.Sprintf(" %d", n)
			title = Cut(plain, most-len(suffix)) + suffix
		}
		used[fold(title)] = true
		out[r] = title
	}
	return out, found
}

func fold(title string) string { return strings.ToLower(oneLine(title)) }

// oneLine joins the lines of a text by spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Cut shortens a text to a number of characters, and ends it with an ellipsis if it was longer.
func Cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:most-3]), " ") + "..."
}
