package conformance

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
	"decree/engine/rarity"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
)

// fileReputation are the columns of FileProfile, and of tables like it.
var fileReputation = schema.Reputation{Availability: "ProfileAvailability", Failed: "Error", Global: "GlobalPrevalence", Signature: "SignatureState", Signer: "Signer", Issuer: "Issuer",
	CertificateValid: "IsCertificateValid", RootSignerMicrosoft: "IsRootSignerMicrosoft", Software: "SoftwareName", Threat: "ThreatName", GlobalFirstSeen: "GlobalFirstSeen"}

// randomReputation gives rows for some of the values that random events have. What is not known is missing.
func randomReputation(r *rand.Rand) []map[string]string {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	var rows []map[string]string
	for _, value := range []string{"u", "v", "w", "none"} {
		row := map[string]string{"sha1": value, "ProfileAvailability": pick("Available", "Available", "Error"), "GlobalPrevalence": pick("", "3", "100"), "SignatureState": pick("", "SignedValid", "Unsigned"),
			"Signer": pick("", "Good", "evil"), "Issuer": pick("", "Good", "x"), "IsCertificateValid": pick("", "true", "false"), "IsRootSignerMicrosoft": pick("", "true", "false"),
			"SoftwareName": pick("", "Tool", "Windows"), "ThreatName": pick("", "Bad!x"), "GlobalFirstSeen": pick("", time.Unix(1700000000-10+r.Int64N(25), 0).UTC().Format(time.RFC3339))}
		if r.IntN(5) == 0 { // a row, though, as DuckDB's texts are null where there is none, and Kusto's are not
			row = map[string]string{"sha1": value}
		}
		rows = append(rows, row)
	}
	return rows
}

// reputationCSV writes rows as a table. It is never empty, so that its columns are known.
func reputationCSV(t *testing.T, rows []map[string]string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "reputation.csv")
	f, err := os.Create(file)
	require.NoError(t, err)
	header := append([]string{"sha1"}, fileReputation.Columns()...)
	out := csv.NewWriter(f)
	require.NoError(t, out.Write(header))
	for _, row := range append(rows, map[string]string{"sha1": "other"}) {
		var cells []string
		for _, c := range header {
			cells = append(cells, row[c])
		}
		require.NoError(t, out.Write(cells))
	}
	out.Flush()
	require.NoError(t, out.Error())
	require.NoError(t, f.Close())
	return file
}

// randomReputationRule asks what is known of values, of what is counted and of what is not.
func randomReputationRule(r *rand.Rand, logsource string) string {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	one := func() string {
		text := "{field: sha1"
		if r.IntN(3) == 0 {
			text += ", local: {distinct: user, " + pick("lte: 2", "gte: 1", "rarest: 2", "lte: 1, over: 14s") + "}"
		}
		text += pick("", ", unavailable: include")
		asked := []string{"global: {lt: 50, default: " + pick("0", "99") + "}", "signature: " + pick("SignedValid", "{neq: SignedValid}"), "signer: " + pick("good", "{neq: [evil, x]}"), "issuer: " + pick("good", "{neq: x}"),
			"certificate_valid: " + pick("true", "false"), "root_signer_microsoft: " + pick("true", "false"), "software: " + pick("tool", "{neq: [tool, windows]}"), "threat: " + pick("''", "{neq: ''}", "bad!x"),
			fmt.Sprintf("global_first_seen: {within: %ds}", 5+r.IntN(10))}
		r.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		return text + ", " + strings.Join(asked[:1+r.IntN(2)], ", ") + "}\n"
	}
	condition := pick("one", "y and one", "s and one", "s and not one", "s or one", "s and one and two", "y and one and not two")
	text := fmt.Sprintf("title: T\nlogsource: %s\nschedule: {every: 5s, lookback: %ds}\nprevalence:\n  one: %s", logsource, 9+r.IntN(4), one())
	if strings.Contains(condition, "two") {
		text += "  two: " + one()
	}
	return text + "detection:\n  s: {N: ['1', '2', '2.5']}\n  y: {Other: x}\n  condition: " + condition + "\n"
}

// TestKQLAsksReputationAsTheEngine asks FileProfile and a watchlist for all that they tell.
func TestKQLAsksReputationAsTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	matched := 0
	for round := range fixture.Times[uint64](2, 4) {
		m := kqlEvents()
		m.Sources[0].Entities, m.Sources[0].Reputation = rarityEntities, fileReputation
		m.Sources[0].Reputation.Source = []string{"FileProfile", "watchlist"}[round%2]
		opt := engine.Options{Model: m, Now: time.Unix(1700000012, 0).UTC()}
		r := rand.New(rand.NewPCG(round, 81))
		events := slices.DeleteFunc(flatEvents(splRandomEvents(r)), func(e splRow) bool { return e["_time"].(float64) > 1700000012 })
		known := randomReputation(r)
		opt.Reputation = rarity.NewTable(known)
		rec := eventsTable(t, m, events, "ReportId")
		rec.Profiles = reputationCSV(t, known)
		var all []finding
		for range 15 {
			text := randomReputationRule(r, "{product: windows}")
			rule := lowered.Rule(t, text)
			want := joinsFound(t, rule, kqlRows(t, events), opt)
			q, found := kql.New().Compile(rule, compilers.Options{Model: m})
			require.Empty(t, found, text)
			matched += len(want)
			all = append(all, finding{text, q.Text, want})
		}
		queriesFind(t, rec, opt.Now.Format(time.RFC3339), all, "round ", round, "\n", splShow(events), known)
	}
	assert.Greater(t, matched, 20)
}

// TestSPLAsksReputationAsTheEngine asks a lookup for all that it tells.
func TestSPLAsksReputationAsTheEngine(t *testing.T) {
	t.Parallel()
	m, own := openModel(t, "splunk-windows"), kqlEvents()
	own.Sources[0].Entities, own.Sources[0].Reputation = rarityEntities, fileReputation
	for i := range m.Sources {
		m.Sources[i].Entities, m.Sources[i].Reputation = rarityEntities, fileReputation
	}
	matched := 0
	for seed := range fixture.Times[uint64](300, 3000) {
		r := rand.New(rand.NewPCG(seed, 91))
		text := randomReputationRule(r, "{product: windows, service: security}")
		rule := lowered.Rule(t, text)
		q, found := spl.New().Compile(rule, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", text, found)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := slices.DeleteFunc(flatEvents(splRandomEvents(r)), func(e splRow) bool { return e["_time"].(float64) >= 1700000012 })
		security := slices.DeleteFunc(slices.Clone(events), func(e splRow) bool { return e["source"] != "XmlWinEventLog:Security" })
		known := randomReputation(r)
		engineRule := lowered.Rule(t, strings.Replace(text, ", service: security", "", 1))
		want := joinsFound(t, engineRule, kqlRows(t, security), engine.Options{Model: own, Now: time.Unix(1700000012, 0).UTC(), Reputation: rarity.NewTable(known)})
		var lookup []splRow
		for _, row := range known {
			one := splRow{}
			for _, c := range slices.Sorted(maps.Keys(row)) {
				if row[c] != "" {
					one[c] = row[c]
				}
			}
			lookup = append(lookup, one)
		}
		got := splFound(q.Text, events, &splWorld{now: 1700000012, lookups: map[string][]splRow{"decree_reputation": lookup}}, "id")
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s\n%v", seed, text, q.Text, splShow(events), known)
		matched += len(want)
	}
	assert.Greater(t, matched, 150)
}

// TestEQLAsksReputationAsTheEngine asks the fields that an enrich policy puts on events for all that they tell but the
// time.
func TestEQLAsksReputationAsTheEngine(t *testing.T) {
	needEQL(t)
	m := ecs(t)
	r := rand.New(rand.NewPCG(1, 101))
	pick := func(values ...any) any { return values[r.IntN(len(values))] }
	var events []doc
	for i := range 60 {
		known := doc{}
		for name, v := range map[string]any{"ProfileAvailability": pick(nil, "Available", "Error"), "SignatureState": pick(nil, "SignedValid", "Unsigned"), "Signer": pick(nil, "Good", "evil"),
			"IsCertificateValid": pick(nil, true, false), "IsRootSignerMicrosoft": pick(nil, true, false), "SoftwareName": pick(nil, "Tool", "Windows"), "ThreatName": pick(nil, nil, "Bad!x")} {
			if v != nil {
				known[name] = v
			}
		}
		events = append(events, doc{"@timestamp": "2026-03-01T10:00:00Z", "event": doc{"id": fmt.Sprint(i), "category": []string{"process"}, "type": []string{"start"}}, "host": doc{"id": "h", "os": doc{"type": "windows"}},
			"process": doc{"executable": `C:\a.exe`, "hash": doc{"sha1": fmt.Sprintf("a%039x", i)}}, "decree": known})
	}
	added := map[string]string{"decree.ProfileAvailability": "keyword", "decree.SignatureState": "keyword", "decree.Signer": "keyword", "decree.IsCertificateValid": "boolean",
		"decree.IsRootSignerMicrosoft": "boolean", "decree.SoftwareName": "keyword", "decree.ThreatName": "keyword"}
	file := writeEvents(t, events)
	var texts, queries []string
	var wanted [][]string
	for _, asked := range []string{"certificate_valid: true", "certificate_valid: false", "root_signer_microsoft: true", "root_signer_microsoft: false", "software: tool", "software: {neq: [tool, windows]}",
		"threat: bad!x", "threat: ''", "threat: {neq: ''}", "signer: good, certificate_valid: false", "certificate_valid: true, unavailable: include"} {
		for _, condition := range []string{"a and x", "a and not x"} {
			text := "title: T\nlogsource: {product: windows, category: process_creation}\nprevalence: {x: {field: sha1, " + asked + "}}\ndetection:\n  a: {Image: '*'}\n  condition: " + condition + "\n"
			rule := lowered.Rule(t, text)
			q, found := eql.New().Compile(rule, compilers.Options{Model: m})
			require.Empty(t, found, text)
			want := RunEngine(t, rule, m, file, splVerdicts())
			require.NotEmpty(t, want, text)
			texts, queries, wanted = append(texts, text), append(queries, q.Text), append(wanted, want)
		}
	}
	for i, result := range CheckEQL(t, queries, mappedFor(t, queries, added), file) {
		require.Nil(t, result.Error, queries[i])
		require.ElementsMatch(t, wanted[i], result.IDs, "%s\n%s", texts[i], queries[i])
	}
}
