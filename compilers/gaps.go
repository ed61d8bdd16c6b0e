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

// Gap is the page of a code that compiling reports: why the target cannot express something, and what to do next.
type Gap struct {
	Code string
	// Kind is "refused", "accepted" (refused unless the rule or the command accepts the approximation), "noted" (in the
	// query) or "told" (beside it).
	Kind      string
	Why, Next string
}

// Gaps gives all pages, sorted by code. A page is `## CODE KIND`, why, `### Next`, what to do.
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
	"told":     "reported beside the query",
}

// KindText describes the kind in words.
func (g Gap) KindText() string { return kindOf[g.Kind] }

// GapCodes are the codes of all pages, sorted.
func GapCodes() []string {
	var codes []string
	for _, g := range Gaps() {
		codes = append(codes, g.Code)
	}
	return codes
}

// GapOf gives the page of a code. ok is false for a code without one.
func GapOf(code string) (g Gap, ok bool) {
	if at := slices.IndexFunc(Gaps(), func(g Gap) bool { return g.Code == code }); at >= 0 {
		return Gaps()[at], true
	}
	return Gap{}, false
}

// ExplainGap formats a code's page for the terminal. An unknown code is an error that suggests the closest one.
func ExplainGap(code string) (string, error) {
	g, ok := GapOf(code)
	if !ok {
		hint := diag.Suggest("did you mean %s?", code, GapCodes(), "--explain without a code lists them")
		return "", fmt.Errorf("unknown code %q: %s", code, hint)
	}
	text := fmt.Sprintf("%s (%s)\n\n%s\n\n%s\n", g.Code, g.KindText(), g.Why, g.Next)
	if g.Kind == "accepted" {
		text += fmt.Sprintf("\nTo accept it, write `approximate: {TARGET: [%s]}` in the rule. To accept it for one command only, pass --allow-approximate %[1]s.\n", code)
	}
	return text, nil
}
