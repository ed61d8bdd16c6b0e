package exit

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
	"decree/rules/source"
)

func TestAfter(t *testing.T) {
	var warned, failed, unreadable diag.Diagnostics
	warned.Warnf("w", diag.Range{}, "", "w")
	failed.Errorf("e", diag.Range{}, "", "e")
	unreadable.Errorf(source.UnreadableFile, diag.Range{}, "", "u")
	for _, c := range []struct {
		found diag.Diagnostics
		fails bool
		want  error
		code  int
	}{
		{nil, false, nil, fine},
		{warned, false, nil, fine},
		{warned, true, ErrFindings, found},
		{failed, false, ErrFindings, found},
		{append(failed, unreadable...), true, ErrUnreadable, Usage},
	} {
		err := AfterFailure(c.fails, c.found)
		assert.Equal(t, c.want, err)
		assert.Equal(t, c.code, Code(err))
		assert.Equal(t, err != nil, Shown(err))
	}
	assert.NoError(t, After(warned))
	assert.Equal(t, ErrFindings, After(failed))
	other := errors.New("other")
	assert.Equal(t, Usage, Code(other))
	assert.False(t, Shown(other))
	assert.True(t, Shown(fmt.Errorf("more: %w", ErrFindings)))
}
