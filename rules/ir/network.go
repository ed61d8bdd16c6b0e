package ir

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"decree/rules"
)

// network reads a network. A single address is a network of one, a mask is read as its length, and bits behind the
// length are ignored. All three are accepted with a finding. A single address in a list has none, because lists hold
// addresses and networks alike.
func (l *lowerer) network(c *chain, v rules.Value) []Test {
	prefix, err := readNetwork(v.Text)
	if err != nil {
		hint := "write an address and a length, such as 10.0.0.0/8"
		if c.listed {
			hint = "it is a value of the list: write an address and a length there, such as 10.0.0.0/8"
		}
		l.errorf("invalid-cidr", v.Range, hint, "%q is not a network", v.Text)
		return nil
	}
	masked := prefix.Masked()
	_, length, _ := strings.Cut(v.Text, "/")
	switch {
	case length == "" && c.listed:
	case length == "":
		l.networkForm(c, v, masked, "the network has no length; it is read as a single address")
	case length != fmt.Sprint(prefix.Bits()):
		l.networkForm(c, v, masked, "the specification writes a network with a length and not with a mask")
	case prefix.Addr() != masked.Addr():
		l.networkForm(c, v, masked, "the address has bits behind the length of its network; they are ignored")
	}
	return []Test{&CIDR{[]netip.Prefix{masked}}}
}

// networkForm warns of a network that is written in another form. Only one in the rule itself can be rewritten there.
func (l *lowerer) networkForm(c *chain, v rules.Value, masked netip.Prefix, message string) {
	if c.listed {
		l.found.Warnf("network-form", v.Range, fmt.Sprintf("write `%s` in the list", masked), "%q is a value of the list: %s", v.Text, message)
		return
	}
	l.fixable("network-form", v.Range, masked.String(), "%s", message)
}

func readNetwork(text string) (netip.Prefix, error) {
	address, length, found := strings.Cut(text, "/")
	if mask, err := netip.ParseAddr(length); found && err == nil && mask.Is4() {
		m := mask.As4()
		whole := uint32(m[0])<<24 | uint32(m[1])<<16 | uint32(m[2])<<8 | uint32(m[3])
		ones := bits.LeadingZeros32(^whole)
		addr, err := netip.ParseAddr(address)
		if err != nil || !addr.Is4() || whole<<ones != 0 {
			return netip.Prefix{}, fmt.Errorf("%q is not a mask", length)
		}
		return netip.PrefixFrom(addr, ones), nil
	}
	if !found {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is not an address", text)
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// MappedV4 are the IPv6 addresses that stand for IPv4 addresses: ::ffff:10.0.0.1 for 10.0.0.1. Products compare both
// alike; in a rule, an IPv4 address is in no network of IPv6.
// https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
var MappedV4 = netip.MustParsePrefix("::ffff:0:0/96")

// Has tells whether a text is an address in one of the networks. The interface behind an address (fe80::1%4) says
// nothing about its network. https://www.rfc-editor.org/rfc/rfc4007#section-11
func (t *CIDR) Has(text string) bool {
	address, _, _ := strings.Cut(text, "%")
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, prefix := range t.Prefixes {
		if prefix.Contains(a.Unmap()) || prefix.Contains(a) {
			return true
		}
	}
	return false
}
