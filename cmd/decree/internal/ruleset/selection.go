package ruleset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/parse"
)

// Selection says which rules a command takes. What it leaves open, the project says.
type Selection struct {
	Paths   []string // files, folders or patterns of them, or names of rules
	Library bool     // the shipped rules, beside those of the paths; of these rules, if there are names

	Tags, Levels, Statuses []string // a rule has one of each that is given
	Since                  string   // a git revision since which the rule changed; empty: any

	ModelFile string // a data model that the user names; empty: none

	OnlyRun bool // the rules are run and nothing else: what they are lowered from is not kept

	Filters Filters
	Lists   Lists

	names     []string // what Paths had that is not a path: the name, the id or the title of a rule
	ofFilters []string // filters that Paths named, files or folders on disk: they stand for the rules that they cover

	beside        []string // rules to take if these filters cover them, if they have one of these names, or if another reads them
	besideLibrary bool     // so are those of the library
}

// AddTo adds the flags, and those of filters and lists. Paths are arguments of most commands, and have no flag here.
func (sel *Selection) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&sel.Library, "library", false, "take the rules that decree ships")
	f.StringSliceVar(&sel.Tags, "tag", nil, "take only rules with one of these `TAGS`, or with one below it: attack.t1059 has attack.t1059.001 below it")
	f.StringSliceVar(&sel.Levels, "level", nil, "take only rules of these `LEVELS`, such as high,critical")
	f.StringSliceVar(&sel.Statuses, "status", nil, "take only rules of these `STATUSES`, such as stable,test")
	f.StringVar(&sel.Since, "since", "", "take only rules that changed since the git revision `REV`, or their tests, lists, events or filters; all rules if decree.yml or a data model did")
	usage.Complete(cmd, "level", rules.Levels)
	usage.Complete(cmd, "status", rules.Statuses)
	sel.completeTags(cmd)
	sel.Filters.AddTo(cmd)
	sel.Lists.AddTo(cmd)
}

// check refuses words that no rule has.
func (sel *Selection) check() error {
	for _, w := range []struct {
		flag         string
		given, known []string
	}{{"level", sel.Levels, rules.Levels()}, {"status", sel.Statuses, rules.Statuses()}} {
		for _, word := range w.given {
			if !slices.Contains(w.known, word) {
				return usage.UnknownChoice(w.flag, word, w.known)
			}
		}
	}
	if known := parse.FilterConditions(); sel.Filters.Condition != "" && !slices.Contains(known, sel.Filters.Condition) {
		return usage.UnknownChoice("filter condition", sel.Filters.Condition, known)
	}
	return nil
}

// ErrNoRules asks for rules: there is no project, and the user named none.
var ErrNoRules = errors.New("no rules: name rule files or folders, or add --library\ndecree init makes a project")

// Whole tells whether the selection is all rules of its paths, which are not names.
func (sel *Selection) Whole() bool {
	return len(sel.Tags)+len(sel.Levels)+len(sel.Statuses) == 0 && sel.Since == "" && len(sel.beside) == 0 && !sel.besideLibrary && !slices.ContainsFunc(sel.Paths, isName)
}

// has tells whether a rule's metadata is what the user asked for.
func (sel *Selection) has(r *rules.Rule) bool {
	return (len(sel.Levels) == 0 || slices.Contains(sel.Levels, r.Level)) &&
		(len(sel.Statuses) == 0 || slices.Contains(sel.Statuses, r.Status)) &&
		(len(sel.Tags) == 0 || slices.ContainsFunc(sel.Tags, func(tag string) bool { return tagged(r, tag) }))
}

// tagged tells whether a rule has a tag, or one below it.
func tagged(r *rules.Rule, tag string) bool {
	tag = strings.ToLower(tag)
	return slices.ContainsFunc(r.Tags, func(own string) bool {
		own = strings.ToLower(own)
		return own == tag || strings.HasPrefix(own, tag+".")
	})
}

// closest suggests tags that rules have for those that none has: `t1059` is `attack.t1059`, and a slip is the tag that
// it is closest to.
func (sel *Selection) closest(all []Rule) string {
	var full, known []string
	for _, r := range all {
		for _, tag := range r.IR.Source.Tags {
			if _, name, ok := strings.Cut(tag, "attack."); ok {
				known = append(known, name)
			}
		}
	}
	for _, tag := range sel.Tags {
		name := "attack." + strings.ToLower(tag)
		if !slices.ContainsFunc(all, func(r Rule) bool { return tagged(r.IR.Source, name) }) {
			if name = diag.Closest(strings.TrimPrefix(tag, "attack."), known); name == "" {
				continue
			}
			name = "attack." + name
		}
		full = append(full, name)
	}
	if len(full) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(full, ",") + "?"
}

// described says the same before a verb.
func (sel *Selection) described() string {
	if what := sel.describe(); what != "" {
		return "with " + what + " "
	}
	return ""
}

// describe says what was asked for, for a message that no rule has it.
func (sel *Selection) describe() string {
	var parts []string
	for _, f := range []struct {
		flag   string
		values []string
	}{{"--tag", sel.Tags}, {"--level", sel.Levels}, {"--status", sel.Statuses}} {
		if len(f.values) > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", f.flag, strings.Join(f.values, ",")))
		}
	}
	return strings.Join(parts, " ")
}
