package ruleset

import (
	"fmt"
	"slices"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// narrow keeps the rules that the user selected. A correlation keeps the rules that it reads, which then report nothing
// of their own. A rule that is only part of a correlation is selected with it, and never alone. Without a rule to keep,
// files with errors are what is left: one of them may hold it.
func (set *Set) narrow(sel Selection) error {
	if sel.Whole() {
		return nil
	}
	selected, err := set.selected(sel)
	if err != nil {
		return err
	}
	needed := map[*rules.Rule]bool{}
	if len(sel.beside) > 0 {
		needed = set.coveredParts()
	}
	for _, c := range set.Correlations {
		if selected[c.IR.Source] {
			need(c.Correlation, needed)
		}
	}
	set.onlyRead = map[*rules.Rule]bool{}
	keep := func(all []Rule) (kept []Rule) {
		for _, r := range all {
			body := r.IR.Source
			switch {
			case selected[body]:
				kept = append(kept, r)
			case needed[body]:
				kept = append(kept, r)
				set.onlyRead[body] = true
			}
		}
		return kept
	}
	set.Rules, set.Correlations, set.Written = keep(set.Rules), keep(set.Correlations), keep(set.Written)
	set.forget()
	return nil
}

// selected gives the rules and correlations that the user selected. It is an error if words of the selection fit none,
// unless files changed or were named, or one with errors may be meant.
func (set *Set) selected(sel Selection) (map[*rules.Rule]bool, error) {
	if err := set.choose(sel); err != nil {
		return nil, err
	}
	changed, err := set.ChangedSince(sel.Since)
	if err != nil {
		return nil, err
	}
	if set.changedForAll != "" {
		changed = func(*rules.Rule) bool { return true }
	}
	parts, all, covered := set.parts(), set.All(), set.coveredByNamed()
	selected := map[*rules.Rule]bool{}
	for _, r := range all {
		asked := !r.File.Beside || covered[r.IR.Source] || set.chosen[r.IR.Source]
		if body := r.IR.Source; !parts[body] && sel.has(body) && changed(body) && asked {
			selected[body] = true
		}
	}
	byWords := sel.Since == "" && sel.describe() != ""
	if closest := sel.closest(all); len(selected) == 0 && byWords && len(all) > 0 && (set.Failed == 0 || closest != "") {
		return nil, fmt.Errorf("no rule has %s: decree list shows what they have%s", sel.describe(), closest)
	}
	return selected, nil
}

// need adds what a correlation reads, directly or through others.
func need(c *ir.Correlation, to map[*rules.Rule]bool) {
	for _, in := range c.Inputs {
		switch {
		case in.Rule != nil:
			to[in.Rule.Source] = true
		case in.Correlation != nil:
			to[in.Correlation.Source.Body] = true
			need(in.Correlation, to)
		}
	}
}

// forget drops the files none of whose rules is kept, with what was found in them. A file with errors stays: it may
// hold a selected rule.
func (set *Set) forget() {
	kept := map[string]bool{}
	for _, r := range set.All() {
		kept[r.IR.Source.Range.File] = true
	}
	for _, d := range set.Found {
		kept[d.Range.File] = kept[d.Range.File] || d.Severity == diag.Error
	}
	dropped := map[string]bool{}
	for _, f := range set.Files {
		if shown := f.Folder.Shown(f.Path); !kept[shown] {
			dropped[shown] = true
		}
	}
	set.Files = slices.DeleteFunc(set.Files, func(f File) bool { return dropped[f.Folder.Shown(f.Path)] })
	set.parsed = slices.DeleteFunc(set.parsed, func(f parsedFile) bool { return dropped[f.file.Path] })
	set.Found = slices.DeleteFunc(set.Found, func(d diag.Diagnostic) bool { return dropped[d.Range.File] })
}
