package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestIndex pins what a search asks beside its rule, so that Splunk answers it from its index.
func TestIndex(t *testing.T) {
	const sysmon = "product: windows, category: process_creation"
	for _, c := range []struct{ model, logsource, detection, condition, want string }{
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: ' urlcache '}`, "s", `"urlcache"`},
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: '-urlcache'}`, "s", ""}, // the segment may be longer
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: 'urlcache '}`, "s", ""},
		{"splunk-windows", sysmon, `{CommandLine|endswith|cased: ' urlcache'}`, "s", `"urlcache"`},
		{"splunk-windows", sysmon, `{CommandLine|startswith|cased: 'urlcache '}`, "s", `"urlcache"`},
		{"splunk-windows", sysmon, `{CommandLine|cased: 'certutil -urlcache'}`, "s", `"certutil" "urlcache"`},
		{"splunk-windows", sysmon, `{CommandLine|re: '\surlcache '}`, "s", ""}, // \s may be a character that is not a breaker
		{"splunk-windows", sysmon, `{CommandLine|re: '[ /-]urlcache '}`, "s", `"urlcache"`},
		{"splunk-windows", sysmon, `{CommandLine|re: '(?i) ask '}`, "s", ""},                          // ſ and the Kelvin sign are no k and no s of the index
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: ' urlcache_'}`, "s", ""},             //
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: '%20urlcache '}`, "s", ""},           // %20 is a breaker, and % is another
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: '<urlcache>'}`, "s", ""},             // JSON may have \u003c
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: "\turlcache "}`, "s", ""},            // JSON has \t
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: "\\urlcache\""}`, "s", `"urlcache"`}, // \\urlcache\" or \urlcache&quot;
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: 'éurlcache '}`, "s", ""},
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: [' -split ', ' -decode ']}`, "s", `("split" OR "decode")`},
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: ' urlcache '}`, "not s", ""},
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: ' urlcache ', Image|endswith: '\certutil.exe'}`, "s", ""}, // certutil is asked
		{"splunk-windows", sysmon, `{CommandLine|contains|cased: ' urlcache ', Image|endswith: 'util.exe'}`, "s", `"urlcache"`},
		{"splunk-windows", sysmon, `{Image|contains: '\Tools\'}`, "s", `"Tools"`}, // a value that ends with a backslash is tested in where
		{"splunk-windows", sysmon, `{Image|contains: 'C:\Windows\System32\'}`, "s", ""},
		{"splunk-windows", sysmon, `{Imphash: 821D74031D3F625BCBD0DF08B70F1E77}`, "s", `"821D74031D3F625BCBD0DF08B70F1E77"`},
		{"splunk-windows", sysmon, `{User|contains|cased: ' urlcache '}`, "s", ""}, // nobody says that it is in the raw text
		{"splunk-windows", sysmon, `{ParentImage|endswith|cased: '\calc.exe'}`, "s", `"calc"`},
		{"splunk-linux", "product: linux, service: syslog", `['urlcache =x']`, "s", ""},
		{"splunk-linux", "product: linux, service: syslog", `['=urlcache x']`, "s", `"urlcache"`}, // the raw text itself is tested
		{"splunk-linux", "product: linux, service: syslog", `[' one urlcache x', ' two urlcache y']`, "s", `"urlcache"`},
		{"cim", sysmon, `{CommandLine|contains|cased: ' urlcache '}`, "s", ""},
	} {
		r := lowered.Rule(t, "title: T\nlogsource: {"+c.logsource+"}\ndetection:\n  s: "+c.detection+"\n  condition: "+c.condition+"\n")
		compile := func(without bool) (string, bool) {
			q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, c.model), Approximate: []string{"all"}, NoIndexTerms: without})
			require.NotNil(t, q, "%v", found)
			return q.Text, q.Indexed
		}
		with, indexed := compile(false)
		without, asked := compile(true)
		assert.Equal(t, c.want != "", indexed && !asked, "%s\n%s", c.detection, with)
		if c.want == "" {
			assert.Equal(t, without, with)
			continue
		}
		assert.Equal(t, without, strings.Replace(with, " "+c.want, "", 1), c.detection)
		base, _, _ := strings.Cut(with, "\n|")
		assert.Contains(t, base, " "+c.want)
	}
}

// TestIndexOfAListApart: a lookup may change without the search.
func TestIndexOfAListApart(t *testing.T) {
	r := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nlists: {names: [certutil.exe, bitsadmin.exe]}\ndetection:\n  s: {Image|filename|expand: '%names%'}\n  condition: s\n")
	for lists, want := range map[string]bool{compilers.ListsApart: false, compilers.ListsInline: true} {
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-windows"), Lists: lists})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, q.Indexed, q.Text)
		assert.NotContains(t, q.Text, ` "certutil"`)
	}
}

// TestIndexOfSeveralSearches: a search asks an index if it asks for a term of each rule that it reads.
func TestIndexOfSeveralSearches(t *testing.T) {
	const one = "title: A\nname: %\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine|contains|cased: '@'}, condition: s}\n---\n"
	for texts, want := range map[string]bool{"-abc |-def ": true, "-abc |def": false} {
		a, b, _ := strings.Cut(texts, "|")
		text := strings.NewReplacer("%", "a", "@", a).Replace(one) + strings.NewReplacer("%", "b", "@", b).Replace(one) +
			"title: C\ncorrelation: {type: temporal, rules: [a, b], group-by: [host], timespan: 1h}\n"
		_, cs := lowered.Correlations(t, text)
		q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "splunk-windows"), Approximate: []string{"all"}})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, q.Indexed, q.Text)
		assert.Equal(t, want, strings.Contains(q.Text, `"abc"`), q.Text) // with the other rule, all events are read
	}
}
