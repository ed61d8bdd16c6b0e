// Package fieldmap says where products hold what rules ask for. In: a log source, as a user writes it, and data models.
// Out: the log sources of these models with their tables, or each field and entity of one log source with its columns.
package fieldmap

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/diag"
	"decree/rules/schema"
)

// Names writes several log sources.
func Names(all []rules.LogSource) string {
	names := make([]string, len(all))
	for i, ls := range all {
		names[i] = ls.Name()
	}
	return strings.Join(names, ", ")
}

// ParseLogSource reads a log source whose parts stand in any order, as windows/process_creation. Each part is a
// product, a category or a service of one of the models.
func ParseLogSource(text string, models []*schema.Model) (rules.LogSource, error) {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune("/, ", r) })
	known := words(models)
	for _, part := range parts {
		if !anycase.Contains(known, part) {
			if product := schema.ProductCalled(part); product != "" {
				return rules.LogSource{}, fmt.Errorf("unknown product, category or service %q: did you mean %q?", part, product)
			}
			return rules.LogSource{}, usage.UnknownName("product, category or service", part, known, "decree fields lists the log sources")
		}
	}
	if len(parts) > 3 {
		return rules.LogSource{}, fmt.Errorf("%q has too many parts: a log source is a product, a category and a service", text)
	}
	var all []rules.LogSource
	for _, ls := range orders(parts) {
		if len(answering(ls, models)) > 0 {
			all = append(all, ls)
		}
	}
	if len(all) == 0 {
		return rules.LogSource{}, fmt.Errorf("no data model has a log source %q: %s", text, near(parts, models))
	}
	return slices.MinFunc(all, func(a, b rules.LogSource) int { return cmp.Compare(exact(b, models), exact(a, models)) }), nil
}

// orders gives the log sources that some parts may be, the usual order first.
func orders(parts []string) []rules.LogSource {
	var out []rules.LogSource
	var place func(at int, ls rules.LogSource)
	place = func(at int, ls rules.LogSource) {
		if at == len(parts) {
			out = append(out, ls)
			return
		}
		for i, part := range []*string{&ls.Product, &ls.Category, &ls.Service} {
			if *part == "" {
				next := ls
				*[]*string{&next.Product, &next.Category, &next.Service}[i] = parts[at]
				place(at+1, next)
			}
		}
	}
	place(0, rules.LogSource{})
	return out
}

// words are the products, categories and services of the models.
func words(models []*schema.Model) []string {
	var out []string
	for _, ls := range logSources(models) {
		for _, part := range []string{ls.Product, ls.Category, ls.Service} {
			if part != "" {
				out = append(out, part)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// logSources are those that the models name, sorted.
func logSources(models []*schema.Model) []rules.LogSource {
	var out []rules.LogSource
	for _, m := range models {
		for i := range m.Sources {
			if ls := of(&m.Sources[i]); ls != (rules.LogSource{}) {
				out = append(out, ls)
			}
		}
	}
	slices.SortFunc(out, func(a, b rules.LogSource) int { return cmp.Compare(a.Name(), b.Name()) })
	return slices.Compact(out)
}

// of gives the log source that a source answers. One that answers any has no parts.
func of(s *schema.Source) rules.LogSource {
	named := func(part string) string {
		if part == "*" {
			return ""
		}
		return part
	}
	return rules.LogSource{Product: named(s.Product), Category: named(s.Category), Service: named(s.Service)}
}

// answering are the models that have a log source.
func answering(ls rules.LogSource, models []*schema.Model) []*schema.Model {
	var out []*schema.Model
	for _, m := range models {
		// which answers whatever is asked
		if len(m.Find(ls.Category, ls.Product, ls.Service)) > 0 && (m.Name != schema.Plain || len(models) == 1) {
			out = append(out, m)
		}
	}
	return out
}

// exact counts the models that name a log source just so.
func exact(ls rules.LogSource, models []*schema.Model) int {
	n := 0
	for _, m := range models {
		if slices.ContainsFunc(m.Sources, func(s schema.Source) bool { return of(&s) == ls }) {
			n++
		}
	}
	return n
}

// near names log sources that share a part with what was asked.
func near(parts []string, models []*schema.Model) string {
	var names []string
	for _, ls := range logSources(models) {
		if slices.ContainsFunc(parts, func(p string) bool { return p == ls.Category || p == ls.Service || p == ls.Product }) {
			names = append(names, ls.Name())
		}
	}
	return diag.Suggest("did you mean %s?", strings.Join(parts, "/"), names, "decree fields "+parts[0]+" lists those with it")
}
