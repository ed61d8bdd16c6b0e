package eql

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFirstPartsAreOfIPv4Only(t *testing.T) {
	for text, want := range map[string]string{"10.": "10.0.0.0/8", "10.1.": "10.1.0.0/16", "192.168.7.": "192.168.7.0/24", "10": "", "10.1": "", "300.": "", "1.2.3.4.": "", "::ffff:10.": "", "::10.": "", "64:ff9b::10.1.": ""} {
		p, ok := firstParts(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, netip.MustParsePrefix(want), p, text)
		}
	}
}
