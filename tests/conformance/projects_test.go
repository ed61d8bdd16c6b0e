package conformance

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/tests/stories"
)

// asked is one query of a project.
type asked struct {
	project *project
	title   string
	query   *compilers.Query
	rule    *ir.Rule        // or
	of      *ir.Correlation // which has no window of its own in the engine, outside of a backtest
}

// TestProjectsAgree writes random projects and runs them over random processes: the engine and the queries find the
// same at each of three runs, and what a backtest alerts of in a run is what its query finds and those before did not.
// DECREE_RANDOM_PROJECTS is how many are written for each of DECREE_RANDOM_STORIES stories.
func TestProjectsAgree(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(projectWorlds(t, newProjectAuthor(0, 0)))) {
		t.Run(name, func(t *testing.T) {
			switch projectWorlds(t, newProjectAuthor(0, 0))[name]().dialect.Name() {
			case "kql":
				needKusto(t)
				needDuckDB(t)
			case "eql":
				needEQL(t)
			}
			queries, matches, refused := 0, 0, map[string]int{}
			for round := range uint64(fromEnv(t, "DECREE_RANDOM_STORIES", 1)) {
				a := newProjectAuthor(seedOf(t), round)
				a.meeting = true
				w := projectWorlds(t, a)[name]()
				a.crowded, a.suppress = w.crowded, w.dialect.Name() == "kql"
				a.sides = w.own.tells()
				story := a.story()
				var all []*asked
				var projects []*project
				for tries := 0; len(projects) < w.projects(t) || len(all) == 0; tries++ { // of which some is answered
					require.Less(t, tries, 1000)
					if p := a.project(t); p != nil {
						projects = append(projects, p)
						all = append(all, w.compile(t, p, refused)...)
					}
				}
				q, m := w.agree(t, story, projects, all)
				queries, matches = queries+q, matches+m
				if t.Failed() {
					return
				}
			}
			t.Logf("%d queries, %d matches; refused: %v", queries, matches, refused)
			assert.Greater(t, matches, queries)
		})
	}
}

func (w world) compile(t *testing.T, p *project, refused map[string]int) []*asked {
	var out []*asked
	opt := compilers.Options{Model: w.model, Lists: compilers.ListsBySize}
	add := func(a *asked, q *compilers.Query, found diag.Diagnostics) {
		if q == nil {
			require.True(t, found.HasErrors(), p.text)
			refused[found[0].Code]++
			if found[0].Code == "never-matches" && a.rule != nil {
				p.never = append(p.never, a.title)
			}
			return
		}
		if strings.Contains(q.Text, `"\u`) {
			return // which duckdb-kql does not know
		}
		a.query = q
		out = append(out, a)
	}
	for _, r := range p.rules {
		q, found := w.dialect.Compile(r, opt)
		add(&asked{project: p, title: r.Source.Title, rule: r}, q, found)
	}
	for _, c := range p.correlations {
		q, found := w.dialect.CompileCorrelation(c, opt)
		add(&asked{project: p, title: c.Source.Body.Title, of: c}, q, found)
	}
	return out
}

// agree compares, and counts the queries and their matches.
func (w world) agree(t *testing.T, story *stories.Story, projects []*project, all []*asked) (queries, matches int) {
	alerts := map[*project]map[string]map[time.Time][]string{}
	for _, p := range projects {
		alerts[p] = w.backtest(t, p, story)
	}
	before := make([]map[string]bool, len(all))
	for run, now := range projectRuns {
		known := &stories.Story{Verdicts: story.Verdicts}
		for _, p := range story.Processes {
			if !p.At.After(now) {
				known.Processes = append(known.Processes, p)
			}
		}
		got := w.run(t, known, all, now)
		wanted := map[*project]map[string][]string{}
		for i, q := range all {
			queries++
			matches += len(got[i])
			slices.Sort(got[i])
			if wanted[q.project] == nil {
				wanted[q.project] = w.engine(t, q.project, known, now)
				for _, title := range q.project.never {
					assert.Empty(t, wanted[q.project][title], "%s, which is refused since it can never match, of %s", title, q.project.text)
				}
			}
			want := wanted[q.project][q.title]
			if q.of != nil {
				want = w.reported(t, q.project, q.of, known, now)
			}
			slices.Sort(want)
			if w.missesAncestors(q) {
				continue
			}
			assert.Equal(t, strings.Join(want, " "), strings.Join(got[i], " "), "%s of %s at %s\n%s\n%s", q.title, q.project.text, now, q.query.Text, listed(known))
			var first []string
			for _, id := range got[i] {
				if !before[i][id] {
					first = append(first, id)
				}
			}
			if before[i] == nil {
				before[i] = map[string]bool{}
			}
			for _, id := range got[i] {
				before[i][id] = true
			}
			if run == len(projectRuns)-1 && !strings.Contains(q.project.text, "suppress:") { // no run before the first of these has seen what this one sees
				want := alerts[q.project][q.title][now]
				slices.Sort(want)
				assert.Equal(t, strings.Join(want, " "), strings.Join(first, " "), "alerts of %s of %s at %s\n%s\n%s", q.title, q.project.text, now, q.query.Text, listed(known))
			}
			if t.Failed() {
				return
			}
		}
	}
	return queries, matches
}

// missesAncestors tells whether a query says that it finds an ancestor only through the creations of the processes in
// between, of which a log of one's own that it does not read may have some.
func (w world) missesAncestors(q *asked) bool {
	return w.own != nil && slices.ContainsFunc(q.query.Notes, func(n compilers.Note) bool { return n.Code == "ancestor-window" })
}

func listed(s *stories.Story) string {
	var b strings.Builder
	for _, p := range s.Processes {
		b.WriteString(p.At.Format("15:04:05.000") + " " + p.Host + " " + p.User + " " + p.SHA1[max(0, len(p.SHA1)-1):] + " " + p.Command + " <- " + p.Parent.Command + "\n")
	}
	return b.String()
}
