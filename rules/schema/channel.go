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
// those of services, and else those of such channels, if there are others.
func ofChannel(sources []*Source, r *ir.Rule) []*Source {
	if !slices.ContainsFunc(sources, func(s *Source) bool { return s.OtherChannels }) {
		return sources
	}
	others := namesOtherChannels(r.Condition)
	out := slices.DeleteFunc(slices.Clone(sources), func(s *Source) bool {
		if others {
			return s.hasKnownChannel()
		}
		return s.OtherChannels
	})
	if len(out) == 0 {
		return sources
	}
	return out
}

// namesOtherChannels tells whether a condition holds only for events of channels that no service names.
func namesOtherChannels(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.Named:
		return namesOtherChannels(n.Body)
	case *ir.And:
		return slices.ContainsFunc(n.Terms, namesOtherChannels)
	case *ir.Match:
		text, ok := n.Test.(*ir.Text)
		return ok && n.Field.Name == channelField && n.Field.Level == 0 && text.Op == ir.Equals &&
			!slices.ContainsFunc(text.Values, func(v string) bool { return v == "" || channels()[strings.ToLower(v)] })
	}
	return false
}

// hasKnownChannel tells whether the source's scope names a channel that a service names, as it is or as the end of a
// source of Splunk: XmlWinEventLog:Security.
func (s *Source) hasKnownChannel() bool {
	return slices.ContainsFunc(s.Scope, func(t ScopeTest) bool {
		return slices.ContainsFunc(t.Values, func(v string) bool {
			return channels()[strings.ToLower(v[strings.LastIndex(v, ":")+1:])]
		})
	})
}
