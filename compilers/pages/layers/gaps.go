package layers

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"decree/rules/attack"
	"decree/rules/diag"
)

// Wanted reads a list of techniques: an id a line, with anything after a space; `#` begins a comment. An id that ATT&CK
// does not have is an error, as is a list without one.
func Wanted(r io.Reader, file string) ([]attack.Technique, error) {
	var out []attack.Technique
	lines := bufio.NewScanner(r)
	for at := 1; lines.Scan(); at++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == ';' })
		if len(fields) == 0 {
			continue
		}
		t, ok := attack.TechniqueOf(fields[0])
		switch {
		case !ok:
			return nil, fmt.Errorf("%s:%d: ATT&CK %s has no technique %q: write an id such as T1059 or T1059.001", diag.Visible(file), at, attack.Version, fields[0])
		case t.Status != "current":
			return nil, fmt.Errorf("%s:%d: technique %s is %s in ATT&CK %s: remove it from the list", diag.Visible(file), at, t.ID, t.Status, attack.Version)
		case !slices.ContainsFunc(out, func(had attack.Technique) bool { return had.ID == t.ID }):
			out = append(out, t)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", diag.Visible(file), err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no technique is in it: write an id such as T1059 on each line", diag.Visible(file))
	}
	return out, nil
}

// Gaps lists the wanted techniques that no rule detects. A rule of a sub-technique detects its technique as well, but
// not the other way round.
func Gaps(wanted []attack.Technique, all []Covered) (gaps []attack.Technique) {
	covered := map[string]bool{}
	for _, c := range all {
		covered[c.ID], covered[c.Parent()] = true, true
	}
	for _, t := range wanted {
		if !covered[t.ID] {
			gaps = append(gaps, t)
		}
	}
	return gaps
}
