package parallel

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEach(t *testing.T) {
	all := make([]int, 1000)
	Each(all, func(n *int) { *n++ })
	for _, n := range all {
		assert.Equal(t, 1, n)
	}
	Each(nil, func(*int) { t.Error("called for nothing") })
}
