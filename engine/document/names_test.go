package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNames finds names of all lengths, and none that differ in one letter.
func TestNames(t *testing.T) {
	var n names
	require.Equal(t, -1, n.find([]byte("a")))
	var all []string
	for i := range 40 {
		all = append(all, strings.Repeat("x", i))
	}
	for i := range 300 {
		all = append(all, fmt.Sprintf("prefix.%d.suffix", i))
	}
	for _, name := range all {
		n.add(name)
	}
	for i, name := range all {
		require.Equal(t, i, n.find([]byte(name)))
		for at := range name {
			require.Equal(t, -1, n.find([]byte(name[:at]+"?"+name[at+1:])), "%q but for byte %d", name, at)
		}
	}
}
