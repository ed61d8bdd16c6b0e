package ruletests

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func TestSigmasRegressionData(t *testing.T) {
	clitest.Files(t, `
-- rules/windows/who.yml --
title: Who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
regression_tests_path: data/info.yml
-- rules/nowhere.yml --
title: Nowhere
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
regression_tests_path: data/none.yml
-- rules/outside.yml --
title: Outside
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, condition: a}
regression_tests_path: ../data/info.yml
-- data/info.yml --
regression_tests_info:
  - name: one
    type: json
    provider: Microsoft-Windows-Sysmon
    match_count: 1
    path: data/log.json
-- data/log.json --
{"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\whoami.exe"}
`)
	tests, _ := load(t, nil, "rules/windows")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"one (json)": true}, passed(tests))
	for _, file := range []string{"rules/nowhere.yml", "rules/outside.yml"} {
		tests, _ = load(t, nil, file)
		require.Len(t, tests.Found, 1)
		assert.Equal(t, "no-regression-data", tests.Found[0].Code)
		assert.False(t, tests.Found.HasErrors())
		assert.Empty(t, tests.Tested)
		assert.Len(t, tests.Untested, 1, "it is tested by nothing")
	}
	tests, _ = load(t, nil, "rules/windows")
	assert.Equal(t, "windows", modelOf(tests.Tested[0].Rule))
	tests.Tested[0].Rule.IR.Source.LogSource.Product = "nothing"
	assert.Equal(t, "sigma", modelOf(tests.Tested[0].Rule))
}
