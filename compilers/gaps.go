package compilers

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"decree/rules/diag"
)

//go:embed gaps.md
var gapPages string

// Gap is the page of a code that compiling reports: why a target cannot say something, and what to do next.
type Gap struct {
	Code string
	// Kind is "refused", "accepted" (refused unless the rule or the command accepts the approximation), "noted" or "told" (beside the query).
	Kind      string
	Why, Next string
}

// Gaps gives all pages, by code. The file has them as `## CODE KIND`, why, `### Next` and what to do.
var Gaps = sync.OnceValue(func() []Gap {
	var out []Gap
	for _, section := range strings.Split("\n"+gapPages, "\n## ")[1:] {
		heading, rest, _ := strings.Cut(section, "\n")
		code, kind, _ := strings.Cut(heading, " ")
		why, next, _ := strings.Cut(rest, "### Next")
		out = append(out, Gap{Code: code, Kind: kind, Why: strings.TrimSpace(why), Next: strings.TrimSpace(next)})
	}
	slices.SortFunc(out, func(a, b Gap) int { return strings.Compare(a.Code, b.Code) })
	return out
})

var kindOf = map[string]string{
	"refused":  "refused",
	"accepted": "refused, unless the approximation is accepted",
	"noted":    "noted in the query",
	"told":     "told beside the query",
}

// Said is the kind in words.
func (g Gap) Said() string { return kindOf[g.Kind] }

// ExplainGap writes a code's page as people read it. An unknown code is an error with the closest one.
func ExplainGap(code string) (string, error) {
	var codes []string
	for _, g := range Gaps() {
		if g.Code != code {
			codes = append(codes, g.Code)
			continue
		}
		text := fmt.Sprintf("%s (%s)\n\n%s\n\n%s\n", g.Code, g.Said(), g.Why, g.Next)
		if g.Kind == "accepted" {
			text += fmt.Sprintf("\nTo accept it: `approximate: {TARGET: [%s]}` in the rule, or for one command --allow-approximate %[1]s\n", code)
		}
		return text, nil
	}
	hint := "without a code --explain lists them"
	if near := diag.Closest(code, codes); near != "" {
		hint = "did you mean " + near + "?"
	}
	return "", fmt.Errorf("compiling reports nothing with the code %q: %s", code, hint)
}
