package schema

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"decree/rules/ir"
)

// channels are those of Windows that a service of Sigma names, by their names in lower case.
var channels = sync.OnceValue(func() map[string]string {
	windows, err := Shipped("windows")
	if err != nil {
		panic(err) // shipped models are part of the program
	}
	out := map[string]string{}
	for i := range windows.Sources {
		for _, channel := range windows.Sources[i].Channels() {
			out[strings.ToLower(channel)] = channel
		}
	}
	return out
})

const channelField = "Channel"

// Channels are those of Windows that the source's events are of, none if they may be of any.
func (s *Source) Channels() (out []string) {
	for _, t := range s.Scope {
		if t.Column == channelField && !t.Optional {
			out = append(out, t.Values...)
		}
	}
	return out
}

// ofChannel leaves out sources of other channels of Windows than the rule asks for: those of services, where it holds
// in no service's channel, and those of others, where it names none of these and describes none.
func ofChannel(sources []*Source, r *ir.Rule) []*Source {
	if !slices.ContainsFunc(sources, func(s *Source) bool { return s.OtherChannels }) {
		return sources
	}
	named := namesOthers(r.Condition)
	alone := named && len(servicesOf(r.Condition)) == 0
	out := slices.DeleteFunc(slices.Clone(sources), func(s *Source) bool {
		return alone && s.hasKnownChannel() || !named && s.OtherChannels
	})
	if len(out) == 0 {
		return sources
	}
	return out
}

// namesOthers tells whether a condition names channels that no service names, or describes channels by a pattern, which
// may always fit one of them.
func namesOthers(n ir.Node) (named bool) {
	ir.Inspect(n, func(n ir.Node) bool {
		if test := channelTest(n); test != nil {
			text, ok := test.(*ir.Text)
			if ok && text.Op == ir.Equals {
				ok = slices.ContainsFunc(text.Values, func(v string) bool { return !ofService(v) })
			} else {
				ok = isPattern(test)
			}
			named = named || ok
		}
		_, negated := n.(*ir.Not)
		return !negated
	})
	return named
}

// channelTest is the test of the event's channel, nil for another condition.
func channelTest(n ir.Node) ir.Test {
	if m, ok := n.(*ir.Match); ok && m.Field.Name == channelField && m.Field.Level == 0 {
		return m.Test
	}
	return nil
}

// servicesOf gives the channels of services in whose events a condition may hold, sorted.
func servicesOf(n ir.Node) []string { return mayHoldIn(n, slices.Sorted(maps.Values(channels()))) }

// mayHoldIn gives those of some channels in whose events a condition may hold.
func mayHoldIn(n ir.Node, names []string) []string {
	switch n := n.(type) {
	case *ir.Named:
		return mayHoldIn(n.Body, names)
	case *ir.And:
		for _, term := range n.Terms {
			names = mayHoldIn(term, names)
		}
	case *ir.Or:
		var any []string
		for _, term := range n.Terms {
			any = append(any, mayHoldIn(term, names)...)
		}
		slices.Sort(any)
		return slices.Compact(any)
	}
	test := channelTest(n)
	if test == nil || !isPattern(test) {
		return names
	}
	holds, err := ofText(test)
	if err != nil {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !holds(name) })
}

// isPattern tells whether a test describes names.
func isPattern(t ir.Test) bool {
	switch t.(type) {
	case *ir.Text, *ir.Glob, *ir.Regex, *ir.OfFilename:
		return true
	}
	return false
}

// ofService tells whether a channel is of a service of Sigma. No channel is called "".
func ofService(channel string) bool {
	return channel == "" || channels()[strings.ToLower(channel)] != ""
}

// AsksServicesAlone tells whether only channels that a service names are searched for a rule that may hold for events
// of others, too: it says nothing of channels. Data models that hold other channels' events apart are searched in these
// only for rules that name or describe them.
func (m *Model) AsksServicesAlone(r *ir.Rule) bool {
	others := func(s *Source) bool { return s.OtherChannels }
	ls := r.Source.LogSource
	if !slices.ContainsFunc(m.Find(ls.Category, ls.Product, ls.Service), others) || slices.ContainsFunc(m.Candidates(r), others) {
		return false
	}
	names, ok := onlyChannels(r.Condition)
	return !ok || slices.ContainsFunc(names, func(name string) bool { return !ofService(name) })
}

// inOtherChannels is a rule that is asked of the channels of services, too, as it is asked of those that no service
// names. Their source knows the fields of services' events by other columns, or not at all.
func inOtherChannels(r *ir.Rule) *ir.Rule {
	of := servicesOf(r.Condition)
	if len(of) == 0 || !namesOthers(r.Condition) {
		return r
	}
	at := ir.Base{At: r.Condition.Range()}
	among := func(names []string) ir.Node {
		return &ir.Match{Base: at, Field: ir.Field{Name: channelField}, Test: &ir.Text{Op: ir.Equals, Values: names}}
	}
	limit := ir.Node(&ir.Not{Base: at, Term: among(of)})
	if names, ok := onlyChannels(r.Condition); ok {
		if others := slices.DeleteFunc(names, ofService); len(others) > 0 {
			limit = among(others)
		}
	}
	out := *r
	out.Condition = &ir.And{Base: at, Terms: []ir.Node{r.Condition, limit}}
	return &out
}

// onlyChannels names the channels outside of which a condition never holds. ok is false if there are no such.
func onlyChannels(n ir.Node) (names []string, ok bool) {
	switch n := n.(type) {
	case *ir.Named:
		return onlyChannels(n.Body)
	case *ir.And:
		for _, term := range n.Terms {
			if names, ok = onlyChannels(term); ok {
				return names, true
			}
		}
	case *ir.Or:
		for _, term := range n.Terms {
			own, limited := onlyChannels(term)
			if !limited {
				return nil, false
			}
			names = append(names, own...)
		}
		return names, true
	case *ir.Match:
		if text, ok := channelTest(n).(*ir.Text); ok && text.Op == ir.Equals {
			return slices.Clone(text.Values), true
		}
	}
	return nil, false
}

// hasKnownChannel tells whether the source's scope names a channel that a service names, as it is or as the end of a
// source of Splunk: XmlWinEventLog:Security.
func (s *Source) hasKnownChannel() bool {
	return slices.ContainsFunc(s.Scope, func(t ScopeTest) bool {
		return slices.ContainsFunc(t.Values, func(v string) bool { return channels()[strings.ToLower(channelOf(v))] != "" })
	})
}

// channelOf is a channel that stands alone or at the end of a source of Splunk.
func channelOf(source string) string { return source[strings.LastIndex(source, ":")+1:] }

// splunkChannels are the channels that the scope names as sources of Splunk.
func (s *Source) splunkChannels() (out []string) {
	for _, t := range s.Scope {
		if t.Column != "source" || !slices.ContainsFunc(t.Values, func(v string) bool { return strings.HasPrefix(v, "XmlWinEventLog:") }) {
			continue
		}
		for _, v := range t.Values {
			if channel := channelOf(v); !slices.Contains(out, channel) {
				out = append(out, channel)
			}
		}
	}
	return out
}
