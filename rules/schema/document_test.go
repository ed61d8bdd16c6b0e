package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/source"
)

func problems(t *testing.T, text string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "m.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	_, err := LoadFile(file)
	if err == nil {
		return nil
	}
	var unread *Unread
	require.ErrorAs(t, err, &unread)
	var out []string
	for _, d := range unread.Found {
		assert.True(t, d.Range.Start.Line > 0 || d.Code == "too-many-findings", d.Message)
		assert.NotEmpty(t, d.Hint, d.Message)
		out = append(out, strings.TrimPrefix(d.Range.String(), file+":")+" "+d.Message)
	}
	return out
}

func TestAllFaultsOfAModelFileAreReportedAtOnce(t *testing.T) {
	assert.Equal(t, []string{
		`2:1 unknown key "titel" in a model`,
		`3:7 time must be a list, got: "t"`,
		`7:11 unknown key "colum" in I`,
		`8:30 spread must be a list, got: "I"`,
		`9:34 multivalue must be true or false, got: "perhaps"`,
	}, problems(t, `name: m
titel: M
time: t
sources:
  - name: s
    fields:
      I: {colum: a}
      A: {column: a, spread: I}
      B: {column: b, multivalue: perhaps}
`))
	assert.Equal(t, []string{
		`6:28 unknown word "txt": a field's type is string, int, bool, datetime, ip, hashset, pairs, pattern, xml, digests, arguments, directory, account`,
		`7:31 field B refers to field C, which the source does not have`,
		`8:11 duplicate source "s"`,
		`9:26 keys of level 1 has 1 columns, but level 0 has 2`,
	}, problems(t, `name: m
time: [t]
sources:
  - name: s
    fields:
      I: {column: a, type: txt}
      B: {column: b, spread: [C]}
  - name: s
    keys: {0: [a, b], 1: [c]}
`))
}

func TestReferencesOfAModelFile(t *testing.T) {
	source := func(rest string) string {
		return "name: m\ntime: [t]\nsources:\n  - name: s\n    product: p\n    " + rest + "\n"
	}
	for rest, want := range map[string]string{
		"fields: {A: {column: a, spread: [A]}}":                                                      "6:38 field A refers to itself",
		"fields: {A: {column: a, spread: [B]}, B: {column: b, spread: [A]}}":                         "field A refers to itself through other fields",
		"fields: {A: {column: a, spread: [B]}, B: {column: b, under: C}, C: {column: c, domain: A}}": "field A refers to itself through other fields",
		"fields: {A: {column: a, spread: [Bb]}, Bc: {column: b}}":                                    "field A refers to field Bb, which the source does not have",
		"fields: {A: {column: a, domain: D}}":                                                        "field A refers to field D, which the source does not have",
		"fields: {A: {column: a, under: A}}":                                                         "field A refers to itself",
		"fields: {A: {column: a, or_else: a}}":                                                       "field A: or_else must differ from column",
		"fields: {A: {column: a, instead: {column: a, when: b, is: [c]}}}":                           "field A: instead must name another column",
		"fields: {A: {column: a, instead: {column: b, is: [c]}}}":                                    "field A: instead needs a column, the column that tells when, and what that holds",
		"fields: {A: {column: a, or_else: d, instead: {column: b, when: c, is: [d]}}}":               "field A: instead names one column, and the field is in several or in a part of one",
		"fields: {A: {column: a, alone: true}}":                                                      "field A: alone needs under, which names the field with the first part of the path",
		"fields: {A: {type: int}}":                                                                   "field A has no column",
		"fields: {A: {column: a, holds: filenam}}":                                                   `unknown word "filenam": holds is filename`,
		"fields: {A: {column: a, numbers: octal}}":                                                   `unknown word "octal": numbers is decimal, hexadecimal`,
		"ancestors: {1: {A: {column: a, spread: [B]}}}":                                              "field A refers to field B, which the source does not have",
		"ancestors: {9: {A: {column: a}}}":                                                           "the level of an ancestor must be 1 to 5, got: 9",
		`table: "T\n| delete"`:                                                                       `a table has a control character in its name: "T\n| delete"`,
		`fields: {I: {column: "a\tb"}}`:                                                              `a column has a control character in its name: "a\tb"`,
		"entities: {hots: {column: a}}":                                                              `unknown entity "hots"`,
		"entities: {user: {column: a, named: b}}":                                                    "only the entity host has named",
		"fields: {A: {column: a, closed: true}}":                                                     "field A: closed needs values, which are the only ones of the column",
		"scope: [{column: a}]":                                                                       "the scope test has no values",
		"log: sysmn":                                                                                 `unknown word "sysmn": log is powershell, powershell-classic, security, sysmon, system, windefend`,
		"columns: {a: strin}":                                                                        `unknown word "strin"`,
		"unlisted: a.\n    unlisted_in: b":                                                           "unlisted and unlisted_in exclude each other: unlisted fields are either in columns of their own or in one column",
		"filled: {when: a}":                                                                          "filled needs the column that tells, and what that holds",
		"fields: {A: {column: a, shared: true, values: {x: y}}}":                                     "field A: the values of a shared column are texts as they are",
		"fields: {A: {column: a, shared: true, type: int}}":                                          "field A: the values of a shared column are texts as they are",
		"keys: {0: [a, b], 1: [c]}":                                                                  "keys of level 1 has 1 columns, but level 0 has 2",
		"keys: {1: [c]}":                                                                             "keys of level 1 has 1 columns, but level 0 has 0",
		"keys: {x: [c]}":                                                                             `a key of keys must be a number, got: "x"`,
		"name: t":                                                                                    `duplicate key "name" in an entry of sources`,
	} {
		got := problems(t, source(rest))
		require.NotEmpty(t, got, rest)
		assert.Contains(t, strings.Join(got, "\n"), want, rest)
	}
}

// TestAModelOfKQLHasNoEmptyTexts: Kusto reads them as missing, and a model cannot say otherwise.
func TestAModelOfKQLHasNoEmptyTexts(t *testing.T) {
	for text, want := range map[string]bool{"dialect: kql\n": true, "extends: sentinel\n": true, "dialect: spl\n": false, "dialect: spl\nempty_is_missing: true\n": true,
		"dialect: kql\nempty_is_missing: ~\n": true, "extends: sentinel\nempty_is_missing: ~\n": true, "extends: cim\nempty_is_missing:\n": true, "extends: cim\nempty_is_missing: false\n": false} {
		file := filepath.Join(t.TempDir(), "m.yml")
		require.NoError(t, os.WriteFile(file, []byte("name: m\n"+text+"time: [t]\nsources: [{name: s, product: p, fields: {A: {column: a}}}]\n"), 0o600))
		m, err := LoadFile(file)
		require.NoError(t, err)
		assert.Equal(t, want, m.EmptyIsMissing, text)
	}
	for _, text := range []string{"dialect: kql\n", "extends: sentinel\n"} {
		assert.Equal(t, []string{"3:19 KQL cannot tell an empty text from a missing one"},
			problems(t, "name: m\n"+text+"empty_is_missing: false\ntime: [t]\nsources: [{name: s, product: p, fields: {A: {column: a}}}]\n"))
	}
}

// TestAnOverlaySaysWhatItSays: what its file holds wins, an empty text and a false as well; what it does not name
// stays.
func TestAnOverlaySaysWhatItSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.yml")
	require.NoError(t, os.WriteFile(file, []byte(`name: mine
extends: sentinel
longest: 0
sources:
  - name: sysmon_process_creation
    product: linux
    requires: ""
    unique_keys: false
    keys: {0: [EventData.ProcessId]}
    fields: {Colour: {column: EventData.Colour}}
    ancestors: {1: {Colour: {column: EventData.ParentColour}}}
`), 0o600))
	m, err := LoadFile(file)
	require.NoError(t, err)
	base, err := Load("sentinel")
	require.NoError(t, err)
	assert.Zero(t, m.Longest)
	assert.Equal(t, base.Time, m.Time)
	got, was := m.Find("process_creation", "linux", "")[0], base.Find("process_creation", "windows", "")[1]
	assert.Equal(t, "sysmon_process_creation", was.Name)
	assert.Empty(t, got.Requires)
	assert.False(t, got.UniqueKeys)
	assert.Equal(t, []string{"EventData.ProcessId"}, got.Keys[0])
	assert.Equal(t, was.Keys[1], got.Keys[1])
	assert.Len(t, got.Fields, len(was.Fields)+1)
	assert.Len(t, got.Ancestors[1], len(was.Ancestors[1])+1)
	assert.NotContains(t, was.Fields, "Colour", "the model below is as it was")
	assert.Equal(t, []string{"2:10 unknown model \"sentinell\" in extends"}, problems(t, "name: m\nextends: sentinell\n"))
}

// TestShippedModelsHaveNoFaults holds them to what a user's model is held to.
func TestShippedModelsHaveNoFaults(t *testing.T) {
	for _, name := range Names() {
		data, err := shipped.ReadFile("models/" + name + ".yml")
		require.NoError(t, err)
		_, err = read(name+".yml", data)
		assert.NoError(t, err)
	}
}

func matchOf(field string) *ir.Match {
	return &ir.Match{Field: ir.Field{Name: field}, Test: &ir.Text{Values: []string{`a\b`}}}
}

// TestALongModelIsReadInTime: one line with many fields, every one of them wrong.
func TestALongModelIsReadInTime(t *testing.T) {
	for _, field := range []string{"F%d: {column: c, spread: [F%d]}", "F%d: {column: c, spread: [G%d]}", "F%d: {column: c, colour: %d}"} {
		var b strings.Builder
		b.WriteString("name: m\ntime: [t]\nsources: [{name: s, fields: {")
		for i := range 10_000 {
			fmt.Fprintf(&b, field+", ", i, i)
		}
		began := time.Now()
		assert.Len(t, problems(t, b.String()+"}}]\n"), source.ForModels.Findings+1)
		assert.Less(t, time.Since(began), time.Minute, field) // as for a rule file: the machine may be busy
	}
}

func FuzzModelFile(f *testing.F) {
	f.Add([]byte("name: m\nextends: windows\nsources:\n  - name: security\n    log: security\n    keys: {0: [a], 1: [b]}\n    ancestors: {1: {A: {column: a}}}\n    scope: [{column: c, values: [d], optional: true}]\n    entities: {host: {column: h}}\n"))
	f.Add([]byte("name: m\ntime: [t]\nsources: [{name: s, category: x, fields: {A: {column: a, spread: [B]}, B: {column: b, spread: [A]}}}]\n"))
	f.Add([]byte("name: &a [*a]\n"))
	f.Add([]byte("extends: ecs\nname: m\nsources: [{<<: &s {name: s}, keys: {-1: []}}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := read("m.yml", data)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for i := range m.Sources {
			s := &m.Sources[i]
			for name := range s.Fields {
				_, _ = m.Translate(s, matchOf(name))
				m.Whole(s, name, 0)
			}
		}
	})
}

// TestWordsForMissingValues: only queries of SPL and the engine know a column's own word.
func TestWordsForMissingValues(t *testing.T) {
	for dialect, want := range map[string][]string{"": nil, "dialect: spl\n": nil, "dialect: kql\n": {"field A: only queries of SPL know words for a missing value"}, "dialect: eql\n": {"field A: only queries of SPL know words for a missing value"}} {
		got := problems(t, "name: m\n"+dialect+"time: [t]\nsources:\n- {name: s, product: p, fields: {A: {column: a, missing: none}}}\n")
		require.Len(t, got, len(want), dialect)
		for i := range want {
			assert.Contains(t, got[i], want[i])
		}
	}
}
