package splunk

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/schema"
)

// Each search reads its events through a macro of its log source. That macro is the one of its product, unless an
// administrator gives it another definition, and that is the one of everything. So an index is set in one place, and
// for a log source of its own in another.

// noPlace is the definition of the macro of everything: the indexes that Splunk searches by default. CIM's macros of
// indexes have the same.
// https://help.splunk.com/en/data-management/common-information-model/6.0/introduction/set-up-the-splunk-common-information-model-add-on
const noPlace = "()"

var notInMacro = regexp.MustCompile(`[^a-z0-9_]`)

// macroName is the name of the macro of a log source or a key of `scope`, such as windows/process_creation.
func macroName(key string) string {
	plain := strings.ReplaceAll(strings.ToLower(key), "/", "_")
	name := "decree_" + notInMacro.ReplaceAllString(plain, "_")
	if notInMacro.MatchString(plain) {
		sum := sha256.Sum256([]byte(strings.ToLower(key)))
		name += fmt.Sprintf("_%x", sum[:3])
	}
	return name
}

func call(key string) string { return "`" + macroName(key) + "`" }

// keyOf is a log source as a key of `scope` has it.
func keyOf(ls rules.LogSource) string {
	return cmp.Or(ls.Name(), compilers.DefaultPlace)
}

// sharedKey is the key of some log sources: that of the one, or else of their product, or else of everything.
func sharedKey(of []rules.LogSource) string {
	key := keyOf(of[0])
	for _, ls := range of[1:] {
		if keyOf(ls) != key {
			return above(of)
		}
	}
	return key
}

func above(of []rules.LogSource) string {
	for _, ls := range of {
		if ls.Product == "" || ls.Product != of[0].Product {
			return compilers.DefaultPlace
		}
	}
	return of[0].Product
}

// Places names the places of a target by macros. In Splunk's data models, macros of their own say which indexes they
// read.
func (format) Places(m *schema.Model, own compilers.Places, of []rules.LogSource) compilers.Places {
	if slices.ContainsFunc(m.Sources, func(s schema.Source) bool { return strings.HasPrefix(s.Table, schema.DatasetPrefix) }) {
		return own
	}
	places := compilers.Places{compilers.DefaultPlace: call(sharedKey(of))}
	for key := range own {
		// The product's own is the definition of its macro, which the log source's calls.
		if key != compilers.DefaultPlace && !strings.EqualFold(key, above(of)) {
			places[key] = call(key)
		}
	}
	return places
}

// macro is a macro of a place.
type macro struct{ name, definition, description string }

// macros are those that the searches of a package call, and those that these call, by name.
type macros map[string]macro

// addMacros adds the macros of a search. It tells of a search that has none, or one for several log sources.
func (s *search) addMacros(to macros) {
	of := s.in.LogSources()
	lead := s.in.Places[compilers.DefaultPlace]
	if lead != call(sharedKey(of)) {
		if len(s.in.Places) > 0 {
			s.found = append(s.found, packages.Told("package-macro", s.in.Rule.Range, "change the index in decree.yml", "the search tells its sources apart by where they are, which a macro cannot do: it has the places themselves"))
		}
		return
	}
	if key := sharedKey(of); key != keyOf(of[0]) {
		s.found = append(s.found, packages.Told("package-macro", s.in.Rule.Range, "set the index of all these log sources there", "the search reads several log sources: its events are where the macro %s says", macroName(key)))
	}
	define := func(key, definition string) {
		if own, has := s.settings.Scope[key]; has {
			definition = own
		}
		name := macroName(key)
		if _, has := to[name]; !has {
			to[name] = macro{name, definition, "Where the events of " + key + " are, such as index=main. It is a part of each search."}
		}
	}
	for key := range s.in.Places {
		if key != compilers.DefaultPlace {
			define(key, "")
		}
	}
	key, product := sharedKey(of), above(of)
	if key != product && key != compilers.DefaultPlace {
		define(key, call(product))
	}
	if product != compilers.DefaultPlace {
		define(product, call(compilers.DefaultPlace))
	}
	define(compilers.DefaultPlace, noPlace)
}

func (m macros) conf() string {
	c := newConf()
	for _, name := range slices.Sorted(maps.Keys(m)) {
		c.stanza(name)
		c.set("definition", m[name].definition)
		c.set("description", m[name].description)
		c.set("iseval", "0")
	}
	return c.String()
}
