package rarity_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/rarity"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// seen is a process creation as Defender tells it.
func seen(id int, host, sha1, name string) string {
	return fmt.Sprintf(`{"ActionType":"ProcessCreated","ReportId":%d,"DeviceId":%q,"SHA1":%q,"FolderPath":%q,"FileName":%q}`, id, host, sha1, `C:\`+name, name)
}

func TestPrevalence(t *testing.T) {
	table := rarity.NewTable([]map[string]string{
		{"sha1": "AA", "GlobalPrevalence": "249", "SignatureState": "Unsigned"},
		{"sha1": "bb", "GlobalPrevalence": "250", "SignatureState": "Unsigned"},
		{"sha1": "cc", "GlobalPrevalence": "3", "SignatureState": "SignedValid"},
		{"sha1": "dd", "ProfileAvailability": "Error"},
		{"sha1": "ee", "SignatureState": "Unsigned"},
	})
	events := []string{seen(1, "h1", "aa", "a"), seen(2, "h1", "bb", "a"), seen(3, "h1", "CC", "a"), seen(4, "h1", "dd", "a"), seen(5, "h1", "ee", "a"),
		seen(6, "h1", "", "a"), seen(7, "h1", "ff", "a"), seen(8, "h2", "FF", "b"), seen(9, "H2", "ff", "b"), seen(10, "h3", "ff", "b")}
	cases := []struct{ name, spec, condition, want string }{
		{"global", "global: {lt: 250}", "rare", "1 3 5 7 8 9 10"},
		{"global, unknown means many", "global: {lt: 250, default: 1000}", "rare", "1 3"},
		{"a failed look-up included", "global: {lt: 250, default: 1000}, unavailable: include", "rare", "1 3 4"},
		{"a range", "global: {gte: 3, lt: 250, default: 0}", "rare", "1 3"},
		{"signature", "signature: {neq: SignedValid}", "rare", "1 2 5 7 8 9 10"},
		{"signature in", "signature: [signedvalid, x]", "rare", "3"},
		{"count", "local: {distinct: host, lte: 2}", "rare", "1 2 3 4 5"},
		{"count, hosts in any case", "local: {distinct: host, eq: 3}", "rare", "7 8 9 10"},
		{"the rarest, ties by value", "local: {distinct: host, rarest: 2}", "rare", "1 2"},
		{"the rarest five", "local: {distinct: host, rarest: 5}", "rare", "1 2 3 4 5"},
		{"among a few", "local: {distinct: host, eq: 2}, among: b", "rare", "7 8 9 10"},
		{"not rare", "global: {lt: 250}", "not rare", "2 4 6"},
		{"rare or named", "global: {lt: 5, default: 9}", "rare or b", "3 8 9 10"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, "+c.spec+"}\ndetection:\n  b: {Image|endswith: '\\b'}\n  condition: "+c.condition+"\n")
			got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde"), Reputation: table}, []*ir.Rule{r}, events...)
			assert.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

// TestOverALongerPeriod counts from before the lookback, and reports only what is in it.
func TestOverALongerPeriod(t *testing.T) {
	events := []string{
		enginetest.DefenderProcess(1, "08:59:59", "h0", "x", "a"), enginetest.DefenderProcess(2, "09:00:00", "h1", "x", "a"), enginetest.DefenderProcess(3, "11:00:00", "h2", "x", "b"),
		enginetest.DefenderProcess(4, "11:30:00", "h3", "x", "b"), enginetest.DefenderProcess(5, "11:30:00", "h3", "y", "b"), enginetest.DefenderProcess(6, "12:00:01", "h4", "y", "b"),
	}
	for _, c := range []struct{ name, spec, want string }{
		{"in the lookback", "local: {distinct: host, lte: 2}", "3 4 5"},
		{"over a longer period", "local: {distinct: host, lte: 2, over: 3h}", "5"},
		{"whose ends belong to it", "local: {distinct: host, eq: 3, over: 3h}", "3 4"},
		{"among a few", "local: {distinct: host, eq: 1, over: 3h}, among: a", "3 4"},
		{"the rarest", "local: {distinct: host, rarest: 1, over: 3h}", "5"},
	} {
		r := lowered.Rule(t, "schedule: {every: 1h, lookback: 1h}\nprevalence:\n  rare: {field: sha1, "+c.spec+"}\ndetection:\n  a: {CommandLine: a}\n  b: {CommandLine: b}\n  condition: b and rare\n")
		opt := engine.Options{Model: lowered.Model(t, "mde"), Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		assert.Equal(t, c.want, strings.Join(enginetest.IDs(t, opt, []*ir.Rule{r}, events...), " "), c.name)
	}
}

// TestOverInACorrelation: the rules that a correlation reads count over the longer period, too, unless that is shorter
// than the time for which the correlation reads them.
func TestOverInACorrelation(t *testing.T) {
	events := []string{
		enginetest.DefenderProcess(1, "09:00:00", "h1", "x", "a"), enginetest.DefenderProcess(2, "10:30:00", "h2", "x", "a"), enginetest.DefenderProcess(3, "11:30:00", "h3", "x", "a"),
	}
	for over, want := range map[string]string{"3h": "", "2h": "3", "90m": "3", "70m": "3"} {
		rs, cs := lowered.Correlations(t, "title: R\nname: r\nlogsource: {product: windows, category: process_creation}\nprevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 2, over: "+over+"}}\n"+
			"detection: {a: {CommandLine: a}, condition: a and rare}\n---\ntitle: C\nschedule: {every: 1h, lookback: 1h}\ncorrelation: {type: event_count, rules: [r], timespan: 30m, condition: {gte: 1}}\n")
		opt := engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs, Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		assert.Equal(t, want, strings.Join(enginetest.IDs(t, opt, rs, events...), " "), over)
	}
}

// TestOthersValues asks for fields, extracts, and values of the processes above.
func TestOthersValues(t *testing.T) {
	sysmon := func(id int, host, guid, parent, image, hash string) string {
		return fmt.Sprintf(`{"Event":{"System":{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"EventRecordID":%d,"Computer":%q,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-01T10:00:%02dZ"}}},"EventData":{"ProcessGuid":%q,"ParentProcessGuid":%q,"Image":%q,"CommandLine":"run %s","Hashes":"SHA1=%s"}}}`, id, host, id, guid, parent, image, hash, hash)
	}
	events := []string{
		sysmon(1, "h", "{A}", "{0}", `C:\a.exe`, "aa"), sysmon(2, "h", "{B}", "{A}", `C:\b.exe`, "bb"), sysmon(3, "h", "{C}", "{B}", `C:\c.exe`, "cc"),
		sysmon(4, "g", "{D}", "{0}", `C:\d.exe`, "AA"), sysmon(5, "g", "{E}", "{D}", `C:\b.exe`, "ee"),
	}
	for _, c := range []struct{ spec, want string }{
		{"field: sha1, of: parent, local: {distinct: host, eq: 2}", "2 5"},
		{"field: sha1, of: actor, local: {distinct: host, eq: 1}", "3"},
		{"field: sha1, of: grandparent, local: {distinct: host, gte: 1}", "3"},
		{"field: Image, local: {distinct: host, eq: 2}", "2 5"},
		{"field: Argument, local: {distinct: host, eq: 2}", "1 4"},
		{"field: host, local: {distinct: Argument, eq: 2}", "4 5"},
		{"field: sha1, of: parent, signer: evil", "2 5"},
	} {
		extract := ""
		if strings.Contains(c.spec, "Argument") {
			extract = "extract: {Argument: {field: CommandLine, argv: 1}}\n"
		}
		r := lowered.Rule(t, extract+"prevalence:\n  rare: {"+c.spec+"}\ndetection:\n  a: {CommandLine|startswith: run}\n  condition: a and rare\n")
		opt := engine.Options{Model: lowered.Model(t, "windows"), Reputation: rarity.NewTable([]map[string]string{{"sha1": "aa", "Signer": "Evil"}})}
		assert.Equal(t, c.want, strings.Join(enginetest.IDs(t, opt, []*ir.Rule{r}, events...), " "), c.spec)
	}
	file := func(id int, host, hash, actor string) string {
		return fmt.Sprintf(`{"ActionType":"FileCreated","ReportId":%d,"Timestamp":"2026-03-01T10:00:00Z","DeviceId":%q,"SHA1":%q,"InitiatingProcessSHA1":%q,"InitiatingProcessFolderPath":"C:\\x.exe"}`, id, host, hash, actor)
	}
	r := lowered.Rule(t, "logsource: {product: windows, category: file_event}\nprevalence: {rare: {field: sha1, of: actor, local: {distinct: host, lte: 1}}}\ndetection: {a: {Image|endswith: x.exe}, condition: a and rare}\n")
	got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{r}, file(1, "h", "aa", "cc"), file(2, "g", "bb", "cc"), file(3, "h", "aa", "dd"))
	assert.Equal(t, []string{"3"}, got)
}

// TestAPopulationThatDoesNotFit counts what has no room.
func TestAPopulationThatDoesNotFit(t *testing.T) {
	r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, local: {distinct: host, lte: 2, over: 14d}}\ndetection:\n  a: {CommandLine: a}\n  condition: a and rare\n")
	var events []string
	for i := range 50 {
		events = append(events, enginetest.DefenderProcess(i, "08:59:59", "h0", fmt.Sprint("x", i), "a"))
	}
	_, stats := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde"), MaxMemory: 100_000}, []*ir.Rule{r}, events...)
	assert.Positive(t, stats.Uncounted)
	assert.Less(t, stats.Uncounted, 50)
}

// TestWhatIsKnownOfAValue asks for flags, texts and the first time; what is unknown is neither true nor false, and was
// never first seen.
func TestWhatIsKnownOfAValue(t *testing.T) {
	table := rarity.NewTable([]map[string]string{
		{"sha1": "aa", "IsCertificateValid": "true", "IsRootSignerMicrosoft": "1", "SoftwareName": "AnyDesk", "GlobalFirstSeen": "2026-02-28T11:00:00Z"},
		{"sha1": "bb", "IsCertificateValid": "False", "ThreatName": "Bad!x", "GlobalFirstSeen": "2026-02-28T10:59:59Z"},
		{"sha1": "cc", "ProfileAvailability": "Error", "GlobalFirstSeen": "2026-03-01T00:00:00Z"},
		{"sha1": "dd", "IsCertificateValid": "perhaps", "GlobalFirstSeen": "some day"},
	})
	var events []string
	for i, hash := range []string{"aa", "bb", "cc", "dd", "ee"} {
		events = append(events, enginetest.DefenderProcess(i+1, "11:00:00", "h", hash, "a"))
	}
	events = append(events, `{"ActionType":"ProcessCreated","ReportId":6,"SHA1":"aa","ProcessCommandLine":"a"}`)
	for _, c := range []struct{ spec, want string }{
		{"certificate_valid: true", "1 6"}, {"certificate_valid: false", "2"}, {"root_signer_microsoft: true", "1 6"}, {"root_signer_microsoft: false", ""},
		{"software: anydesk", "1 6"}, {"threat: {neq: ''}", "2"}, {"threat: ''", "1 4 5 6"},
		{"global_first_seen: {within: 1d}", "1"}, {"global_first_seen: {within: 1d}, unavailable: include", "1 3"}, {"global_first_seen: {within: 2d}", "1 2"},
	} {
		r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, "+c.spec+"}\ndetection:\n  a: {CommandLine: a}\n  condition: a and rare\n")
		got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "mde"), Reputation: table}, []*ir.Rule{r}, events...)
		assert.Equal(t, c.want, strings.Join(got, " "), c.spec)
	}
}

func TestReputationOnTheEvent(t *testing.T) {
	r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, global: {lt: 250, default: 1000}}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	line := `{"event":{"id":"1","category":["process"],"type":["start"]},"host":{"id":"h","os":{"type":"windows"}},"process":{"executable":"x","hash":{"sha1":"aa"}},"decree":{"GlobalPrevalence":7}}`
	results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "ecs")}, []*ir.Rule{r}, line)
	require.Len(t, results, 1)
	assert.Equal(t, map[string]string{"GlobalPrevalence": "7"}, results[0].Reputation)
}

func TestLoadReputation(t *testing.T) {
	_, err := rarity.LoadTable("testdata/none.csv", rarity.ColumnsOf())
	assert.ErrorContains(t, err, "none.csv")
	_, err = rarity.LoadTable("testdata/nokey.csv", rarity.ColumnsOf())
	assert.ErrorContains(t, err, "a reputation row needs one of the columns sha1, sha256, md5, domain")
	table, err := rarity.LoadTable("testdata/reputation.csv", rarity.ColumnsOf())
	require.NoError(t, err)
	row, ok := table.Lookup("sha1", "AB")
	require.True(t, ok)
	assert.Equal(t, rarity.Row{"SHA1": "ab", "GlobalPrevalence": "5"}, row)
	_, ok = table.Lookup("md5", "ab")
	assert.False(t, ok)
}

func TestReputationTablesThatCannotBe(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"r.ndjson", "{\"sha1\":\"AA\",\"GlobalPrevalence\":5}\n", ""},
		{"r.json", "[{\"Sha256\":\"AA\",\"GlobalPrevalence\":5,\"Signer\":null}]\n", ""},
		{"r.csv", "sha1,GlobalPrevalence,GlobalFirstSeen,GlobalLastSeen,Publisher,Comment\naa,5,2026-02-01T00:00:00Z,soon,x,y\n", ""},
		{"r.csv", "sha1,GlobalPrevalence,Software\naa,5,x\n", ""},
		{"r.csv", "sha1,GlobalPrevalence,Signer,Signers\naa,5,,2\n", ""},
		{"r.ndjson", "{\"sha1\":\"AA\",\"GlobalPrevalence\":5,\"Signer\":\"x\",\"Signers\":2}\n", ""},
		{"r.ndjson", "{\"sha1\":\"AA\",\"Signer\":\"x\"}\n{\"sha1\":\"bb\",\"Signers\":\"y\"}\n", "r.ndjson:2:14: no data model reads the column \"Signers\"; did you mean `Signer`?"},
		{"r.ndjson", "{\"sha1\":\"AA\"}\n{\"GlobalPrevalence\":5}\n", "r.ndjson:2:1: a reputation row needs one of the columns sha1, sha256, md5, domain"},
		{"r.csv", "sha1,GlobalPrevalence\n,5\n", "r.csv:2:1: a reputation row needs one of the columns sha1, sha256, md5, domain"},
		{"r.csv", "sha1,GlobalPrevalence\naa,5\nbb\n", "r.csv:3:1: the row has 1 cells, but the header has 2"},
		{"r.csv", "sha1,GlobalPrevalence\n\"aa,5\nbb,6\n", "r.csv:2:1: not CSV: a quote is never closed, so lines 2 to 3 are one row"},
		{"r.csv", "sha1,IsCertificateValid\naa,true\nbb,\ncc,yes\n", `r.csv:4:4: IsCertificateValid must be true or false, not "yes"; write true, false, 1 or 0`},
		{"r.csv", "sha1;GlobalPrevalence\n\"aä\";1.500,5\n", `r.csv:2:6: GlobalPrevalence must be a number, not "1.500,5"; write digits alone, such as 1500`},
		{"r.csv", "sha1,GlobalFirstSeen\naa,last year\n", `r.csv:2:4: GlobalFirstSeen must be a time, not "last year"; write it as 2026-02-01T00:00:00Z`},
		{"r.csv", "sha1,GlobalPrevalance,Singer\naa,5,x\nbb,6,y\n", "r.csv:1:6: no data model reads the column \"GlobalPrevalance\"; did you mean `GlobalPrevalence`?\nr.csv:1:23: no data model reads the column \"Singer\"; did you mean `Signer`?"},
		{"r.csv", "sha1,globalprevalence\naa,5\n", "r.csv:1:6: no data model reads the column \"globalprevalence\"; did you mean `GlobalPrevalence`?"},
		{"r.csv", "sha1,Global Prevalence\naa,5\n", "r.csv:1:6: no data model reads the column \"Global Prevalence\"; did you mean `GlobalPrevalence`?"},
		{"r.csv", "sha,GlobalPrevalence\naa,5\n", "r.csv:1:1: no data model reads the column \"sha\"; did you mean `sha1`?\nr.csv:2:1: a reputation row needs one of the columns sha1, sha256, md5, domain; add a column, or fill in the value"},
		{"r.ndjson", "{\"sha1\":\"IsRootSignerMicrosoft\", \"IsRootSignerMicrosoft\" : 2}\n", `r.ndjson:1:60: IsRootSignerMicrosoft must be true or false, not "2"`},
		{"r.json", "[{\"sha1\":\"x\"},\n {\"sha1\":\"y\",\"Isuer\":\"z\"}]\n", "r.json:2:1: no data model reads the column \"Isuer\"; did you mean `Issuer`?"},
		{"r.ndjson", "{\"sha1\":\"aa\"}\nnope\n", "r.ndjson:2:1: not JSON: invalid character 'o' in literal null (expecting 'u')"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o644))
		table, err := rarity.LoadTable(path, rarity.ColumnsOf())
		if c.want != "" {
			var unread *rarity.Unread
			require.ErrorAs(t, err, &unread, c.text)
			var said []string
			for _, d := range unread.Found {
				text := filepath.Base(d.Range.File) + ":" + strings.SplitAfterN(d.Range.String(), c.name+":", 2)[1] + ": " + d.Message
				if d.Hint != "" {
					text += "; " + d.Hint
				}
				said = append(said, text)
			}
			assert.Contains(t, strings.Join(said, "\n"), c.want)
			continue
		}
		require.NoError(t, err)
		row, ok := table.Lookup(map[string]string{"r.ndjson": "sha1", "r.json": "sha256", "r.csv": "sha1"}[c.name], "aa")
		assert.True(t, ok, c.name)
		assert.Equal(t, "5", row["GlobalPrevalence"])
	}
}

// TestAReputationTableShowsWhatIsWrong holds the whole text, and that a column of wrong values ends.
func TestAReputationTableShowsWhatIsWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known.csv")
	require.NoError(t, os.WriteFile(path, []byte("sha1,IsCertificateValid\naa,yes\n"), 0o644))
	_, err := rarity.LoadTable(path, rarity.ColumnsOf())
	assert.EqualError(t, err, `reputation table `+path+` cannot be used
error[reputation-value]: IsCertificateValid must be true or false, not "yes"
  --> `+path+`:2:4
  |
2 | aa,yes
  |    ^
  = hint: write true, false, 1 or 0`)
	require.NoError(t, os.WriteFile(path, []byte("sha1,IsCertificateValid\n"+strings.Repeat("aa,yes\n", 1000)), 0o644))
	_, err = rarity.LoadTable(path, rarity.ColumnsOf())
	assert.Equal(t, 10, strings.Count(err.Error(), "must be true or false"))
}

// TestColumnsOfReputation holds the columns to those of the shipped data models, and adds those of another.
func TestColumnsOfReputation(t *testing.T) {
	shipped := rarity.ColumnsOf()
	var models []*schema.Model
	for _, name := range schema.Names() {
		models = append(models, lowered.Model(t, name))
	}
	assert.Equal(t, rarity.ColumnsOf(models...), shipped)
	own := rarity.ColumnsOf(&schema.Model{Sources: []schema.Source{{Reputation: schema.Reputation{Global: "WorldPrevalance", CertificateValid: "Valid"}}}})
	assert.Empty(t, own.Misspelt("WorldPrevalance"))
	assert.Empty(t, own.Misspelt("Signature"), "the rule's word, or something else")
	assert.Equal(t, "SignatureState", rarity.Named("Signature"))
	assert.Equal(t, "Signer", own.Misspelt("signer"))
	assert.Equal(t, "WorldPrevalance", own.Misspelt("WorldPrevalence"))
	_, _, wrong := own.Wrong("Valid", "yes")
	assert.True(t, wrong)
}

// TestColumnsThatNothingTells: what a rule asks for and no row of the table has, unless an event has it.
func TestColumnsThatNothingTells(t *testing.T) {
	rule := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, global: {lt: 250}, signer: x}\ndetection:\n  a: {Image: '*'}\n  condition: a and rare\n")
	const event = `{"event":{"id":"1","category":["process"],"type":["start"]},"host":{"id":"h","os":{"type":"windows"}},"process":{"executable":"x","hash":{"sha1":"bb"}},"decree":{"Signer":"y"}}`
	for _, c := range []struct {
		event string
		row   map[string]string
		want  []string
	}{
		{event, map[string]string{"sha1": "aa", "Prevalence": "5"}, []string{"GlobalPrevalence"}},
		{event, map[string]string{"sha1": "aa", "GlobalPrevalence": "5"}, nil},
		{strings.ReplaceAll(event, "Signer", "Other"), map[string]string{"sha1": "bb", "GlobalPrevalence": "5"}, []string{"Signer"}},
		{strings.ReplaceAll(event, "start", "end"), map[string]string{"sha1": "aa"}, nil}, // no event is counted
	} {
		e, found := engine.New([]*ir.Rule{rule}, engine.Options{Model: lowered.Model(t, "ecs"), Reputation: rarity.NewTable([]map[string]string{c.row})})
		require.Empty(t, found)
		enginetest.Add(t, e, c.event)
		_, _, err := e.Finish()
		require.NoError(t, err)
		var columns []string
		for _, u := range e.UntoldReputation() {
			columns = append(columns, u.Column)
		}
		assert.Equal(t, c.want, columns, c.row)
	}
}

// TestWhatNoLogSourceCounts: a value, or who is counted, that the events do not have.
func TestWhatNoLogSourceCounts(t *testing.T) {
	for spec, want := range map[string]string{
		"{field: QueryName, local: {distinct: host, lte: 3}}":             `data model mde has no field QueryName in the log source of "T"; no event is rare by it`,
		"{field: QueryName, of: parent, local: {distinct: host, lte: 3}}": `data model mde has no field QueryName of the parent in the log source of "T"; no event is rare by it`,
		"{field: sha1, local: {distinct: QueryName, lte: 3}}":             `data model mde has no field QueryName in the log source of "T"; it is counted as 0`,
		"{field: sha1, local: {distinct: host, lte: 3}}":                  "",
		"{field: sha1, global: {lt: 250, default: 0}}":                    "",
		"{field: CommandLine, local: {distinct: user, lt: 100}}":          "",
	} {
		_, found := engine.New([]*ir.Rule{lowered.Rule(t, "prevalence: {p: "+spec+"}\ndetection: {s: {Image|endswith: .exe}, condition: s and p}\n")}, engine.Options{Model: lowered.Model(t, "mde")})
		if want == "" {
			assert.Empty(t, found, spec)
			continue
		}
		require.Len(t, found, 1, spec)
		assert.Equal(t, want, found[0].Message)
	}
}

// TestWhatIsNotCountedIsNotShown holds for a condition without `local`.
func TestWhatIsNotCountedIsNotShown(t *testing.T) {
	for spec, want := range map[string]string{
		"global: {lt: 5, default: 0}":     `rare: aa, globally unknown, signature "", rare: true`,
		"local: {distinct: host, lte: 1}": `rare: aa seen by 1 here (rank 1), globally unknown, signature "", rare: true`,
	} {
		r := lowered.Rule(t, "prevalence:\n  rare: {field: sha1, "+spec+"}\ndetection:\n  b: {Image|endswith: '\\b'}\n  condition: b and rare\n")
		results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "mde")}, []*ir.Rule{r}, seen(1, "h1", "aa", "b"))
		require.Len(t, results, 1)
		assert.Equal(t, want, results[0].Prevalence[0].Describe())
	}
}
