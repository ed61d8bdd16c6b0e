package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/evaluation"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/input"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/scaffold"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/tuned"
	"decree/cmd/decree/internal/usage"
	"decree/engine/event"
	"decree/engine/tuning"
	"decree/rules/diag"
)

type tuneParams struct {
	evaluation.Flags
	filters   ruleset.Filters
	lists     ruleset.Lists
	rule      string
	name      string
	good, bad []string
	out       string
	force     bool
	format    string
}

func newTune(s *stdio.Streams) *cobra.Command {
	var p tuneParams
	cmd := &cobra.Command{
		Use:   "tune RULE --good EVENTS --bad EVENTS",
		Short: "Write the filter that a noisy rule needs, from examples",
		Long: `Find what events that should not alert (--good) have in common and events that
must alert (--bad) have not, and write it as a Sigma filter with its tests. The
filter is as small as possible. It tests fields that people can read, never ids
or times, and hashes only where nothing else tells the events apart. Every bad
event still matches: the engine verifies it.

Use it when a rule alerts on what is normal in your environment. Only events
that the rule matches count. Without --bad, the rule's own tests say what must
match. Of a correlation, tune the rules that it reads. RULE is a file, or the
name, id or title of a rule of the project. Without a project it is one that
decree ships. If RULE is several rules, --name says which one to tune.

The exit code is 1 if a good event cannot be excluded, because a bad one has the
same values; the filter then excludes the others. It is also 1 if lines of --bad
are not events, or files of it are packed: nothing says whether what they tell
of still alerts.`,
		Example: `  decree tune tests/examples/rules/remote_script.yml \
    --good tests/examples/tuning/deployment.ndjson -o deploy.yml
  decree tune tests/examples/rules/remote_script.yml \
    --good tests/examples/tuning/deployment.ndjson \
    --bad tests/examples/tuning/intrusion.ndjson`,
		Args: usage.Arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(p.good) == 0 {
				return errors.New("--good is missing: name files with events that should not alert")
			}
			p.rule = args[0]
			return tune(s, p)
		},
	}
	p.AddTo(cmd)
	p.filters.AddTo(cmd)
	p.lists.AddTo(cmd)
	ruleset.CompleteRule(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&p.good, "good", nil, "`EVENTS` that should not alert: a file, folder or glob; repeatable")
	f.StringArrayVar(&p.bad, "bad", nil, "`EVENTS` that must alert; repeatable (default: those of the rule's tests)")
	f.StringVar(&p.name, "name", "", "`NAME` or id of the rule to tune, if RULE is several")
	f.StringVarP(&p.out, "out", "o", "", "`FILE` to write (default: filters/NAME.yml, or in the folder of --filters)")
	f.BoolVar(&p.force, "force", false, "overwrite the filter and its tests")
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func tune(s *stdio.Streams, p tuneParams) error {
	set, err := ruleset.LoadOne(s, p.rule, p.filters, p.lists)
	if err != nil {
		return err
	}
	rule, err := p.choose(set)
	if err != nil {
		return err
	}
	if rule.IR.Source.ID == "" && rule.IR.Source.Name == "" {
		return fmt.Errorf("%s: the rule has no id and no name, so no filter can name it: add `id:`", p.rule)
	}
	p.out = p.target(rule, set.Project)
	if err := p.mayWrite(rule); err != nil {
		return err
	}
	q, bad, err := p.request(s, set, rule)
	if err != nil {
		return err
	}
	found, err := tuning.Find(q)
	if errors.Is(err, tuning.ErrNoBad) {
		return fmt.Errorf("%s matches no event of --bad: nothing says what must still alert", p.rule)
	}
	if err != nil {
		return err
	}
	report := tuned.New(rule, found)
	report.Unread = bad != nil && bad.PassedOver()
	if found.Text != nil {
		if report.Files, err = tuned.Write(p.out, q, found, p.force); err != nil {
			return err
		}
	}
	if p.format == "json" {
		if err := s.WriteJSON(report); err != nil {
			return err
		}
	} else {
		report.Print(s)
		p.tellUnread(s, report.Files)
	}
	return exit.AfterFailure(len(found.Left) > 0 || report.Unread, nil)
}

// mayWrite refuses files that are there already, and those that are read.
func (p tuneParams) mayWrite(rule ruleset.Rule) error {
	if err := tuned.Free(p.out, p.force); err != nil {
		return err
	}
	reads := append(event.Expand(slices.Concat(p.good, p.bad)).Paths, rule.IR.Source.Range.File)
	for _, name := range tuned.Names(p.out) {
		if err := input.NotAmong("out", name, reads); err != nil {
			return err
		}
	}
	return nil
}

// tellUnread says where --filters names a file, and so does not read those that were written beside it.
func (p tuneParams) tellUnread(s *stdio.Streams, written []string) {
	paths := p.filters.Given()
	if len(written) == 0 || len(paths) == 0 {
		return
	}
	if folder := ruleset.FolderOf(paths[0]); folder != filepath.Clean(paths[0]) {
		fmt.Fprintf(s.Err, "--filters %s does not read it: name its folder, %s\n", paths[0], folder)
	}
}

// request gives what to tune by: the events of --good, and those of --bad with their files, or of the rule's tests.
func (p tuneParams) request(s *stdio.Streams, set *ruleset.Set, rule ruleset.Rule) (tuning.Request, *input.Explained, error) {
	q := tuning.Request{Rule: rule.IR, ID: scaffold.UUID(), Date: time.Now().UTC(), Condition: set.FilterCondition}
	good, _, err := p.recording(s, set, "--good", p.good)
	if err != nil {
		return q, nil, err
	}
	q.Good = []tuning.Recording{good}
	if len(p.bad) == 0 {
		q.Bad, err = p.ofTests(s, set)
		return q, nil, err
	}
	bad, files, err := p.recording(s, set, "--bad", p.bad)
	q.Bad = []tuning.Recording{bad}
	return q, files, err
}

// choose gives the rule to tune: the one that --name names, or the only one. A correlation is none: a
// filter is about the rules that it reads.
func (p tuneParams) choose(set *ruleset.Set) (ruleset.Rule, error) {
	among := set.Unjoined()
	if p.name != "" {
		among = set.Named(p.name)
	}
	switch {
	case len(among) == 1:
		return among[0], nil
	case len(among) == 0 && p.name != "":
		return ruleset.Rule{}, fmt.Errorf("%s has no rule with the name or the id %s, unless it is a correlation: tune a rule that it reads: %s", p.rule, diag.Visible(p.name), namesOf(set.Readable()))
	case len(among) == 0:
		return ruleset.Rule{}, fmt.Errorf("%s is a correlation: tune a rule that it reads: %s", p.rule, namesOf(set.Readable()))
	}
	return ruleset.Rule{}, fmt.Errorf("%s has %d rules: say which with --name: %s", p.rule, len(among), namesOf(among))
}

// shownNames limits how many rules a message names.
const shownNames = 10

// namesOf lists rules by their names, or else by their ids, for a user to choose from. Where several have one name, it
// says where each is.
func namesOf(all []ruleset.Rule) string {
	has := map[string]int{}
	for _, r := range all {
		has[strings.ToLower(r.IR.Source.Name)]++
	}
	var names []string
	for _, r := range all {
		body := r.IR.Source
		name := diag.Visible(cmp.Or(body.Name, body.ID))
		if body.Name != "" && has[strings.ToLower(body.Name)] > 1 {
			name = diag.Visible(cmp.Or(body.ID, body.Name)) + " in " + placeOf(r)
		}
		if name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none has a name or an id"
	}
	return plural.First(shownNames, names)
}

// placesOf lists the files and lines of rules.
func placesOf(all []ruleset.Rule) string {
	var places []string
	for _, r := range all {
		places = append(places, placeOf(r))
	}
	return plural.First(shownNames, places)
}

func placeOf(r ruleset.Rule) string {
	at := r.IR.Source.Range
	return fmt.Sprintf("%s:%d", diag.Visible(at.File), at.Start.Line)
}

// target is the file to write: in the folder of --filters, else in the project's first, else in filters.
func (p tuneParams) target(rule ruleset.Rule, ours *project.Project) string {
	dir := "filters"
	switch {
	case p.out != "":
		return p.out
	case len(p.filters.Given()) > 0:
		dir = ruleset.FolderOf(p.filters.Given()[0])
	case len(ours.Filters) > 0:
		dir = ruleset.FolderOf(ours.Filters[0])
	case ours.Exists():
		dir = filepath.Join(ours.Dir(), dir)
	}
	return filepath.Join(dir, rule.Slug()+".yml")
}

// recording is the events of files, which are read as often as they are needed.
func (p tuneParams) recording(s *stdio.Streams, set *ruleset.Set, flag string, paths []string) (tuning.Recording, *input.Explained, error) {
	rec := tuning.Recording{Name: flag + " " + strings.Join(paths, ", ")}
	for _, path := range paths {
		if path == "-" {
			return rec, nil, fmt.Errorf("%s -: the events are read several times: name a file", flag)
		}
	}
	opt, err := p.Options(set.Project)
	if err != nil {
		return rec, nil, err
	}
	given, choice, err := p.Models(set.Project)
	if err != nil {
		return rec, nil, err
	}
	in, err := input.Explain(s, paths, given == nil, choice.Signs())
	if err != nil {
		return rec, nil, fmt.Errorf("%s: %w", flag, err)
	}
	if opt.Model = given; given == nil {
		if opt.Model, err = choice.Load(in.Model); err != nil {
			return rec, nil, err
		}
	}
	rec.Options = opt
	rec.Read = func(each func(*event.Event) error) error {
		return in.Each(func(r *event.Reader, _ string) error { return eachEvent(r, each) })
	}
	return rec, in, nil
}

// eachEvent reads to the end of a file.
func eachEvent(r *event.Reader, each func(*event.Event) error) error {
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = each(ev)
		}
		if err != nil {
			return err
		}
	}
}

// testsOfOthers are the test files of filters that cover no rule of the set, as they are shown.
func testsOfOthers(set *ruleset.Set) map[string]bool {
	others := map[string]bool{}
	for _, f := range set.Filters {
		if !slices.ContainsFunc(set.All(), f.Covers) {
			file, second := f.File.TestFile()
			others[f.File.Folder.Shown(file)] = true
			others[path.Join(f.File.Disk, second)] = true
		}
	}
	return others
}

// ofTests gives the events of the rule's own tests, and says so.
func (p tuneParams) ofTests(s *stdio.Streams, set *ruleset.Set) ([]tuning.Recording, error) {
	tests := ruletests.Load(set, nil)
	others := testsOfOthers(set)
	found := slices.DeleteFunc(tests.Found, func(d diag.Diagnostic) bool { return others[d.Range.File] })
	if found.HasErrors() {
		set.Show(s, found)
		return nil, exit.After(found)
	}
	var out []tuning.Recording
	for _, tested := range tests.Tested {
		for _, c := range tested.Suite.Cases {
			opt, err := c.Options()
			if err != nil {
				return nil, err
			}
			out = append(out, tuning.Recording{Name: c.Name, Options: opt, Read: c.Read, Prepare: c.Prepare})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no tests: name events that must alert with --bad", p.rule)
	}
	_, err := fmt.Fprintf(s.Err, "no --bad: what must alert are the matches in the rule's own %s (%s)\n", plural.Count(len(out), "test"), diag.Visible(p.rule))
	return out, err
}
