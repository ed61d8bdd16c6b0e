package ir

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"decree/rules"
)

// network reads a network. A single address is a network of one, a mask is read as its length, and bits behind the
// length are ignored. All three are accepted with a finding.
func (l *lowerer) network(v rules.Value) []Test {
	prefix, err := readNetwork(v.Text)
	if err != nil {
		l.errorf("invalid-cidr", v.Range, "write an address and a length, such as 10.0.0.0/8", "%q is not a network", v.Text)
		return nil
	}
	masked := prefix.Masked()
	_, length, _ := strings.Cut(v.Text, "/")
	switch {
	case length == "":
		l.fixable("network-form", v.Range, masked.String(), "the network has no length; it is read as a single address")
	case length != fmt.Sprint(prefix.Bits()):
		l.fixable("network-form", v.Range, masked.String(), "the specification writes a network with a length and not with a mask")
	case prefix.Addr() != masked.Addr():
		l.fixable("network-form", v.Range, masked.String(), "the address has bits behind the length of its network; they are ignored")
	}
	return []Test{&CIDR{[]netip.Prefix{masked}}}
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
