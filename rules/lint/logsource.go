package lint

import (
	"iter"
	"maps"
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
