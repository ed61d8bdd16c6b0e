package ruletests

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

// TestATestFileWithoutItsRule is a warning where all rules of its folder are read.
func TestATestFileWithoutItsRule(t *testing.T) {
	clitest.Files(t, files+"-- rules/renamed.test.yml --\ncases: []\n")
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 1)
	assert.Equal(t, "test-without-rule", tests.Found[0].Code)
	assert.Equal(t, "rules/renamed.test.yml", tests.Found[0].Range.String())
	tests, _ = load(t, nil, "rules/untested.yml")
	assert.Empty(t, tests.Found)
}

// TestATestFileOfAnotherName is a warning, unless the file has rules.
func TestATestFileOfAnotherName(t *testing.T) {
	const aRule = "title: A\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"
	clitest.Files(t, files+"-- rules/untested_test.yml --\ncases: []\n-- rules/untested.Tests.yaml --\ncases: []\n-- rules/nothing_test.yml --\ncases: []\n-- rules/untested-test.yml --\n"+aRule)
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 2)
	assert.ErrorContains(t, tests.Found[0], "rules/untested.Tests.yaml: warning[test-without-rule]: these tests are not run: the tests of untested.yml are in untested.test.yml")
	assert.Equal(t, "rename it to untested.test.yml", tests.Found[0].Hint)
	assert.ErrorContains(t, tests.Found[1], "rules/untested_test.yml: warning[test-without-rule]")
}

// TestATestFileInCapitals is not run, since only one spelling can be asked for, and is not passed over either.
func TestATestFileInCapitals(t *testing.T) {
	clitest.Files(t, files+"-- rules/untested.test.YML --\ncases: []\n-- rules/LOUD.YML --\n"+"title: Loud\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n"+"-- rules/LOUD.Test.yml --\ncases: []\n")
	tests, _ := load(t, nil, "rules")
	require.Len(t, tests.Found, 2)
	assert.ErrorContains(t, tests.Found[0], "rules/LOUD.Test.yml: warning[test-without-rule]: these tests are not run: the ending of a test file is in lower case")
	assert.Equal(t, "rename it to LOUD.test.yml", tests.Found[0].Hint)
	assert.ErrorContains(t, tests.Found[1], "rules/untested.test.YML: warning[test-without-rule]: these tests are not run")

	require.NoError(t, os.Rename("rules/LOUD.Test.yml", "rules/LOUD.test.yml"))
	require.NoError(t, os.Remove("rules/untested.test.YML"))
	tests, _ = load(t, nil, "rules")
	require.Len(t, tests.Found, 1)
	assert.Equal(t, "no-cases", tests.Found[0].Code, "it is read: the rule file may have any case")
}
