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

// ofChannel leaves out sources of other channels of Windows than the rule names: where no service names its channels,
// those of services, and where it names none of such channels, nor describes them alone, those of them, if there are
// others.
func ofChannel(sources []*Source, r *ir.Rule) []*Source {
	if !slices.ContainsFunc(sources, func(s *Source) bool { return s.OtherChannels }) {
		return sources
	}
	named, alone := otherChannels(r.Condition)
	out := slices.DeleteFunc(slices.Clone(sources), func(s *Source) bool {
		return alone && s.hasKnownChannel() || !named && s.OtherChannels
	})
	if len(out) == 0 {
		return sources
	}
	return out
}

// otherChannels tells whether a condition names channels that no service names, and whether it holds only for events of
// such channels.
func otherChannels(n ir.Node) (named, alone bool) {
	switch n := n.(type) {
	case *ir.Named:
		return otherChannels(n.Body)
	case *ir.And:
		for _, term := range n.Terms {
			also, only := otherChannels(term)
			named, alone = named || also, alone || only
		}
	case *ir.Or:
		alone = true
		for _, term := range n.Terms {
			also, only := otherChannels(term)
			named, alone = named || also, alone && only
		}
	case *ir.AtLeast:
		for _, term := range n.Terms {
			also, _ := otherChannels(term)
			named = named || also
		}
	case *ir.Match:
		if n.Field.Name != channelField || n.Field.Level != 0 {
			return false, false
		}
		if text, ok := n.Test.(*ir.Text); ok && text.Op == ir.Equals {
			others := slices.DeleteFunc(slices.Clone(text.Values), ofService)
			return len(others) > 0, len(others) == len(text.Values)
		}
		others := isPattern(n.Test) && !matchesService(n.Test)
		return others, others
	}
	return named, alone
}

// isPattern tells whether a test describes names.
func isPattern(t ir.Test) bool {
	switch t.(type) {
	case *ir.Text, *ir.Glob, *ir.Regex, *ir.OfFilename:
		return true
	}
	return false
}

// matchesService tells whether a pattern describes a channel of a service, or may do so.
func matchesService(t ir.Test) bool {
	holds, err := ofText(t)
	if err != nil {
		return true
	}
	for _, name := range channels() {
		if holds(name) {
			return true
		}
	}
	return false
}

// ofService tells whether a channel is of a service of Sigma. No channel is called "".
func ofService(channel string) bool {
	return channel == "" || channels()[strings.ToLower(channel)] != ""
}

// inOtherChannels is a rule that is asked of the channels of services, too, as it is asked of those that no service
// names. Their source knows the fields of services' events by other columns, or not at all.
func inOtherChannels(r *ir.Rule) *ir.Rule {
	if named, alone := otherChannels(r.Condition); !named || alone {
		return r
	}
	at := ir.Base{At: r.Condition.Range()}
	among := func(names []string) ir.Node {
		return &ir.Match{Base: at, Field: ir.Field{Name: channelField}, Test: &ir.Text{Op: ir.Equals, Values: names}}
	}
	limit := ir.Node(&ir.Not{Base: at, Term: among(slices.Sorted(maps.Values(channels())))})
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
		text, isText := n.Test.(*ir.Text)
		if isText && text.Op == ir.Equals && n.Field.Name == channelField && n.Field.Level == 0 {
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
