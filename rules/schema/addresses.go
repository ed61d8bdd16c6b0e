package schema

import (
	"net/netip"
	"strings"

	"decree/rules/ir"
)

// asAddresses is a test of a column in which Elasticsearch has addresses: one form of each, so that ::ffff:10.0.0.1 is
// 10.0.0.1, and 2001:db8:0::1 is 2001:db8::1. An address is asked for as the network of it alone, and first parts
// (10.1.) as that of all that begin so. Beside addresses what is none is left out: no such column has it. Other parts
// stay texts, which cannot be asked. https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/ip
func asAddresses(n *ir.Match) ir.Node {
	text, ok := n.Test.(*ir.Text)
	if !ok || text.Op != ir.Equals && text.Op != ir.StartsWith {
		return n
	}
	networks, rest := &ir.CIDR{}, &ir.Text{Op: text.Op, Cased: text.Cased}
	for _, v := range text.Values {
		p, ok := ownNetwork(v)
		if text.Op == ir.StartsWith {
			p, ok = firstParts(v)
		}
		if ok {
			networks.Prefixes = append(networks.Prefixes, p)
		} else {
			rest.Values = append(rest.Values, v)
		}
	}
	if len(networks.Prefixes) == 0 {
		return n
	}
	terms := []ir.Node{&ir.Match{Base: n.Base, Field: n.Field, Test: networks}}
	if len(rest.Values) > 0 && text.Op == ir.StartsWith {
		terms = append(terms, &ir.Match{Base: n.Base, Field: n.Field, Test: rest})
	}
	return either(n.Base, terms)
}

// ownNetwork is the network of one address. One with a zone is in no column of addresses.
func ownNetwork(v string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(v)
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), err == nil && a.Zone() == ""
}

// firstParts gives the network of the addresses that begin with one to three numbers, each with the dot behind it. An
// address of IPv6 may end so, too (::ffff:10.), and is none of these.
func firstParts(v string) (netip.Prefix, bool) {
	dots := strings.Count(v, ".")
	if dots == 0 || dots > 3 || !strings.HasSuffix(v, ".") {
		return netip.Prefix{}, false
	}
	a, err := netip.ParseAddr(v + strings.Repeat("0.", 3-dots) + "0")
	return netip.PrefixFrom(a, 8*dots), err == nil && a.Is4()
}
