package plural

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCount(t *testing.T) {
	assert.Equal(t, "0 events", Count(0, "event"))
	assert.Equal(t, "1 event", Count(1, "event"))
	assert.Equal(t, "2 matches", Count(2, "match"))
	assert.Equal(t, "2 processes", Count(2, "process"))
}

func TestList(t *testing.T) {
	var all, some strings.Builder
	List(&all, "  ", []string{"a", "b"}, 0)
	List(&some, "", []string{"a"}, 2)
	assert.Equal(t, "  a\n  b\n", all.String())
	assert.Equal(t, "a\nand 2 more\n", some.String())
}

func TestFirst(t *testing.T) {
	assert.Equal(t, "", First(2, nil))
	assert.Equal(t, "a, b", First(2, []string{"a", "b"}))
	assert.Equal(t, "a, b and 1 more", First(2, []string{"a", "b", "c"}))
}
