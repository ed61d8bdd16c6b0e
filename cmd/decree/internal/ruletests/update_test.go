package ruletests

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func TestUpdate(t *testing.T) {
	clitest.Files(t, files)
	tests, _ := load(t, nil, "rules")
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	assert.Contains(t, errs.String(), "updated rules/who.test.yml: wrong\n")
	tests, _ = load(t, nil, "rules")
	assert.Equal(t, map[string]bool{"right": true, "wrong": true}, passed(tests))
	errs.Reset()
	require.NoError(t, tests.Update(s, false))
	assert.Empty(t, errs.String(), "nothing is left to update")
}

// TestUpdateLeavesWhatItCannotWrite, and says so.
func TestUpdateLeavesWhatItCannotWrite(t *testing.T) {
	who := "title: %s\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: 'C:\\%s.exe'}, condition: a}\n"
	wrong := "  - {name: wrong, events: [{id: 1, Image: 'C:\\who.exe'}], expect: {ids: [%s]}}\n"
	for _, c := range []struct {
		name, rules, cases, errs, after string
	}{
		{
			"an expectation with a second rule of its file", fmt.Sprintf(who, "A", "who") + "---\n" + fmt.Sprintf(who, "B", "net"), "cases:\n" + fmt.Sprintf(wrong, "2"),
			"updated r/a.test.yml: wrong\nnot updated in r/a.test.yml, edit by hand: wrong\n", "cases:\n" + fmt.Sprintf(wrong, "1"),
		},
		{
			"a comparison", fmt.Sprintf(who, "A", "who"), "cases:\n" + fmt.Sprintf(wrong, "1") + "  - {name: same, events: [{id: 2, Image: 'C:\\who.exe'}], same_as: wrong}\n",
			"not updated in r/a.test.yml, edit by hand: same\n", "cases:\n" + fmt.Sprintf(wrong, "1") + "  - {name: same, events: [{id: 2, Image: 'C:\\who.exe'}], same_as: wrong}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			clitest.Files(t, "-- r/a.yml --\n"+c.rules+"-- r/a.test.yml --\n"+c.cases)
			tests, _ := load(t, nil, "r")
			require.Empty(t, tests.Found)
			s, _, errs := clitest.Streams("")
			require.NoError(t, tests.Update(s, false))
			assert.Equal(t, c.errs, errs.String())
			after, err := os.ReadFile("r/a.test.yml")
			require.NoError(t, err)
			assert.Equal(t, c.after, string(after))
		})
	}
}

// TestUpdateOfAProtectedFile needs force.
func TestUpdateOfAProtectedFile(t *testing.T) {
	clitest.Files(t, files)
	require.NoError(t, os.Chmod("rules/who.test.yml", 0o400))
	tests, _ := load(t, nil, "rules")
	s, _, errs := clitest.Streams("")
	require.ErrorContains(t, tests.Update(s, false), "it is write-protected: --force overwrites it")
	assert.Empty(t, errs.String())
	require.NoError(t, tests.Update(s, true))
	assert.Equal(t, "updated rules/who.test.yml: wrong\n", errs.String())
}

// TestUpdateOfCasesOfSeveralRules writes what each finds.
func TestUpdateOfCasesOfSeveralRules(t *testing.T) {
	of := func(rule, ids string) string {
		return "  - name: of " + rule + "\n    rule: " + rule + "\n" + eventsOfSeveral + "    expect: {ids: " + ids + "}\n"
	}
	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("part", "[]")+of("many", "[]")+of("read", "[]"))
	tests, _ := load(t, nil, "r")
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	assert.Equal(t, "updated r/gen.test.yml: of many, of part, of read\n", errs.String())
	after, err := os.ReadFile("r/gen.test.yml")
	require.NoError(t, err)
	assert.Equal(t, "cases:\n"+of("part", "[1, 2]")+of("many", "[2]")+of("read", "[3]"), string(after))
}
