package conformance

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/engine"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// kqlLogs is a data model of two tables, one of which has two kinds of events, that have the fields of the random
// events. One of them keeps some in a column with an object.
func kqlLogs() *schema.Model {
	m := kqlEvents()
	of := m.Sources[0]
	of.Entities = rarityEntities
	columns := func(more ...string) map[string]string {
		all := map[string]string{"Type": "string", "EventCode": "string"}
		for name, kind := range of.Columns {
			all[name] = kind
		}
		for _, name := range more {
			all[name] = "dynamic"
		}
		return all
	}
	fields := map[string]schema.Column{"EventID": {Name: "EventCode"}}
	for name, c := range of.Fields {
		fields[name] = c
	}
	source := func(name, category, service, table, code string, columns map[string]string, fields map[string]schema.Column) schema.Source {
		s := of
		s.Name, s.Category, s.Service, s.Table, s.Columns, s.Fields = name, category, service, table, columns, fields
		s.Scope = []schema.ScopeTest{{Column: "Type", Values: []string{table}, EngineOnly: true}}
		if code != "" {
			s.Scope = append(s.Scope, schema.ScopeTest{Column: "EventCode", Values: []string{code}})
		}
		return s
	}
	m.Sources = []schema.Source{source("security", "", "security", "Security", "", columns(), fields), source("process", "process_creation", "", "Sysmon", "1", columns(), fields),
		source("network", "network_connection", "", "Sysmon", "3", columns(), fields)}
	return m
}

// TestKQLAgreesWhereSectionsMeet runs queries of rules in which the sections of the language meet, over random events
// of two tables.
func TestKQLAgreesWhereSectionsMeet(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlLogs()
	tables := tablesOf(t, m)
	now := time.Unix(1700000013, 0).UTC()
	matched, refused, compiled := 0, map[string]int{}, 0
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 1)) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 121))))
		events = slices.DeleteFunc(events, func(e splRow) bool { return e["_time"].(float64) > 1700000013 })
		rows := map[string][]doc{"Security": {}, "Sysmon": {}}
		var all []doc
		for _, e := range events {
			row := doc{"Timestamp": time.UnixMilli(int64(e["_time"].(float64) * 1000)).UTC().Format("2006-01-02 15:04:05.000"), "ReportId": e["id"], "Type": "Sysmon"}
			if e["source"] == "XmlWinEventLog:Security" {
				row["Type"] = "Security"
			}
			for _, name := range []string{"Kind", "Other", "U", "V", "W", "N", "EventCode"} {
				if v, ok := e[name]; ok {
					row[name] = v
				}
			}
			rows[row["Type"].(string)] = append(rows[row["Type"].(string)], row)
			all = append(all, row)
		}
		file := map[string]string{}
		for table, of := range rows {
			file[table] = writeEvents(t, of)
		}
		lines := docLines(t, all)
		var asked []finding
		for seed := range fixture.Times[uint64](6, 10) {
			a := mixedAuthor{Rand: rand.New(rand.NewPCG(round, 2000+seed)), sources: mixedSources, suppress: true}
			written := a.write(t)
			if written == nil {
				refused["by the reader"]++
				continue
			}
			q, problems := kql.New().Compile(written.rule, compilers.Options{Model: m, NoIndexTerms: seed%4 == 3})
			if q == nil {
				refused[problems[0].Code]++
				continue
			}
			compiled++
			want := joinsFound(t, written.rule, lines, engine.Options{Model: m, Now: now})
			matched += len(want)
			asked = append(asked, finding{written.text, q.Text, want})
		}
		queriesFind(t, Recording{Tables: tables, Events: file, ID: "ReportId"}, now.Format(time.RFC3339), asked, "round ", round, "\n", splShow(events))
	}
	t.Logf("%d queries, %d matches; refused: %v", compiled, matched, refused)
	assert.Greater(t, matched, compiled/2)
}
