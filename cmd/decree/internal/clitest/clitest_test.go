package clitest

import (
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStreamsAndFiles(t *testing.T) {
	s, out, errs := Streams("in")
	in, err := io.ReadAll(s.In)
	require.NoError(t, err)
	fmt.Fprint(s.Out, "out")
	fmt.Fprint(s.Err, "errs")
	assert.Equal(t, []string{"in", "out", "errs"}, []string{string(in), out.String(), errs.String()})
	Files(t, "-- a/b.txt --\ntext\n")
	text, err := os.ReadFile("a/b.txt")
	require.NoError(t, err)
	assert.Equal(t, "text\n", string(text))
}
