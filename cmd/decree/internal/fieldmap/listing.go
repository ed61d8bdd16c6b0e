package fieldmap

import (
	"cmp"
	"slices"

	"decree/rules"
	"decree/rules/schema"
)

// Listed is a log source of a model.
type Listed struct {
	LogSource string `json:"logsource"`
	Model     string `json:"model"`
	Table     string `json:"table,omitempty"` // a table, a search or an event category, as the product has them
}

// List gives the log sources below one, or all of them for the zero log source.
func List(ls rules.LogSource, models []*schema.Model) []Listed {
	out := []Listed{}
	for _, m := range models {
		for i := range m.Sources {
			s := &m.Sources[i]
			if own := of(s); own != (rules.LogSource{}) && within(own, ls) {
				out = append(out, Listed{own.Name(), m.Name, s.Table})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(a.LogSource, b.LogSource), cmp.Compare(a.Model, b.Model))
	})
	return slices.Compact(out)
}

// Partial tells whether a log source stands for several of them: it is a product, or no model names it just so.
func Partial(ls rules.LogSource, models []*schema.Model) bool {
	below := slices.DeleteFunc(logSources(models), func(own rules.LogSource) bool { return !within(own, ls) })
	return len(below) > 1 && (!slices.Contains(below, ls) || ls == rules.LogSource{Product: ls.Product})
}

// within tells whether a log source has all parts of another.
func within(own, ls rules.LogSource) bool {
	has := func(own, asked string) bool { return asked == "" || own == asked }
	return has(own.Product, ls.Product) && has(own.Category, ls.Category) && has(own.Service, ls.Service)
}
