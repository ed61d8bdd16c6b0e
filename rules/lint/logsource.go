package lint

import (
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

var logSourceChecks = []Check{
	{Code: "unknown-log-source", Severity: diag.Warning, rule: unknownLogSource},
	{Code: "unknown-field", Severity: diag.Warning, rule: unknownField, correlation: unknownFieldOfCorrelation},
	{Code: "absent-field", Severity: diag.Warning, rule: absentField},
	{Code: "unwritten-prefix", Severity: diag.Warning, rule: unwrittenPrefix},
	{Code: "hidden-field", Severity: diag.Warning, rule: hiddenField},
	{Code: "unknown-alert-field", Severity: diag.Warning, rule: unknownAlertField, correlation: unknownAlertFieldOfCorrelation},
	{Code: "list-index", Severity: diag.Warning, rule: listIndex},
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
	if near := rearranged(ls); near != (rules.LogSource{}) {
		return "did you mean " + written(near) + "?"
	}
	hint := unmapped
	for i, part := range partsOf(ls) {
		if part.value == "" || slices.Contains(known[i], part.value) {
			continue
		}
		hint = diag.Suggest("did you mean `"+part.key+": %s`?", part.value, known[i], hint)
	}
	if names := namesWith(ls); hint == unmapped && len(names) > 0 && len(names) <= mostServices {
		return "did you mean the service " + strings.Join(names, " or ") + "?"
	}
	return hint
}

// notProducts are words that stand for any product.
var notProducts = []string{"all", "any", "cloud", "generic", "network", "web"}

// rearranged finds a known log source made of the same words: with a category as the service or the other way round,
// without one of the two, or without a word that is not a product.
func rearranged(ls rules.LogSource) rules.LogSource {
	for _, product := range []string{ls.Product, ""} {
		if product == "" && !slices.Contains(notProducts, ls.Product) {
			continue
		}
		for _, words := range [][2]string{{ls.Category, ls.Service}, {ls.Service, ls.Category}, {"", ls.Service}, {ls.Category, ""}, {"", ls.Category}, {ls.Service, ""}} {
			near := rules.LogSource{Product: product, Category: words[0], Service: words[1]}
			if near.Category == "" && (near.Service == "" || product == "") {
				continue
			}
			if isMapped(near) {
				return near
			}
		}
	}
	return rules.LogSource{}
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

// A hint names so many services at most. The name that the rule has must have some letters, since short ones begin
// many words.
const (
	mostServices = 3
	leastLetters = 3
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

// unknownField reports a field whose name is close to one that the log source has. Most logs have more fields
// than models list, so a name that resembles none is not reported.
func unknownField(s *subject) {
	reported := map[string]bool{}
	s.EachItem(func(it rules.Item) {
		fieldsOfItem(it, func(name string, at diag.Range) {
			if name == "" || reported[name] {
				return
			}
			reported[name] = true
			for _, ls := range s.LogSources() {
				if isListed(ls, name) {
					continue
				}
				if hint, message := misspelt(name, namesIn(s.Rule, ls)); message != "" && !s.saidAbsent(name) {
					s.report(at, hint, "%s", message)
					return
				}
			}
		})
	})
	unknownNames(s)
	unknownOfElements(s)
}

// saidAbsent tells whether absent-field reports a field.
func (s *subject) saidAbsent(name string) bool {
	tested := false
	s.eachTested(func(other string, _ diag.Range) { tested = tested || other == name })
	_, absent := s.isAbsent(name)
	return tested && absent
}

// isListed tells whether a model lists a field or an entity of a log source.
func isListed(ls rules.LogSource, field string) bool {
	for m := range models() {
		for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
			_, mapped := source.Fields[field]
			_, entity := source.Entities[field]
			if mapped || entity {
				return true
			}
		}
	}
	return false
}

// fieldsOf are the fields and entities of log sources that models list, sorted. Those of the parent and the grandparent
// have the names that rules write.
func fieldsOf(all ...rules.LogSource) (known []string) {
	for m := range models() {
		for _, ls := range all {
			for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
				known = slices.AppendSeq(known, maps.Keys(source.Fields))
				known = slices.AppendSeq(known, maps.Keys(source.Entities))
				for level, fields := range source.Ancestors {
					for name := range fields {
						known = append(known, ir.Field{Name: name, Level: level}.SigmaName())
					}
				}
			}
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// namesIn are the names that a rule may write in log sources: their fields and entities, and the rule's extracts.
func namesIn(r *rules.Rule, all ...rules.LogSource) []string {
	known := fieldsOf(all...)
	for _, e := range r.Extracts {
		known = append(known, e.Name)
	}
	return known
}

// misspelt says what is wrong with the name of a field. The message is empty if nothing is.
func misspelt(field string, known []string) (hint, message string) {
	if slices.Contains(known, field) {
		return "", ""
	}
	for _, name := range known {
		if strings.EqualFold(name, field) {
			return "write `" + name + "`, as the events have it: names that the data model does not map are compared letter by letter", fmt.Sprintf("the log source has %q, not %q", name, field)
		}
	}
	if near := diag.Misspelt(field, known); near != "" && len(field) >= 6 {
		return "did you mean `" + near + "`?", fmt.Sprintf("no data model has a field %q in this log source", field)
	}
	return "", ""
}

// unknownFieldOfCorrelation checks the fields that a correlation groups by, reads or shows, in each of its rules.
func unknownFieldOfCorrelation(s *correlationSubject) {
	var shown []rules.NamedField
	for i, name := range s.Body.Fields {
		shown = append(shown, rules.NamedField{Name: name, Range: s.Body.Key("fields", i)})
	}
	for _, f := range slices.Concat(s.GroupBy, s.Fields, shown) {
		reported := map[string]bool{}
		readsField(s.Correlation, f.Name, func(r *rules.Rule, field string) {
			known := namesIn(r, r.LogSources()...)
			hint, message := misspelt(field, known)
			if message == "" && r.ExtractNamed(field) == nil && !shownIn(r.LogSources(), field) {
				hint, message = alertFieldHint(field, known), fmt.Sprintf("no data model has a field or an entity %q in this log source", field)
			}
			if message == "" || reported[field] {
				return
			}
			reported[field] = true
			s.report(f.Range, hint, "%s (of the rule %q)", message, r.Title)
		})
	}
}

// readsField calls f for each rule below a correlation from which a name is read, with the field's name in that rule.
// It does not descend into a correlation that groups by the name: there the name itself is read.
func readsField(c *rules.Correlation, name string, f func(r *rules.Rule, field string)) {
	type question struct {
		of   *rules.Correlation
		name string
	}
	seen := map[question]bool{}
	var below func(question)
	below = func(asked question) {
		for i, in := range asked.of.Inputs {
			field := asked.of.FieldOf(asked.name, i)
			next := question{in.Correlation, field}
			switch {
			case in.Rule != nil:
				f(in.Rule, field)
			case in.Correlation != nil && !seen[next]:
				seen[next] = true
				if !slices.ContainsFunc(in.Correlation.GroupBy, func(g rules.NamedField) bool { return g.Name == field }) {
					below(next)
				}
			}
		}
	}
	below(question{c, name})
}

// generic gives the categories that cover events of a service, by event id.
var generic = map[string]map[string]string{
	"sysmon": {"1": "process_creation", "2": "file_change", "3": "network_connection", "5": "process_termination", "6": "driver_load", "7": "image_load",
		"8": "create_remote_thread", "9": "raw_access_thread", "10": "process_access", "11": "file_event", "12": "registry_event", "13": "registry_set",
		"14": "registry_rename", "15": "create_stream_hash", "17": "pipe_created", "18": "pipe_created", "19": "wmi_event", "20": "wmi_event", "21": "wmi_event",
		"22": "dns_query", "23": "file_delete", "25": "process_tampering", "26": "file_delete_detected", "29": "file_executable_detected"},
	"security": {"4688": "process_creation"},
}

// A part of a field's name that is a number, as in containers.0.image, is the place of an element. Several in a row are
// something else, such as an object identifier.
var (
	index   = regexp.MustCompile(`\.(\d+)(\.|$)`)
	indexes = regexp.MustCompile(`(?:^|\.)\d+\.\d+(?:\.|$)`)
)

// listIndex reports a field with the place of an element in its name, as some tools write it. Events are read without
// places: a name stands for the values of all elements.
func listIndex(s *subject) {
	reported := map[string]bool{}
	s.EachItem(func(it rules.Item) {
		if !index.MatchString(it.Field) || indexes.MatchString(it.Field) || reported[it.Field] || !s.isAnswered() ||
			slices.ContainsFunc(s.LogSources(), func(ls rules.LogSource) bool { return isListed(ls, it.Field) }) {
			return
		}
		reported[it.Field] = true
		s.report(it.Range, "write `"+index.ReplaceAllString(it.Field, "$2")+"`, which any element satisfies; for one of them write `"+index.ReplaceAllString(it.Field, "[$1]$2")+"` with `sigma-version: 3`",
			"elements of a list have no numbers in their names: %q is only found in events whose names have them", it.Field)
	})
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
