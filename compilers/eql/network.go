package eql

import (
	"fmt"
	"net/netip"
	"strings"

	"decree/compilers/logic"
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
func networks(col schema.Column, t *ir.CIDR) (logic.Pred, error) {
	if col.Type != schema.IP {
		return nil, fmt.Errorf("cidrMatch needs a column of type ip, but %s is text", col.Name)
	}
	in := func(nets []string) logic.Pred {
		return logic.Atom("cidrMatch(" + columnName(col.Name) + ", " + strings.Join(nets, ", ") + ")")
	}
	var plain, beyond []string
	for _, p := range t.Prefixes {
		if beyondV4(p) {
			beyond = append(beyond, asStored(p))
		} else {
			plain = append(plain, asStored(p))
		}
	}
	var ways logic.Any
	if len(plain) > 0 {
		ways = append(ways, in(plain))
	}
	if len(beyond) > 0 {
		ways = append(ways, logic.All{in(beyond), logic.Not{Term: in([]string{quote("0.0.0.0/0")})}})
	}
	return ways, nil
}

// addresses tests a column of addresses for texts that are none, or for parts that no network is: addresses, each as
// the network of it alone, and whole first parts are networks already (schema.Model.Translate), since Elasticsearch
// refuses `in` for addresses, and `==` with an address where another is joined to it by `or`. It would also refuse to
// look for what is no address: no column of addresses holds it.
// https://github.com/elastic/elasticsearch/issues/118621
// https://github.com/elastic/detection-rules/pull/431
func addresses(col schema.Column, t *ir.Text) (logic.Pred, error) {
	if t.Op == ir.Equals {
		return logic.Never, nil
	}
	return nil, fmt.Errorf("column %s is of type ip: it can be tested for addresses, networks and whole first parts of IPv4 addresses such as 10.1. and not for %s %q", col.Name, t.Op, t.Values[0])
}

// noteMapped notes what is otherwise in networks of IPv6 addresses that stand for IPv4 addresses.
func (w *writer) noteMapped(m *ir.Match) {
	asked, ok := m.Test.(*ir.CIDR)
	if !ok {
		return
	}
	for _, p := range asked.Prefixes {
		switch {
		case p.Addr().Is4() || !p.Overlaps(ir.MappedV4):
		case beyondV4(p):
			w.plan.NoteOf(m, "mapped-addresses", "false-negatives", fmt.Sprintf("Elastic stores ::ffff:10.0.0.1 as 10.0.0.1, and IPv4 addresses are not in %s: an event with such an address, or with one of IPv4 beside others in the field, is not found", p))
		default:
			w.plan.NoteOf(m, "mapped-addresses", "false-positives", fmt.Sprintf("Elastic stores ::ffff:10.0.0.1 as 10.0.0.1: the query also finds the IPv4 addresses that %s stands for", p))
		}
	}
}
