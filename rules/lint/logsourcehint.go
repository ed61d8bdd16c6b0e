package lint

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/schema"
)

// unmappedHint suggests a log source for one that no model has. known are the products, and the categories and services
// of its product.
func unmappedHint(ls rules.LogSource, known [3][]string) string {
	if names := servicesOf(ls.Product); len(names) > 0 && len(names) <= mostServices {
		return "did you mean " + strings.Join(names, " or ") + "?"
	}
	if product := schema.ProductCalled(ls.Product); product != "" {
		ls.Product = product
		if isMapped(ls) {
			return "did you mean " + written(ls) + "?"
		}
		hint := "did you mean `product: " + product + "`?"
		if have := ofProduct(product); len(have) > 0 && len(have) <= mostOfProduct {
			hint += " It has " + strings.Join(have, ", ")
		}
		return hint
	}
	if near := rearranged(ls); near != (rules.LogSource{}) {
		return "did you mean " + written(near) + "?"
	}
	if hint := closestPart(ls, known); hint != "" {
		return hint
	}
	if names := namesWith(ls); len(names) > 0 && len(names) <= mostServices {
		return "did you mean the service " + strings.Join(names, " or ") + "?"
	}
	if have := ofProduct(ls.Product); len(have) > 0 && len(have) <= mostOfProduct {
		return "the product has " + strings.Join(have, ", ")
	}
	return unmapped
}

// closestPart suggests a known name for the last part of a log source that is like one; "" if none is. If no model has
// the product, the other parts are not looked at: they are of that product.
func closestPart(ls rules.LogSource, known [3][]string) (hint string) {
	for i, part := range partsOf(ls) {
		if part.value == "" || slices.Contains(known[i], part.value) {
			continue
		}
		closest := diag.Misspelt // a product or a service may well be one that no model has
		if part.key == "category" {
			closest = diag.Closest
		}
		if near := closest(part.value, known[i]); near != "" {
			hint = "did you mean `" + part.key + ": " + near + "`?"
		}
		if part.key == "product" {
			break
		}
	}
	return hint
}

// ofProduct lists the log sources of a product, sorted.
func ofProduct(product string) (have []string) {
	for m := range models() {
		for _, source := range m.Sources {
			if source.Product == product && product != "" && source.Product != "*" && (source.Category != "" || source.Service != "") {
				have = append(have, written(rules.LogSource{Category: source.Category, Service: source.Service}))
			}
		}
	}
	slices.Sort(have)
	return slices.Compact(have)
}

// notProducts are words that stand for any product.
var notProducts = []string{"all", "any", "cloud", "generic", "network", "web"}

// rearranged finds a known log source made of the same words; it is empty if there is none.
func rearranged(ls rules.LogSource) rules.LogSource {
	for _, near := range rearrangements(ls) {
		if isMapped(near) {
			return near
		}
	}
	return rules.LogSource{}
}

// rearrangements are the log sources made of the same words: with a category as the service or the other way round,
// without one of the two, or without a word that is not a product.
func rearrangements(ls rules.LogSource) (all []rules.LogSource) {
	var products []string
	if ls.Product != "" {
		products = append(products, ls.Product)
	}
	if slices.Contains(notProducts, ls.Product) {
		products = append(products, "")
	}
	for _, product := range products {
		for _, words := range [][2]string{{ls.Category, ls.Service}, {ls.Service, ls.Category}, {"", ls.Service}, {ls.Category, ""}, {"", ls.Category}, {ls.Service, ""}} {
			near := rules.LogSource{Product: product, Category: words[0], Service: words[1]}
			if near.Category != "" || near.Service != "" && product != "" {
				all = append(all, near)
			}
		}
	}
	if isProduct(ls.Product) {
		return all
	}
	// what is no product, but a log or a kind of logs that several have, or has one beside it
	if ls.Category == "" && ls.Service == "" {
		all = append(all, rules.LogSource{Service: ls.Product})
	}
	for _, category := range []string{ls.Category, ls.Service, ls.Product} {
		if isOfAny(category) {
			all = slices.Insert(all, 0, rules.LogSource{Category: category})
		}
	}
	return all
}

// isOfAny tells whether a model has a category of whichever product.
func isOfAny(category string) bool {
	for m := range models() {
		if slices.ContainsFunc(m.Sources, func(source schema.Source) bool {
			return category != "" && source.Product == "*" && source.Category == category && source.Service == ""
		}) {
			return true
		}
	}
	return false
}

// isMapped tells whether a model has a log source of just these words. Without a product it may be of any.
func isMapped(ls rules.LogSource) bool {
	for m := range models() {
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			if source.Category == ls.Category && source.Service == ls.Service && (ls.Product == "" || source.Product == ls.Product) {
				return true
			}
		}
	}
	return false
}

// unmapped is what to do about a log source that is like none of the models'.
const unmapped = "check its spelling; to run or compile the rule, map the log source in a model file"

// A hint names so many services, or log sources of a product, at most. The name that the rule has must have some
// letters, since short ones begin many words.
const (
	mostServices  = 3
	mostOfProduct = 6
	leastLetters  = 3
)

// namesWith lists the services of the product of which a word begins as the service's name, sorted.
func namesWith(ls rules.LogSource) (names []string) {
	if len(ls.Service) < leastLetters || ls.Product == "" {
		return nil
	}
	word := regexp.MustCompile(`(?:^|[^a-z0-9])` + regexp.QuoteMeta(ls.Service))
	for m := range models() {
		for _, source := range m.Sources {
			if source.Product == ls.Product && word.MatchString(source.Service) {
				names = append(names, source.Service)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// servicesOf lists the log sources whose service begins with a name that a rule has for the product, sorted: a part of
// a product that is named for itself.
func servicesOf(product string) (all []string) {
	if len(product) < leastLetters || isProduct(product) {
		return nil
	}
	for m := range models() {
		for _, source := range m.Sources {
			if strings.HasPrefix(source.Service, product+".") {
				all = append(all, written(rules.LogSource{Product: source.Product, Category: source.Category, Service: source.Service}))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
