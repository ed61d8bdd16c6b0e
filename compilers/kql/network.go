package kql

import (
	"fmt"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
)

// cidr tests with the function of each address family whether an address is in a network. Each gives null for an
// address that it cannot parse. Dual-stack sockets write `::ffff:10.0.0.1`, which the functions for IPv4 cannot parse,
// and Windows adds the number of the interface to a link-local address (`fe80::1%4`):
// https://learn.microsoft.com/en-us/kusto/query/ipv4-is-in-range-function
// The functions for IPv6 map IPv4 addresses: https://learn.microsoft.com/en-us/kusto/query/ipv6-compare-function
func cidr(o operand, t *ir.CIDR, negated bool) logic.Pred {
	var v4, v6 []string
	holdsV4 := false
	for _, p := range t.Prefixes {
		if p.Addr().Is4() {
			v4 = append(v4, quote(p.String()))
		} else {
			v6 = append(v6, quote(p.String()))
			holdsV4 = holdsV4 || p.Overlaps(ir.MappedV4)
		}
	}
	var either logic.Any
	for _, family := range []struct {
		name   string
		noise  string
		ranges []string
	}{{"ipv4", `(?i)^::ffff:|%.*$`, v4}, {"ipv6", `%.*$`, v6}} {
		if len(family.ranges) == 0 {
			continue
		}
		function := family.name + "_is_in_range"
		if len(family.ranges) > 1 {
			function = family.name + "_is_in_any_range"
		}
		call := fmt.Sprintf(`%s(replace_regex(%s, %s, ""), %s)`, function, o.asText(), verbatim(family.noise), strings.Join(family.ranges, ", "))
		if negated {
			call = "coalesce(" + call + ", false)"
		}
		if family.name == "ipv6" && holdsV4 {
			either = append(either, logic.All{logic.Atom(o.asText() + ` contains ":"`), logic.Atom(call)})
		} else {
			either = append(either, logic.Atom(call))
		}
	}
	return either
}
