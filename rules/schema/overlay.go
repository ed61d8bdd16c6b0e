package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"decree/rules/source"
)

// merge extends a base model by another. What the extending document sets wins; everything else stays. A source with
// the name of a base source is merged with it entry by entry, or replaces it if it says so. A new source comes first.
func merge(base, over *Model, doc *document) *Model {
	m := *base
	overlay(reflect.ValueOf(&m).Elem(), reflect.ValueOf(over).Elem(), doc, "", "sources")
	m.Sources = slices.Clone(base.Sources)
	for i, s := range slices.Backward(over.Sources) {
		path := fmt.Sprintf("sources[%d]", i)
		at := slices.IndexFunc(m.Sources, func(b Source) bool { return b.Name == s.Name })
		switch {
		case at < 0:
			m.Sources = append([]Source{s}, m.Sources...)
		case s.Replace:
			m.Sources[at] = s
		default:
			overlay(reflect.ValueOf(&m.Sources[at]).Elem(), reflect.ValueOf(&s).Elem(), doc, path)
		}
	}
	return &m
}

// overlay sets the fields of a struct that a document sets. Maps are merged, including maps of maps. A true or false
// that the document sets to null stays.
func overlay(to, from reflect.Value, doc *document, path string, but ...string) {
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("yaml"), ",")
		at := source.Join(path, name)
		if name == "" || slices.Contains(but, name) || !doc.Has(at) || to.Field(i).Kind() == reflect.Bool && doc.Null(at) {
			continue
		}
		if to.Field(i).Kind() == reflect.Map && !from.Field(i).IsNil() {
			to.Field(i).Set(mergeMaps(to.Field(i), from.Field(i)))
		} else {
			to.Field(i).Set(from.Field(i))
		}
	}
}

func mergeMaps(base, over reflect.Value) reflect.Value {
	out := reflect.MakeMap(over.Type())
	for _, from := range []reflect.Value{base, over} {
		for _, k := range from.MapKeys() {
			v := from.MapIndex(k)
			if had := out.MapIndex(k); had.IsValid() && v.Kind() == reflect.Map {
				v = mergeMaps(had, v)
			}
			out.SetMapIndex(k, v)
		}
	}
	return out
}
