package conformance

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/stories"
)

// world is a product that has a story: what it keeps of it, and how its queries are run.
type world struct {
	model   *schema.Model
	file    string // the model's, where commands read it
	dialect compilers.Dialect
	base    func(*stories.Story) []doc // the product's own log
	own     *mine                      // and one beside it
	crowded bool
}

// asked is one query of a project.
type asked struct {
	project *project
	title   string
	query   *compilers.Query
	rule    *ir.Rule        // or
	of      *ir.Correlation // which has no window of its own in the engine, outside of a backtest
}

func defenderRows(s *stories.Story) []doc { return recordsOf(s.Defender()) }

func elasticRows(s *stories.Story) []doc { return recordsOf(s.ECS()) }

func recordsOf(rows []stories.Record) []doc {
	docs := make([]doc, len(rows))
	for i, r := range rows {
		docs[i] = doc(r)
	}
	return docs
}

// projectWorlds are those that projects are tried in, by their names: the models that a command can read, shipped and laid over those, and some that are cut to
// one source. What one is told of the author is written for all; its model is read when it is asked for.
func projectWorlds(t *testing.T, a projectAuthor) map[string]func() world {
	tells := map[string]func(*stories.Story) []doc{"mde": defenderRows, "ecs": elasticRows, "splunk": func(s *stories.Story) []doc {
		events, _ := splStory(t, s)
		return events
	}}
	dialects := map[string]compilers.Dialect{"mde": kql.New(), "splunk": spl.New(), "ecs": eql.New()}
	worlds := map[string]func() world{}
	for _, name := range slices.Sorted(maps.Keys(products)) {
		of, own := products[name], a.overlay(products[name])
		worlds[name] = func() world {
			file, m := modelFile(t, "name: own\ntitle: Own\nextends: "+of.extends+"\n"+of.header)
			return world{model: m, file: file, dialect: dialects[name], base: tells[name]}
		}
		worlds[name+" and a log of one's own"] = func() world {
			file, m := modelFile(t, own.text)
			return world{model: m, file: file, dialect: dialects[name], base: tells[name], own: own}
		}
	}
	worlds["mde and more values than a look-up takes"] = func() world {
		crowd := worlds["mde"]()
		crowd.crowded = true
		return crowd
	}
	worlds["ecs without a scope"] = func() world {
		bare := ecs(t) // whose table holds nothing else
		bare.Sources = slices.DeleteFunc(bare.Sources, func(s schema.Source) bool { return s.Name != "process_creation" })
		bare.Sources[0].Scope = nil
		return world{model: bare, dialect: eql.New(), base: elasticRows}
	}
	for _, s := range sentinels[:1] {
		worlds[s.model] = func() world {
			m := onlySource(t, s.model, s.source)
			m.ID = []string{s.id}
			return world{model: m, dialect: kql.New(), base: func(story *stories.Story) []doc { return recordsOf(s.tell(story)) }}
		}
	}
	return worlds
}

// run runs queries over a story as their product would.
func (w world) run(t *testing.T, story *stories.Story, qs []*asked, now time.Time) [][]string {
	switch w.dialect.Name() {
	case "kql":
		return w.runKQL(t, story, qs, now)
	case "eql":
		return w.runEQL(t, story, qs, now)
	}
	return w.runSPL(t, story, qs, now)
}

// apart are the events of the product's log and those of one's own.
func (w world) apart(story *stories.Story) (base, own []doc) {
	rest := &stories.Story{Verdicts: story.Verdicts}
	for _, p := range story.Processes {
		if w.own.has(p) {
			own = append(own, w.own.doc(p))
		} else {
			rest.Processes = append(rest.Processes, p)
		}
	}
	return w.base(rest), own
}

// tell gives all events.
func (w world) tell(story *stories.Story) []doc {
	base, own := w.apart(story)
	return append(base, own...)
}

// TestProjectsAgree writes random projects and runs them over random processes: the engine and the queries find the same at each of
// three runs, and what a backtest alerts of in a run is what its query finds and those before did not.
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
				story := a.story()
				var all []*asked
				var projects []*project
				for tries := 0; len(projects) < w.projects(t); tries++ {
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

// projects is how many are tried: to translate KQL takes long.
func (w world) projects(t *testing.T) int {
	few, many := 1, 4
	switch {
	case w.dialect.Name() == "spl":
		few, many = 6, 24
	case w.dialect.Name() == "eql":
		few, many = 3, 12
	case w.file != "" && w.own == nil && !w.crowded:
		many = 9
	}
	return fromEnv(t, "DECREE_RANDOM_PROJECTS", fixture.Times(few, many))
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

func listed(s *stories.Story) string {
	var b strings.Builder
	for _, p := range s.Processes {
		b.WriteString(p.At.Format("15:04:05.000") + " " + p.Host + " " + p.User + " " + p.SHA1[max(0, len(p.SHA1)-1):] + " " + p.Command + " <- " + p.Parent.Command + "\n")
	}
	return b.String()
}

// options are those of an engine for a project's rules.
func (w world) options(p *project, story *stories.Story) engine.Options {
	var rows []map[string]string
	for _, r := range story.Reputation() {
		row := map[string]string{}
		for k, v := range r {
			row[k] = v.(string)
		}
		rows = append(rows, row)
	}
	return engine.Options{Model: w.model, Correlations: p.correlations, Reputation: rarity.NewTable(rows)}
}

// open makes an engine that has read a story.
func (w world) open(t *testing.T, p *project, story *stories.Story, now time.Time) *engine.Engine {
	opt := w.options(p, story)
	opt.Now = now
	e, found := engine.New(p.rules, opt)
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	w.read(t, e, story)
	return e
}

// read gives an engine a story's events.
func (w world) read(t *testing.T, e *engine.Engine, story *stories.Story) {
	log, err := event.Open(writeEvents(t, w.tell(story)), event.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	for {
		ev, err := log.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		require.NoError(t, e.Add(ev))
	}
}

// results are those of a run.
func (w world) results(t *testing.T, p *project, story *stories.Story, now time.Time) []engine.Result {
	results, _, err := w.open(t, p, story, now).Finish()
	require.NoError(t, err, p.text)
	return results
}

// alerts are those of a backtest.
func (w world) alerts(t *testing.T, p *project, story *stories.Story) []engine.Alert {
	replay, found := engine.NewBacktest(p.rules, w.options(p, story))
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	w.read(t, replay.Engine, story)
	alerts, _, _, err := enginetest.Replay(replay, scheduleOf)
	require.NoError(t, err, p.text)
	return alerts
}

// scheduleOf is a rule's schedule. What first_seen looks among is a rule of its own, and reports nothing.
func scheduleOf(r *rules.Rule) rules.Schedule {
	if r.Schedule.Lookback == 0 {
		return rules.Schedule{Every: time.Hour, Lookback: time.Hour}
	}
	return r.Schedule
}

// engine gives the ids that each rule finds in its own lookback before now.
func (w world) engine(t *testing.T, p *project, story *stories.Story, now time.Time) map[string][]string {
	out := map[string][]string{}
	for _, r := range w.results(t, &project{text: p.text, rules: p.rules}, story, now) {
		out[r.Rule.Source.Title] = append(out[r.Rule.Source.Title], r.EventID)
	}
	return out
}

// backtest gives the ids of the alerts of each rule and run.
func (w world) backtest(t *testing.T, p *project, story *stories.Story) map[string]map[time.Time][]string {
	out := map[string]map[time.Time][]string{}
	take := func(of *project, title string) {
		for _, a := range w.alerts(t, of, story) {
			if got := a.Rule.Source.Title; got != title && (title != "" || !strings.HasPrefix(got, "R ")) {
				continue
			}
			title := a.Rule.Source.Title
			if out[title] == nil {
				out[title] = map[time.Time][]string{}
			}
			out[title][a.At] = append(out[title][a.At], a.EventID)
		}
	}
	take(&project{text: p.text, rules: p.rules}, "")
	for i, c := range p.correlations { // what another reads has no alerts of its own beside it
		take(&project{text: p.text, rules: p.rules, correlations: p.correlations[:i+1]}, c.Source.Body.Title)
	}
	return out
}

// verdicts writes the story's reputation as CSV.
func verdicts(t *testing.T, story *stories.Story) string {
	file := filepath.Join(t.TempDir(), "verdicts.csv")
	out, err := os.Create(file)
	require.NoError(t, err)
	lines := csv.NewWriter(out)
	require.NoError(t, lines.Write([]string{"sha1", "GlobalPrevalence", "SignatureState", "ProfileAvailability"}))
	for _, v := range story.Verdicts {
		require.NoError(t, lines.Write([]string{v.SHA1, v.Prevalence, v.Signature, v.Availability}))
	}
	lines.Flush()
	require.NoError(t, out.Close())
	return file
}

func (w world) runKQL(t *testing.T, story *stories.Story, qs []*asked, now time.Time) [][]string {
	tables := tablesOf(t, w.model)
	texts := make([]string, len(qs))
	for i, q := range qs {
		texts[i] = q.query.Text
	}
	var runnable []string
	for i, c := range CheckKQL(t, texts, tables, now.Format(time.RFC3339), w.model.Time[0]) {
		require.Empty(t, c.Errors, "%s\n%s", qs[i].project.text, texts[i])
		runnable = append(runnable, c.Text)
	}
	base, own := w.apart(story)
	rows := map[string][]doc{"DeviceProcessEvents": base, "WindowsEvent": base, "MyProcesses": own}
	events, all := map[string]string{}, strings.Join(runnable, "\n")
	for table := range tables { // also those of other logs, which are empty
		if strings.Contains(all, table) {
			events[table] = writeEvents(t, rows[table])
		}
	}
	return RunKQL(t, runnable, Recording{Tables: tables, Events: events, Profiles: verdicts(t, story), ID: w.model.ID[0]})
}

func (w world) runSPL(t *testing.T, story *stories.Story, qs []*asked, now time.Time) [][]string {
	rows := splRows(t, w.tell(story))
	var known []splRow
	for _, r := range story.Reputation() {
		row := splRow{}
		for k, v := range r {
			if v != "" {
				row[k] = v
			}
		}
		known = append(known, row)
	}
	place := &splWorld{now: float64(now.Unix()), lookups: map[string][]splRow{"decree_reputation": known}}
	var out [][]string
	for _, q := range qs {
		_, err := checkSPL(q.query.Text)
		require.NoError(t, err, q.query.Text)
		out = append(out, splFound(q.query.Text, rows, place, "RecordID"))
	}
	return out
}

// runEQL runs each query over the events of its lookback, as a detection rule does, which its assets have enriched.
func (w world) runEQL(t *testing.T, story *stories.Story, qs []*asked, now time.Time) [][]string {
	out := make([][]string, len(qs))
	together := map[time.Duration][]int{} // queries without assets read the same events
	for i, q := range qs {
		lookback := q.rule.Source.Schedule.Lookback
		if len(q.query.Assets) == 0 {
			together[lookback] = append(together[lookback], i)
			continue
		}
		events := w.recentDocuments(t, story, now.Add(-lookback))
		deploy(t, q.query.Assets, events, map[string][]doc{"decree-reputation": knownDocuments(story)}, now)
		runEQLOver(t, events, qs, []int{i}, out)
	}
	for lookback, these := range together {
		runEQLOver(t, w.recentDocuments(t, story, now.Add(-lookback)), qs, these, out)
	}
	return out
}

var ownColumn = regexp.MustCompile(`\bmine\.\w+`)

func runEQLOver(t *testing.T, events []doc, qs []*asked, these []int, out [][]string) {
	var texts []string
	for _, i := range these {
		texts = append(texts, qs[i].query.Text)
	}
	added := map[string]string{"decree.ProfileAvailability": "keyword", "decree.GlobalPrevalence": "long", "decree.SignatureState": "keyword"}
	for _, name := range ownColumn.FindAllString(strings.Join(texts, "\n"), -1) {
		added[name] = "keyword"
	}
	for k, result := range CheckEQL(t, texts, mappedFor(t, texts, added), writeEvents(t, events)) {
		require.Nil(t, result.Error, "%s\n%s", qs[these[k]].project.text, texts[k])
		out[these[k]] = result.IDs
	}
}

// recentDocuments are Elastic's events from a time on, without what a pipeline adds.
func (w world) recentDocuments(t *testing.T, story *stories.Story, from time.Time) []doc {
	var events []doc
	for _, e := range w.tell(&stories.Story{Processes: story.Processes}) {
		text, err := json.Marshal(e) // as documents are read
		require.NoError(t, err)
		e = doc{}
		require.NoError(t, json.Unmarshal(text, &e))
		if delete(e, "decree"); !moment(t, e, "@timestamp").Before(from) {
			events = append(events, e)
		}
	}
	return events
}

// knownDocuments are those of the index of known values.
func knownDocuments(story *stories.Story) []doc {
	var docs []doc
	for _, v := range story.Verdicts {
		d := doc{"value": v.SHA1}
		for name, text := range map[string]string{"GlobalPrevalence": v.Prevalence, "SignatureState": v.Signature, "ProfileAvailability": v.Availability} {
			if text != "" {
				d[name] = text
			}
		}
		if n, err := strconv.Atoi(v.Prevalence); err == nil {
			d["GlobalPrevalence"] = n
		}
		docs = append(docs, d)
	}
	return docs
}
