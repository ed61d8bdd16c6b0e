package lint

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"decree/rules/diag"
)

// directive is a comment `# decree:ignore CODE reason`. At the beginning of a line it applies to the whole
// file. Indented or at the end of a line, it applies to its own line and the next.
type directive struct {
	code   string
	at     diag.Range
	file   bool
	reason bool
	used   bool
}

var directiveForm = regexp.MustCompile(`(?:^|\s)#\s*decree:ignore\s+([a-z0-9-]+)[ \t]*(.*)$`)

// HasDirectives tells whether a file may have comments that ignore findings.
func HasDirectives(data []byte) bool { return bytes.Contains(data, []byte("decree:ignore")) }

func directives(f File) []directive {
	var out []directive
	if !HasDirectives(f.Data) {
		return nil
	}
	for i, line := range strings.Split(string(f.Data), "\n") {
		m := directiveForm.FindStringSubmatchIndex(strings.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		col := len([]rune(line[:m[2]])) + 1
		at := diag.Range{File: f.Path, Start: diag.Position{Line: i + 1, Col: col}, End: diag.Position{Line: i + 1, Col: col + m[3] - m[2]}}
		out = append(out, directive{line[m[2]:m[3]], at, strings.HasPrefix(line, "#"), strings.TrimSpace(line[m[4]:m[5]]) != "", false})
	}
	return out
}

// ignore removes the findings that a file's comments ignore, and adds findings about the comments themselves.
func ignore(f File, found diag.Diagnostics) diag.Diagnostics {
	all := directives(f)
	if len(all) == 0 {
		return found
	}
	out := unignored(all, found)
	for _, g := range all {
		known := slices.ContainsFunc(Checks(), func(c Check) bool { return c.Code == g.code })
		switch {
		case !known:
			hint := diag.DidYouMean(g.code, codes(), "`decree validate --explain` lists the codes; errors cannot be ignored")
			out.Warnf("invalid-ignore", g.at, hint, "%q is not a code that can be ignored", g.code)
		case !g.used:
			out.Warnf("invalid-ignore", g.at, "remove the comment", "there is no %s here to ignore", g.code)
		case !g.reason:
			out.Warnf("invalid-ignore", g.at, "write it after the code", "the comment gives no reason why %s is ignored", g.code)
		}
	}
	return out
}

// Ignore removes the findings that a file's comments ignore.
func Ignore(f File, found diag.Diagnostics) diag.Diagnostics { return unignored(directives(f), found) }

// unignored gives the findings that no directive ignores, and marks the directives that ignore one.
func unignored(all []directive, found diag.Diagnostics) (out diag.Diagnostics) {
	for _, d := range found {
		kept := true
		for i := range all {
			g := &all[i]
			near := d.Range.Start.Line == g.at.Start.Line || d.Range.Start.Line == g.at.Start.Line+1
			if g.code == d.Code && (g.file || near) {
				g.used, kept = true, false
			}
		}
		if kept {
			out = append(out, d)
		}
	}
	return out
}

func codes() []string { return checkCodes(Checks()) }
