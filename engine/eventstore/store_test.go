package eventstore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStoreGivesWhatItWasGiven asks for events in their order and in any order, of many blocks and of one.
func TestStoreGivesWhatItWasGiven(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var s Store
	var refs []Ref
	var want [][]byte
	for i := range 3000 {
		data := bytes.Repeat(fmt.Appendf(nil, `{"n":%d,"x":%d}`, i, r.IntN(1000)), 1+r.IntN(4))
		if i == 1500 {
			data = bytes.Repeat([]byte("long "), 5*storeBlock)
		}
		refs, want = append(refs, s.Add(data)), append(want, bytes.Clone(data))
		data[0] = 'x' // the store has its own copy
	}
	require.Greater(t, len(s.blocks), 3)
	require.Less(t, s.Size(), 60_000, "what repeats is kept small")
	for i := range refs {
		for _, at := range []int{i, r.IntN(len(refs))} {
			got, err := s.Get(refs[at])
			require.NoError(t, err)
			require.Equal(t, string(want[at]), string(got))
		}
	}
	require.True(t, None.IsNone())
	require.False(t, refs[0].IsNone())
}
