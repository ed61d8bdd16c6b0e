package rules

import (
	"strings"

	"decree/rules/diag"
)

// LogSource says which logs a rule reads. Empty parts mean any.
type LogSource struct {
	Range                                  diag.Range
	Category, Product, Service, Definition string
}

// Name writes a log source as users do: windows/process_creation.
func (ls LogSource) Name() string {
	var parts []string
	for _, part := range []string{ls.Product, ls.Category, ls.Service} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// LogSources are all those that the rule's events may be of.
func (r *Rule) LogSources() []LogSource {
	return append([]LogSource{r.LogSource}, r.OtherLogSources...)
}

// Same tells whether two log sources have the same parts.
func (ls LogSource) Same(o LogSource) bool {
	return strings.EqualFold(ls.Category, o.Category) && strings.EqualFold(ls.Product, o.Product) && strings.EqualFold(ls.Service, o.Service)
}

// covers tells whether another log source has the parts of this one.
func (ls LogSource) covers(of LogSource) bool {
	for _, part := range [][2]string{{ls.Category, of.Category}, {ls.Product, of.Product}, {ls.Service, of.Service}} {
		if part[0] != "" && !strings.EqualFold(part[0], part[1]) {
			return false
		}
	}
	return true
}
