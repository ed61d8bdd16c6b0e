package eql

import (
	"fmt"
	"net/netip"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// beyondV4 tells whether a network has all IPv4 addresses as Elasticsearch stores them, which is as mapped ones, and
// others. https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/ip
func beyondV4(p netip.Prefix) bool { return p.Overlaps(ir.MappedV4) && p.Bits() < ir.MappedV4.Bits() }

// asStored is a network as Elasticsearch takes it: one of mapped addresses is that of the IPv4 addresses, for it
// refuses the CIDR notation of mapped addresses.
func asStored(p netip.Prefix) string {
	if p.Addr().Is4In6() && p.Bits() >= ir.MappedV4.Bits() {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-ir.MappedV4.Bits())
	}
	return quote(p.String())
}

// networks tests whether an address is in a network. Of one that has all IPv4 addresses, these are excluded.
// https://www.elastic.co/docs/reference/query-languages/eql/eql-function-ref
func networks(col schema.Column, t *ir.CIDR) (compilers.Pred, error) {
	if col.Type != schema.IP {
		return nil, fmt.Errorf("cidrMatch needs a column of type ip, but %s is text", col.Name)
	}
	in := func(nets []string) compilers.Pred {
		return compilers.Atom("cidrMatch(" + columnName(col.Name) + ", " + strings.Join(nets, ", ") + ")")
	}
	var plain, beyond []string
	for _, p := range t.Prefixes {
		if beyondV4(p) {
			beyond = append(beyond, asStored(p))
		} else {
			plain = append(plain, asStored(p))
		}
	}
	var ways compilers.Any
	if len(plain) > 0 {
		ways = append(ways, in(plain))
	}
	if len(beyond) > 0 {
		ways = append(ways, compilers.All{in(beyond), compilers.Not{Term: in([]string{quote("0.0.0.0/0")})}})
	}
	return ways, nil
}

// addresses tests whether a column has one of some addresses, each as the network of it alone: Elasticsearch refuses
// `in` for addresses, and `==` with an address where another is joined to it by `or`. It would also refuse to look for
// what is no address, or has a zone: no column of addresses holds it. The first parts of IPv4 addresses (10.1.) are a
// network, too.
// https://github.com/elastic/elasticsearch/issues/118621
// https://github.com/elastic/detection-rules/pull/431
func addresses(col schema.Column, t *ir.Text) (compilers.Pred, error) {
	named := &ir.CIDR{}
	switch t.Op {
	case ir.Equals:
		named.Prefixes = hosts(t.Values)
	case ir.StartsWith:
		for _, v := range t.Values {
			p, ok := firstParts(v)
			if !ok {
				return nil, fmt.Errorf("column %s is of type ip: it can be tested for addresses, networks and whole first parts of IPv4 addresses such as 10.1. and %q is none", col.Name, v)
			}
			named.Prefixes = append(named.Prefixes, p)
		}
	default:
		return nil, fmt.Errorf("column %s is of type ip: it can be tested for addresses, networks and whole first parts of IPv4 addresses, not for other parts", col.Name)
	}
	if len(named.Prefixes) == 0 {
		return compilers.Constant(false), nil
	}
	return networks(col, named)
}

// hosts are the networks of single addresses, without what is none or has a zone.
func hosts(values []string) (out []netip.Prefix) {
	for _, v := range values {
		if a, err := netip.ParseAddr(v); err == nil && a.Zone() == "" {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
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

// noteMapped notes what is otherwise in networks of IPv6 addresses that stand for IPv4 addresses, and of such an
// address itself.
func (w *writer) noteMapped(m *ir.Match, col schema.Column) {
	var asked []netip.Prefix
	switch t := m.Test.(type) {
	case *ir.CIDR:
		asked = t.Prefixes
	case *ir.Text:
		if col.Type == schema.IP && t.Op == ir.Equals {
			asked = hosts(t.Values)
		}
	}
	for _, p := range asked {
		switch {
		case p.Addr().Is4() || !p.Overlaps(ir.MappedV4):
		case beyondV4(p):
			w.plan.NoteOf(m, "mapped-addresses", "false-negatives", fmt.Sprintf("Elastic stores ::ffff:10.0.0.1 as 10.0.0.1, and IPv4 addresses are not in %s: an event with such an address, or with one of IPv4 beside others in the field, is not found", p))
		default:
			w.plan.NoteOf(m, "mapped-addresses", "false-positives", fmt.Sprintf("Elastic stores ::ffff:10.0.0.1 as 10.0.0.1: the query also finds the IPv4 addresses that %s stands for", p))
		}
	}
}
