package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/schema"
)

// foreignChannel reports a test for a channel of Windows that the log source does not have: a service is a channel, and
// a category is a part of some.
func foreignChannel(s *subject) {
	if s.lowered == nil {
		return
	}
	windows, err := schema.Shipped("windows")
	if err != nil {
		panic(err) // shipped models are part of the program
	}
	var channels []string
	for _, source := range windows.Asked(s.lowered) {
		of := source.Channels()
		if len(of) == 0 {
			return // of any channel
		}
		channels = append(channels, of...)
	}
	if len(channels) == 0 {
		return
	}
	mayHold := func(v rules.Value) bool {
		return v.Kind != rules.StringValue || strings.ContainsAny(v.Text, "*?%") || anycase.Contains(channels, v.Text)
	}
	s.EachItem(func(it rules.Item) {
		if it.Field != "Channel" || len(it.Modifiers) > 0 || slices.ContainsFunc(it.Values, mayHold) {
			return
		}
		s.report(it.Range, serviceHint(windows, it.Values), "the log source has the channels %s alone: the test never matches", strings.Join(slices.Compact(channels), ", "))
	})
}

// serviceHint suggests the service of the one channel that is tested.
func serviceHint(windows *schema.Model, values []rules.Value) string {
	hint := "remove the test, or leave the service out"
	for i := range windows.Sources {
		if of := &windows.Sources[i]; of.Service != "" && len(values) == 1 && anycase.Contains(of.Channels(), values[0].Text) {
			hint = "did you mean `service: " + of.Service + "`?"
		}
	}
	return hint
}
