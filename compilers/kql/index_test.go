package kql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/tests/fixture/lowered"
)

// TestIndexTerms pins what a query asks the index of terms: the stages that it has more than without.
func TestIndexTerms(t *testing.T) {
	for _, c := range []struct{ model, category, detection, condition, want string }{
		{"mde", process, `{CommandLine|contains: ' -urlcache '}`, "s", `ProcessCommandLine has "urlcache"`},
		{"mde", process, `{CommandLine|contains: 'urlcache'}`, "s", ""},
		{"mde", process, `{CommandLine|contains: [' -split ', '-urlcache']}`, "s", `ProcessCommandLine has "split" or ProcessCommandLine hasprefix "urlcache"`},
		{"mde", process, `{CommandLine|contains|all: [' -split ', ' -urlcache ', ' -f ']}`, "s", `ProcessCommandLine has_all ("urlcache", "split")`},
		{"mde", process, `{CommandLine|contains: [' /add ', ' /del ']}`, "s", `ProcessCommandLine has_any ("add", "del")`},
		{"mde", process, `{Image|endswith: '\certutil.exe', CommandLine|contains: ' -urlcache '}`, "s", ""}, // FileName is asked
		{"mde", process, `{CommandLine|word: urlcache}`, "s", ""},                                           // has is asked
		{"mde", process, `{CommandLine|contains: ' -urlcache '}`, "not s", ""},
		{"mde", process, `{CommandLine|contains: ' -urlcache ', ProcessId|gt: 5}`, "s", `ProcessCommandLine has "urlcache"`},
		{"mde", process, `{CommandLine|re: 'x', Image|contains: ['\Tools\', '\Temp\']}`, "s", `FolderPath has_any ("Tools", "Temp")`},
		{"mde", process, `[{CommandLine|contains: ' -urlcache '}, {Image|contains: '\Tools\'}]`, "s", `ProcessCommandLine has "urlcache" or FolderPath has "Tools"`},
		{"mde", process, `{Image|filename|startswith: 'psexe'}`, "s", `FileName hasprefix "psexe"`},
		{"mde", registry, `{TargetObject|contains: '\CurrentVersion\Run\'}`, "s", `RegistryKey has_all ("CurrentVersion", "Run")`},
		{"sentinel", "file_event", `{TargetFilename: 'a -urlcache b'}`, "s", `EventData has "urlcache"`},
		{"sentinel", "file_event", `{TargetFilename|contains: ['"urlcache "', ' mimi"']}`, "s", ""}, // JSON may write the quote as
		{"sentinel", "file_event", `{TargetFilename|contains: "\turlcache "}`, "s", ""},             // of \t, the index has turlcache
		{"sentinel", "file_event", `{TargetFilename|contains: ' 2026T10Z '}`, "s", ""},
		{"sentinel", "file_event", `{TargetFilename: '1.2345E+20'}`, "s", ""}, // a number may be written otherwise
		{"sentinel", "image_load", `{Hashes|contains: 'IMPHASH=821D74031D3F625B'}`, "s", `EventData hasprefix "821D74031D3F625B"`},
		{"sentinel-event", "file_event", `{TargetFilename|contains: '"urlcache"'}`, "s", `EventData has "urlcache"`},
		{"sentinel-event", "image_load", `{Imphash: 821D74031D3F625B}`, "s", ""}, // what stands around it in the longer text is not known
	} {
		m := lowered.Model(t, c.model)
		r := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: "+c.category+"}\ndetection:\n  s: "+c.detection+"\n  condition: "+c.condition+"\n")
		compile := func(without bool) *compilers.Query {
			q, found := New().Compile(r, compilers.Options{Model: m, NoIndexTerms: without})
			require.NotNil(t, q, "%v", found)
			return q
		}
		with, without := compile(false), compile(true)
		more := strings.Split(with.Text, "\n")
		for line := range strings.Lines(without.Text) {
			for i, has := range more {
				if has == strings.TrimSuffix(line, "\n") {
					more = append(more[:i], more[i+1:]...)
					break
				}
			}
		}
		assert.Equal(t, c.want, strings.TrimPrefix(strings.TrimSpace(strings.Join(more, "\n")), "| where "), "%s\n%s", c.detection, with.Text)
		assert.Equal(t, c.want != "", with.Indexed && !without.Indexed, c.detection)
	}
}

// TestIndexTermsOfAListApart: a watchlist may change without the query.
func TestIndexTermsOfAListApart(t *testing.T) {
	r := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nlists: {names: [certutil.exe, bitsadmin.exe]}\ndetection:\n  s: {Image|filename|expand: '%names%'}\n  condition: s\n")
	for lists, asked := range map[string]bool{compilers.ListsApart: false, compilers.ListsInline: true} {
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel"), Lists: lists})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, asked, strings.Contains(q.Text, `"certutil"`), q.Text)
	}
}

// TestIndexTermsOfJSONInAText: its sender may have written = as \u003d, of which the index has u003dadministrator.
func TestIndexTermsOfJSONInAText(t *testing.T) {
	for value, want := range map[string]bool{"=administrator ": false, ":administrator ": true, " administrator=": true} {
		r := lowered.Rule(t, "title: T\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {requestParameters.policyDocument|contains: '"+value+"'}\n  condition: s\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, strings.Contains(q.Text, `RequestParameters has "administrator"`), q.Text)
	}
}

// TestIndexTermsOfSeveralSearches: a query asks an index if all its searches do.
func TestIndexTermsOfSeveralSearches(t *testing.T) {
	const one = "title: A\nname: %\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine|contains: '@'}, condition: s}\n---\n"
	for texts, want := range map[string]bool{"-abc |-def ": true, "-abc |def": false} {
		a, b, _ := strings.Cut(texts, "|")
		text := strings.Replace(strings.Replace(one, "%", "a", 1), "@", a, 1) + strings.Replace(strings.Replace(one, "%", "b", 1), "@", b, 1) +
			"title: C\ncorrelation: {type: temporal, rules: [a, b], group-by: [host], timespan: 1h}\n"
		_, cs := lowered.Correlations(t, text)
		q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "mde"), Approximate: []string{"all"}})
		require.NotNil(t, q, "%v", found)
		assert.Equal(t, want, q.Indexed, q.Text)
	}
}
