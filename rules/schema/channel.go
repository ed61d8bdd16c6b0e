package schema

import (
	"slices"
	"strings"
	"sync"

	"decree/rules/ir"
)

// channels are those of Windows that a service of Sigma names, in lower case.
var channels = sync.OnceValue(func() map[string]bool {
	windows, err := Shipped("windows")
	if err != nil {
		panic(err) // shipped models are part of the program
	}
	out := map[string]bool{}
	for i := range windows.Sources {
		for _, channel := range windows.Sources[i].Channels() {
			out[strings.ToLower(channel)] = true
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
// those of services, and where it names none of such channels, those of them, if there are others.
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
		text, ok := n.Test.(*ir.Text)
		if !ok || n.Field.Name != channelField || n.Field.Level != 0 || text.Op != ir.Equals {
			return false, false
		}
		other := func(v string) bool { return v != "" && !channels()[strings.ToLower(v)] }
		return slices.ContainsFunc(text.Values, other), !slices.ContainsFunc(text.Values, func(v string) bool { return !other(v) })
	}
	return named, alone
}

// hasKnownChannel tells whether the source's scope names a channel that a service names, as it is or as the end of a
// source of Splunk: XmlWinEventLog:Security.
func (s *Source) hasKnownChannel() bool {
	return slices.ContainsFunc(s.Scope, func(t ScopeTest) bool {
		return slices.ContainsFunc(t.Values, func(v string) bool { return channels()[strings.ToLower(channelOf(v))] })
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
