package compilers

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryGapHasAPage finds the codes in the sources of the compilers, and no page of what nothing reports.
func TestEveryGapHasAPage(t *testing.T) {
	var text strings.Builder
	for _, pattern := range []string{"*.go", "*/*.go", "*/*/*.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				data, err := os.ReadFile(name)
				require.NoError(t, err)
				text.Write(data)
			}
		}
	}
	reported := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:(?:Errorf|Warnf|Told|report|[nN]ote|refuse)\(|NoteOf\([\w.\[\]]+, )"([a-z]+(?:-[a-z]+)*)", |Code: "([a-z-]+)"|const (?:LongQuery|SourcesLeftOut|SourceNotAsked|ModelPassedOver|AnotherProduct|sequenceGap|median|lostHashes|NeverMatches|severalSources|HandWritten|OtherChannels|OtherProducts|ManyValues|NoQuery|LeftOutCode|NoLogSourceCode|SameID) = "([a-z-]+)"`).FindAllStringSubmatch(text.String(), -1) {
		reported[m[1]+m[2]+m[3]] = true
	}
	for _, m := range regexp.MustCompile(`(\w+) +Construct = "([a-z-]+)"`).FindAllStringSubmatch(text.String(), -1) {
		if strings.Contains(text.String(), "compilers."+m[1]+":") { // some dialect lacks it
			reported[m[2]] = true
		}
	}
	require.Greater(t, len(reported), 45)
	pages := map[string]bool{}
	for _, g := range Gaps() {
		pages[g.Code] = true
		assert.True(t, reported[g.Code], "nothing reports %s", g.Code)
		assert.NotEmpty(t, kindOf[g.Kind], g.Code)
		assert.NotEmpty(t, g.Why, g.Code)
		assert.NotEmpty(t, g.Next, g.Code)
	}
	for code := range reported {
		assert.True(t, pages[code], "%s has no page", code)
	}
}

func TestExplainGap(t *testing.T) {
	text, err := ExplainGap("lost-hashes")
	require.NoError(t, err)
	assert.Equal(t, "lost-hashes (refused, unless the approximation is accepted)\n\n"+
		"The list has hashes of an algorithm for which the product has no column, most often IMPHASH. The query searches for the others.\n\n"+
		"Accept the approximation, or give the hashes of an algorithm that the product records.\n\n"+
		"To accept it, write `approximate: {TARGET: [lost-hashes]}` in the rule. To accept it for one command only, pass --allow-approximate lost-hashes.\n", text)
	_, err = ExplainGap("no-colum")
	assert.EqualError(t, err, `unknown code "no-colum": did you mean no-column?`)
}
