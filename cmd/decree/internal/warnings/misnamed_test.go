package warnings

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/cmd/decree/internal/clitest"
	"decree/engine"
)

func TestMisnamed(t *testing.T) {
	s, _, errs := clitest.Streams("")
	Misnamed(s, nil)
	assert.Empty(t, errs.String())
	all := []engine.Misnamed{
		{LogSource: "log", Events: 1, File: "a\x1b", Files: 1, Blank: true, Fields: []string{"Image"}, Names: []string{"image"}},
		{LogSource: "log", Events: 3, File: "b", Files: 2, Blank: true, Fields: []string{"A", "B"}},
		{LogSource: "log", Events: 3, File: "c", Files: 3, Fields: []string{"A", "B"}, Names: []string{"a", "b"}},
	}
	Misnamed(s, all)
	assert.NotContains(t, errs.String(), "\x1b")
	assert.Contains(t, errs.String(), ": no field that rules test is in 1 event of log: Image may be image\n")
	assert.Contains(t, errs.String(), "warning: b and 1 other file: no field that rules test is in 3 events of log: they test A, B\n")
	assert.Contains(t, errs.String(), "warning: c and 2 other files: some fields that rules test are not in 3 events of log: A may be a, B may be b\n")
	errs.Reset()
	Misnamed(s, append(append(all, all...), all...))
	assert.Contains(t, errs.String(), "  and so in 4 other cases\n")
}
