package conformance

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/library"
	"decree/rules/parse"
	"decree/rules/source"
)

// visited is what a browser says of a catalogue.
type visited struct {
	Pages     int                          `json:"pages"`
	Links     int                          `json:"links"` // within the catalogue
	Index     struct{ Cards, Filters int } `json:"index"`
	Reachable int                          `json:"reachable"` // by keyboard, on the first page
	Wrong     []string                     `json:"wrong"`
}

// manyRules are those of a large catalogue, where the public rules are there.
const manyRules = 100

// publicRules gives so many of the public rules, spread over all of them; none without them.
func publicRules(t *testing.T, most int) []string {
	t.Helper()
	corpus := os.Getenv("DECREE_CORPUS")
	if corpus == "" {
		return nil
	}
	var all []string
	require.NoError(t, filepath.WalkDir(filepath.Join(corpus, "sigmahq", "rules"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".yml" {
			all = append(all, path)
		}
		return err
	}))
	var out []string
	for i := range min(most, len(all)) {
		out = append(out, all[i*len(all)/min(most, len(all))])
	}
	return out
}

// hostileRule has a hostile text wherever a rule has one.
func hostileRule(t *testing.T, i int, text string) string {
	t.Helper()
	quoted := func(s string) string {
		out, err := json.Marshal(s)
		require.NoError(t, err)
		return string(out)
	}
	text = strings.NewReplacer("\x00", "", "\x1b", "").Replace(text) // YAML refuses them
	q := quoted("x " + text)
	return fmt.Sprintf(`title: %[1]s
id: 00000000-0000-4000-8000-%012[2]d
description: %[1]s
author: %[1]s
level: high
references: [%[1]s, %[3]s]
falsepositives: [%[1]s]
logsource: {product: windows, category: process_creation, definition: %[1]s}
lists: {tools: [%[1]s]}
ancestry: {up: {parent: {CommandLine|contains: %[1]s}}}
detection:
  a: {CommandLine|contains: [%[1]s, b], Image|filename|expand: '%%tools%%'}
  condition: a and up
documentation: {os: [%[1]s], permission_required: [%[1]s], attack: %[1]s, considerations: %[1]s, response: %[1]s, blind_spots: %[1]s}
data_sources: [{provider: %[1]s, table: %[1]s}]
changelog: [{version: '1.0', date: '2026-01-01', impact: major, notes: %[1]s}]
`, q, i, quoted("javascript:"+text))
}

// TestCatalogueInABrowser opens a catalogue in Chromium: of 100 public rules where they are there, of the library, and
// of rules with hostile texts. DECREE_SCREENSHOTS names a folder for pictures.
func TestCatalogueInABrowser(t *testing.T) {
	t.Parallel()
	chromium, python := needBrowser(t)
	axe := filepath.Join(root(), "tests", "conformance", "docs", "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(axe); err != nil {
		missing(t, "axe-core is not installed: npm ci --prefix tests/conformance/docs")
	}
	folder := t.TempDir()
	hostile := filepath.Join(folder, "hostile")
	require.NoError(t, os.Mkdir(hostile, 0o700))
	for i, text := range hostileTexts {
		require.NoError(t, os.WriteFile(filepath.Join(hostile, fmt.Sprintf("h%02d.yml", i)), []byte(hostileRule(t, i, text)), 0o600))
	}
	public := publicRules(t, manyRules)
	site := filepath.Join(folder, "site")
	cmd := exec.Command(command(t), append([]string{"docs", "--library", "-o", site, hostile}, public...)...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	look := []string{"rules/5e0b8a52-6a0f-4e0c-9d53-7c4f0f0a3178.html"}
	for i := range hostileTexts {
		look = append(look, fmt.Sprintf("rules/00000000-0000-4000-8000-%012d.html", i))
	}
	look = append(look[:1], look[2], look[len(look)-2]) // markup, and a word without end
	var got visited
	ask(t, exec.Command(python, filepath.Join(root(), "tests", "conformance", "docs", "check.py")), map[string]any{
		"chromium": chromium, "site": site, "axe": axe, "look": look, "screenshots": os.Getenv("DECREE_SCREENSHOTS"),
	}, &got)
	assert.Empty(t, got.Wrong)
	shipped, _, err := parse.RuleFiles(source.NewFolder("library", library.FS()), ".")
	require.NoError(t, err)
	rules := len(shipped) + len(hostileTexts) + len(public)
	assert.Equal(t, rules, got.Index.Cards)
	assert.Equal(t, rules+3, got.Pages)
	assert.Greater(t, got.Links, 10*rules)
	assert.Greater(t, got.Index.Filters, 10)
	assert.Greater(t, got.Reachable, 30)
	t.Logf("%d pages, %d links, %d filters", got.Pages, got.Links, got.Index.Filters)
}
