package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"decree/rules/anycase"
	"decree/rules/source"
)

// Sign tells the events of a model from those of other products. An event shows the sign if it has all of Fields and
// one of Any, if each column of Values has one of its texts, and if it has none of Without. Columns are as the engine
// reads events: those of Windows have Windows' own names.
type Sign struct {
	Fields  []string            `yaml:"fields"`
	Any     []string            `yaml:"any"`
	Values  map[string][]string `yaml:"values"` // texts without regard to case; one that ends with * is a beginning
	Without []string            `yaml:"without"`
}

// Weight is how much the sign says. Where an event shows signs of several models, the heaviest one decides.
func (s *Sign) Weight() int {
	weight := len(s.Fields) + 3*len(s.Values)
	if len(s.Any) > 0 {
		weight++
	}
	return weight
}

// Shown tells whether an event shows the sign. texts gives what the event has in a column; ok is false if it has none.
func (s *Sign) Shown(texts func(column string) (all []string, ok bool)) bool {
	has := func(column string) bool {
		_, ok := texts(column)
		return ok
	}
	lacks := func(column string) bool { return !has(column) }
	if slices.ContainsFunc(s.Fields, lacks) || slices.ContainsFunc(s.Without, has) || (len(s.Any) > 0 && !slices.ContainsFunc(s.Any, has)) {
		return false
	}
	for column, values := range s.Values {
		all, _ := texts(column)
		if !slices.ContainsFunc(all, func(text string) bool { return isOneOf(text, values) }) {
			return false
		}
	}
	return true
}

func isOneOf(text string, values []string) bool {
	return slices.ContainsFunc(values, func(value string) bool {
		if begin, ok := strings.CutSuffix(value, "*"); ok {
			return anycase.HasPrefix(text, begin)
		}
		return strings.EqualFold(text, value)
	})
}

// Recognised is the signs of one model.
type Recognised struct {
	Model string
	Signs []Sign
}

// TellsOwn tells whether the model's own file, and not only one that it extends, says how its events are recognised.
func (m *Model) TellsOwn() bool { return m.tellsOwn }

// Recognisable lists the shipped models that are recognised by their events, in the order in which they are preferred
// where signs weigh the same: first those of events as their products write them, then those of each dialect, each by
// its order, but not before a model that it extends; plain Sigma names are last.
func Recognisable() []Recognised { return slices.Clone(recognisable()) }

// recognisable reads the signs alone: the rest of a model is read when it is chosen.
var recognisable = sync.OnceValue(func() []Recognised {
	all := slices.DeleteFunc(slices.Clone(headers()), func(h header) bool { return h.name == Plain })
	slices.SortStableFunc(all, func(a, b header) int {
		return cmp.Or(cmp.Compare(a.dialect, b.dialect), cmp.Compare(unordered(a), unordered(b)), cmp.Compare(a.order, b.order))
	})
	for i, h := range all {
		if base := slices.IndexFunc(all, func(b header) bool { return b.name == h.extends }); base > i {
			all = slices.Insert(slices.Delete(all, i, i+1), base, h)
		}
	}
	var out []Recognised
	for _, h := range append(all, header{name: Plain}) {
		data, err := shipped.ReadFile("models/" + h.name + ".yml")
		if err != nil {
			panic(err) // the file is embedded
		}
		var m struct {
			Recognise []Sign `yaml:"recognise"`
		}
		if err := yaml.Unmarshal(section(data, "recognise"), &m); err != nil {
			panic(fmt.Sprintf("data model %s: %v", h.name, err)) // tests read every model
		}
		if len(m.Recognise) > 0 {
			out = append(out, Recognised{h.name, m.Recognise})
		}
	}
	return out
})

// unordered puts models without an order behind the others of their dialect.
func unordered(h header) int {
	if h.order == 0 {
		return 1
	}
	return 0
}

// signs reports faults of the signs.
func (c *checker) signs() {
	for i := range c.m.Recognise {
		path := fmt.Sprintf("recognise[%d]", i)
		if !c.doc.Has("recognise") {
			path = "extends"
		}
		c.sign(&c.m.Recognise[i], path)
	}
}

func (c *checker) sign(s *Sign, path string) {
	if s.Weight() == 0 {
		c.bad(path, "name columns in `fields`, `any` or `values`", "a sign without columns is shown by every event")
	}
	for _, column := range slices.Concat(s.Fields, s.Any, s.Without) {
		if column == "" {
			c.bad(path, "write the name of a column", "empty name")
		}
	}
	for _, column := range sortedNames(s.Values) {
		if len(s.Values[column]) == 0 {
			c.bad(source.Join(path, "values."+column), "list the texts by which events are recognised, or name the column in `fields`", "column %s has no values", column)
		}
	}
}

// Columns are the columns that the sign asks about.
func (s *Sign) Columns() []string {
	return slices.Concat(s.Fields, s.Any, s.Without, sortedNames(s.Values))
}
