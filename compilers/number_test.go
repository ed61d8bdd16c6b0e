package compilers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNumber(t *testing.T) {
	for want, f := range map[string]float64{"0.5": 0.5, "-3": -3, "100000000000000000000000": 1e23, "0.00001": 1e-5} {
		assert.Equal(t, want, Number(f))
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		of    time.Duration
		units []string
		want  string
	}{
		{48 * time.Hour, []string{"d", "h", "m"}, "2d"}, {48 * time.Hour, []string{"h", "m"}, "48h"}, {90 * time.Minute, []string{"d", "h", "m"}, "90m"},
		{61 * time.Second, []string{"h", "m"}, "61s"}, {2 * time.Hour, nil, "7200s"},
	} {
		assert.Equal(t, c.want, Span(c.of, c.units...))
	}
}
