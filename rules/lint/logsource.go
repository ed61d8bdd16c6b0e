package lint

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/schema"
)

var logSourceChecks = []Check{
	{Code: "unknown-log-source", Severity: diag.Warning, rule: unknownLogSource},
	{Code: "unknown-field", Severity: diag.Warning, rule: unknownField, correlation: unknownFieldOfCorrelation},
	{Code: "absent-field", Severity: diag.Warning, rule: absentField},
	{Code: "word-for-number", Severity: diag.Warning, rule: eachWholeWord(wordForNumber)},
	{Code: "user-without-domain", Severity: diag.Warning, rule: eachWholeWord(userWithoutDomain)},
	{Code: "unwritten-prefix", Severity: diag.Warning, rule: unwrittenPrefix},
	{Code: "foreign-channel", Severity: diag.Warning, rule: foreignChannel},
	{Code: "hidden-field", Severity: diag.Warning, rule: hiddenField},
	{Code: "unknown-alert-field", Severity: diag.Warning, rule: unknownAlertField, correlation: unknownAlertFieldOfCorrelation},
	{Code: "list-index", Severity: diag.Warning, rule: listIndex},
	{Code: "text-of-structure", Severity: diag.Warning, rule: textOfStructure},
	{Code: "specific-log-source", Severity: diag.Info, rule: specificLogSource},
}

// models gives the shipped data models, without the plain one, which accepts everything. Each is read when it is first
// asked for: what a rule has is mostly known to the first few.
func models() iter.Seq[*schema.Model] {
	return func(yield func(*schema.Model) bool) {
		for _, m := range shipped() {
			if !yield(m()) {
				return
			}
		}
	}
}

var shipped = sync.OnceValue(func() []func() *schema.Model {
	var out []func() *schema.Model
	for _, name := range schema.Names() {
		if name == schema.Plain {
			continue
		}
		out = append(out, sync.OnceValue(func() *schema.Model {
			m, err := schema.Shipped(name)
			if err != nil {
				panic(err) // shipped models are part of the program
			}
			return m
		}))
	}
	return out
})

func unknownLogSource(s *subject) {
	for _, ls := range s.LogSources() {
		s.unknownLogSource(ls)
	}
}

func (s *subject) unknownLogSource(ls rules.LogSource) {
	for _, part := range partsOf(ls) {
		if strings.ContainsAny(part.value, "*?") {
			s.report(ls.Range, "leave `"+part.key+"` out if any is meant", "a log source has no wildcards: %q is the name of a %s", part.value, part.key)
			return
		}
	}
	answered := false
	for m := range models() {
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			answered = true
			if ls.Product == "" || source.Product != "*" {
				return
			}
		}
	}
	known := knownParts(ls.Product)
	if !answered {
		s.report(ls.Range, unmappedHint(ls, known), "no shipped data model has the log source %s", written(ls))
		return
	}
	// by sources of any product: one of another vendor, or a slip
	if near := diag.Suggest("did you mean `product: %s`?", ls.Product, known[0], ""); near != "" && !slices.Contains(known[0], ls.Product) {
		s.report(ls.Range, near, "no shipped data model names the product %q", ls.Product)
	}
}

// knownParts gives the products of all models, and the categories and the services of one product; those of all if no
// model knows it.
func knownParts(product string) (known [3][]string) {
	named := isProduct(product)
	for m := range models() {
		for _, source := range m.Sources {
			known[0] = append(known[0], source.Product)
			if !named || source.Product == product {
				known[1], known[2] = append(known[1], source.Category), append(known[2], source.Service)
			}
		}
	}
	return known
}

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

// written writes a log source as a rule does.
func written(ls rules.LogSource) string {
	var parts []string
	for _, part := range partsOf(ls) {
		if part.value != "" {
			parts = append(parts, part.key+": "+part.value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// partOfLogSource is a key of a log source and its value.
type partOfLogSource struct{ key, value string }

func partsOf(ls rules.LogSource) [3]partOfLogSource {
	return [3]partOfLogSource{{"product", ls.Product}, {"category", ls.Category}, {"service", ls.Service}}
}

// generic gives the categories that cover events of a service, by event id.
var generic = map[string]map[string]string{
	"sysmon": {"1": "process_creation", "2": "file_change", "3": "network_connection", "5": "process_termination", "6": "driver_load", "7": "image_load",
		"8": "create_remote_thread", "9": "raw_access_thread", "10": "process_access", "11": "file_event", "12": "registry_event", "13": "registry_set",
		"14": "registry_rename", "15": "create_stream_hash", "17": "pipe_created", "18": "pipe_created", "19": "wmi_event", "20": "wmi_event", "21": "wmi_event",
		"22": "dns_query", "23": "file_delete", "25": "process_tampering", "26": "file_delete_detected", "29": "file_executable_detected"},
	"security": {"4688": "process_creation"},
}

// isAnswered tells whether some model has a log source of the rule.
func (s *subject) isAnswered() bool {
	for m := range models() {
		for _, ls := range s.LogSources() {
			if len(m.Find(ls.Category, ls.Product, ls.Service)) > 0 {
				return true
			}
		}
	}
	return false
}

func specificLogSource(s *subject) {
	if s.LogSource.Product != "windows" || s.LogSource.Category != "" || len(s.OtherLogSources) > 0 {
		return
	}
	var ids []rules.Value
	covered := map[string]bool{} // categories of the ids; "" for an id that is in none
	s.EachItem(func(it rules.Item) {
		if it.Field == "EventID" && len(it.Modifiers) == 0 {
			for _, v := range it.Values {
				ids = append(ids, v)
				covered[generic[s.LogSource.Service][v.Text]] = true
			}
		}
	})
	if len(covered) == 0 || covered[""] {
		return
	}
	names := slices.Sorted(maps.Keys(covered))
	hint := "write `category: " + names[0] + "` instead of the service and the event id"
	if len(names) > 1 {
		hint = "write a rule for each of " + strings.Join(names, ", ") + ", or a list of log sources with these categories, which only decree knows"
	}
	first := ids[0]
	s.report(first.Range, hint, "event %[2]s of %[1]s is in the category %[3]s, which covers every sensor", s.LogSource.Service, first.Text, generic[s.LogSource.Service][first.Text])
}
