package pages

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/parse"
	"decree/rules/source"
)

// idea is one of tests/reach/ideas.yml.
type idea struct {
	Area, Vendor, Source, Idea string
	Sigma, Decree              string // exactly, approximately or not
	Rule                       string // a file below tests/reach/rules, or of the library, without .yml
	Missing                    string
}

// file is the path of the idea's rule in the repository.
func (i idea) file() string {
	if strings.HasPrefix(i.Rule, "library/") {
		return "rules/" + i.Rule + ".yml"
	}
	return "tests/reach/rules/" + i.Rule + ".yml"
}

// areas are the kinds of events that the ideas must be of.
var areas = []string{"process", "file", "registry", "network", "DNS", "logon", "cloud audit", "identity", "mail", "web"}

// TestReach writes rules/reach.md: how ideas that others published are said. A rule that is said to be Sigma's own has
// no word of decree's, and one that is not has some; each rule is valid and has a query in one language or more.
func TestReach(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "tests", "reach", "ideas.yml"))
	require.NoError(t, err)
	var ideas []idea
	require.NoError(t, yaml.Unmarshal(data, &ideas))
	require.Len(t, ideas, 40)
	vendors, seen, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, i := range ideas {
		vendors[i.Vendor], seen[i.Area] = true, true
		count["sigma "+i.Sigma]++
		count["decree "+i.Decree]++
		assert.Equal(t, i.Decree != "exactly", i.Missing != "", i.Idea)
		assert.Equal(t, i.Decree != "not", i.Rule != "", i.Idea)
		if i.Rule != "" && i.Decree == "exactly" {
			assert.Equal(t, i.Sigma != "exactly", beyondSigma(t, i.file()), i.Idea)
		}
	}
	assert.GreaterOrEqual(t, len(vendors), 6)
	for _, area := range areas {
		assert.True(t, seen[area], area)
	}
	queries := fidelities(t, ideas)
	var b strings.Builder
	fmt.Fprintf(&b, "# How far the language reaches\n\nForty ideas of detections that others have published, described in our own words. They were picked by hand, by people who know the language:\n"+
		"the counts show which kinds of ideas there are, and are not a statistic. The page says how each is said in Sigma's own language, with its correlations, and in decree's. Each rule is valid, and is compiled in every language.\n\n"+
		"| | exactly | approximately | not |\n|---|---|---|---|\n| Sigma alone | %d | %d | %d |\n| decree | %d | %d | %d |\n\n",
		count["sigma exactly"], count["sigma approximately"], count["sigma not"], count["decree exactly"], count["decree approximately"], count["decree not"])
	b.WriteString("The columns of the languages say how faithful the query is, in the first data model that can say it. `decree compile --explain CODE` explains a code.\n\n" +
		"| Area | Idea | Published by | Sigma alone | decree | KQL | SPL | EQL |\n|---|---|---|---|---|---|---|---|\n")
	for _, i := range ideas {
		said, languages := i.Decree, "- | - | -"
		if i.Rule != "" {
			path := strings.TrimPrefix(i.file(), "rules/")
			if path == i.file() {
				path = "../" + path
			}
			said, languages = fmt.Sprintf("[%s](%s)", i.Decree, path), strings.Join(queries[i.file()], " | ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s: %s | %s | %s | %s |\n", i.Area, i.Idea, i.Vendor, i.Source, i.Sigma, said, languages)
	}
	b.WriteString("\n## What is missing\n\n")
	for _, i := range ideas {
		if i.Missing != "" {
			fmt.Fprintf(&b, "- %s Needed: %s.\n", i.Idea, i.Missing)
		}
	}
	page := filepath.Join(root, "rules", "reach.md")
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err, "run the tests with -update")
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), b.String())
}

// beyondSigma tells whether a rule of a file has a section or a modifier that Sigma 2.1 does not have. Schedules and
// suppression say when a rule runs and alerts, and lists are a placeholder's values: neither changes what it can find.
func beyondSigma(t *testing.T, file string) bool {
	t.Helper()
	folder, err := source.OpenFolder(filepath.Join(root, filepath.Dir(file)))
	if strings.HasPrefix(file, "rules/library/") {
		folder, err = source.OpenFolder(filepath.Join(root, "rules", "library"))
		file = strings.TrimPrefix(file, "rules/library/")
	} else {
		file = filepath.Base(file)
	}
	require.NoError(t, err)
	data, err := folder.Read(file)
	require.NoError(t, err)
	read, found := parse.Documents(file, data, folder)
	require.False(t, found.HasErrors(), "%v", found)
	beyond := false
	for _, r := range read.Rules {
		beyond = beyond || len(r.Extracts)+len(r.Joins)+len(r.FirstSeen)+len(r.Prevalence)+len(r.Ancestry) > 0 || len(r.LogSources()) > 1
		items := 0
		r.EachItem(func(rules.Item) { items++ })
		r.EachItemWithElements(func(it rules.Item) {
			items--
			for _, m := range it.Modifiers {
				beyond = beyond || rules.BeyondSigma(m.Name)
			}
		})
		beyond = beyond || items < 0 // below an array
	}
	return beyond
}

// fidelities says for the rule of each idea how faithful it is in KQL, SPL and EQL.
func fidelities(t *testing.T, ideas []idea) map[string][]string {
	t.Helper()
	bin := binary(t)
	args := []string{"compile", "--report", "-f", "json"}
	for _, i := range ideas {
		if i.Rule != "" {
			args = append(args, i.file())
		}
	}
	cmd := exec.Command(filepath.Join(bin, "decree"), args...)
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var report struct {
		Rules []struct {
			File    string
			Targets []struct {
				Model, Fidelity string
				Notes           []struct{ Code, Effect string }
			}
		}
	}
	require.NoError(t, json.Unmarshal(out, &report))
	queries := map[string][]string{}
	for _, r := range report.Rules {
		if len(queries[r.File]) > 0 { // parts of the file's first rule
			continue
		}
		said := false
		for _, q := range r.Targets {
			text := q.Fidelity
			said = said || q.Model != ""
			if q.Fidelity == "exact" {
				text += " (" + q.Model + ")"
			}
			queries[r.File] = append(queries[r.File], text)
		}
		assert.True(t, said, "%s has no query", r.File)
	}
	for _, i := range ideas {
		if i.Rule != "" {
			assert.Len(t, queries[i.file()], 3, i.file())
		}
	}
	return queries
}
