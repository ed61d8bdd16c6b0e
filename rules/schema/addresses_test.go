package schema

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
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

// TestAddressesOfElastic: other products have an address as a text, with the letters that it is written with.
func TestAddressesOfElastic(t *testing.T) {
	for want, text := range map[string]*ir.Text{
		"10.0.0.1/32 2001:db8::1/128": {Op: ir.Equals, Values: []string{"::ffff:10.0.0.1", "2001:DB8:0::1", "-", "fe80::1%4"}},
		"10.1.0.0/16":                 {Op: ir.StartsWith, Values: []string{"10.1."}},
		"equals -":                    {Op: ir.Equals, Values: []string{"-"}},
		"10.0.0.0/8 startswith fe80:": {Op: ir.StartsWith, Values: []string{"10.", "fe80:"}},
		"endswith .1":                 {Op: ir.EndsWith, Values: []string{".1"}},
	} {
		n := &ir.Match{Field: ir.Field{Name: "DestinationIp"}, Test: text}
		for model, addresses := range map[string]bool{"ecs": true, "winlogbeat": true, "splunk-windows": false, "sentinel": false, "asim": false} {
			m, err := Load(model)
			require.NoError(t, err)
			own, err := m.Translate(m.Find("network_connection", "windows", "")[0], n)
			require.NoError(t, err, model)
			if !addresses {
				assert.Equal(t, ir.Node(n), own, model)
				continue
			}
			var asked []string
			ir.Inspect(own, func(n ir.Node) bool {
				if match, ok := n.(*ir.Match); ok {
					switch test := match.Test.(type) {
					case *ir.CIDR:
						for _, p := range test.Prefixes {
							asked = append(asked, p.String())
						}
					case *ir.Text:
						asked = append(asked, test.Op.String(), strings.Join(test.Values, " "))
					}
				}
				return true
			})
			assert.Equal(t, want, strings.Join(asked, " "), model)
		}
	}
}
