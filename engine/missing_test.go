package engine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestValuesThatAnIndexDoesNotHave holds that Elastic's models take for missing what Elasticsearch's index does,
// whatever the document has in its place:
// https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-exists-query
func TestValuesThatAnIndexDoesNotHave(t *testing.T) {
	rule := func(tests string) []*ir.Rule {
		return []*ir.Rule{lowered.Rule(t, "detection:\n  s: "+tests+"\n  condition: s\n")}
	}
	for value, missing := range map[string]bool{
		`[]`: true, `[null]`: true, `{}`: true, `[[]]`: true, `[{}]`: true, `[[null],{}]`: true, `null`: true, `{"x":null}`: true,
		`""`: false, `[""]`: false, `"x"`: false, `[null,"x"]`: false, `[[],"x"]`: false, `0`: false, `false`: false,
	} {
		for _, form := range []string{
			`{"process":{"parent":{"executable":%s},"executable":"a"},%s}`, `{"process":{"parent.executable":%s,"executable":"a"},%s}`,
			`{"process.parent.executable":%s,"process":{"executable":"a"},%s}`, `{"_source":{"process":{"parent":{"executable":%s},"executable":"a"},%s}}`,
		} {
			event := fmt.Sprintf(form, value, `"event":{"id":"1","category":["process"],"type":["start"]},"host":{"os":{"type":"windows"}}`)
			for tests, when := range map[string]bool{"{ParentImage: null}": true, "{ParentImage|exists: false}": true, "{ParentImage|exists: true}": false} {
				got := enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "ecs")}, rule(tests), event)
				assert.Equal(t, missing == when, len(got) == 1, "%s of %s", tests, event)
			}
		}
		plain := fmt.Sprintf(`{"id":1,"ParentImage":%s}`, value)
		got := enginetest.IDs(t, engine.Options{}, rule("{ParentImage|exists: true}"), plain)
		assert.Equal(t, value != "null", len(got) == 1, "other products: %s", plain)
	}
}

func TestNetworksOfAddressesAsTheyAreLogged(t *testing.T) {
	for _, c := range []struct {
		address, network string
		inside           bool
	}{
		{"fe80::aa%4", "fe80::/10", true}, {"FE80::AA%Ethernet 2", "fe80::/10", true}, {"fe80::aa", "fe80::/10", true}, {"2001:db8::1%4", "fe80::/10", false}, {"::1%1", "::1/128", true},
		{"::ffff:10.1.2.3", "10.0.0.0/8", true}, {"::FFFF:10.1.2.3", "10.0.0.0/8", true}, {"::ffff:10.1.2.3%4", "10.0.0.0/8", true}, {"::ffff:11.1.2.3", "10.0.0.0/8", false}, {"::ffff:10.1.2.3", "::ffff:0:0/96", true},
		{"10.1.2.3:443", "10.0.0.0/8", false}, {"[fe80::1]", "fe80::/10", false}, {"%4", "fe80::/10", false}, {"", "::/0", false}, {"10.1.2.3", "::/0", false},
	} {
		rule := lowered.Rule(t, "detection:\n  s: {IpAddress|cidr: '"+c.network+"'}\n  condition: s\n")
		got := enginetest.IDs(t, engine.Options{}, []*ir.Rule{rule}, fmt.Sprintf(`{"id":1,"IpAddress":%q}`, c.address))
		assert.Equal(t, c.inside, len(got) == 1, "%s in %s", c.address, c.network)
	}
}
