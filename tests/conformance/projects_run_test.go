package conformance

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/tests/stories"
)

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
