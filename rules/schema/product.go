package schema

import (
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/diag"
)

// Foreign tells whether a log source is of a product that none of these models has logs of. A model has a log source
// that one of its sources answers, also a source of any product. A log source without a product is known by its
// category, and one with neither by its service. A name that no shipped model has is misspelt, not foreign, if it is
// almost one of these models'.
func Foreign(ls rules.LogSource, models ...*Model) bool {
	name, part := naming(ls)
	if name == "" || slices.ContainsFunc(models, func(m *Model) bool { return m.Has(ls) }) {
		return false
	}
	var own []string
	for _, m := range models {
		own = append(own, m.parts(part)...)
	}
	same := func(other string) bool { return strings.EqualFold(name, other) }
	if slices.ContainsFunc(own, same) {
		return false
	}
	return diag.Closest(name, own) == "" || slices.ContainsFunc(shippedParts()[part], same)
}

// parts of a log source, as indexes of what a model has of them.
const (
	product = iota
	category
	service
	allParts
)

// naming gives the part of a log source that says whose it is.
func naming(ls rules.LogSource) (name string, part int) {
	for part, name := range [allParts]string{product: ls.Product, category: ls.Category, service: ls.Service} {
		if name != "" {
			return name, part
		}
	}
	return "", product
}

// parts gives the products, categories or services of a model's sources.
func (m *Model) parts(part int) []string {
	var out []string
	for _, s := range m.Sources {
		if name := [allParts]string{product: s.Product, category: s.Category, service: s.Service}[part]; name != "" && name != "*" {
			out = append(out, name)
		}
	}
	return out
}

// Products lists the products of all shipped models, each once.
func Products() []string {
	all := slices.Clone(shippedParts()[product])
	slices.Sort(all)
	return slices.Compact(all)
}

// shippedParts gives what the shipped models have of each part.
var shippedParts = sync.OnceValue(func() [allParts][]string {
	var out [allParts][]string
	for _, name := range Names() {
		m, err := Load(name)
		if err != nil {
			panic(err) // tests load each of them
		}
		for part := range allParts {
			out[part] = append(out[part], m.parts(part)...)
		}
	}
	return out
})
