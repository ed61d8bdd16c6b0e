package schema

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed models/*.yml
var shipped embed.FS

// Plain is the model of events whose fields already have Sigma's names: what is used where none is named.
const Plain = "sigma"

// header is what the first lines of a shipped model say: its name, and perhaps its dialect, its order and the model
// that it extends. They are read without the rest of it, by every command.
type header struct {
	name, dialect, extends string
	order                  int
}

var headers = sync.OnceValue(func() []header {
	entries, err := fs.ReadDir(shipped, "models")
	if err != nil {
		panic(err) // the folder is embedded
	}
	out := make([]header, len(entries))
	for i, e := range entries {
		data, err := shipped.ReadFile("models/" + e.Name())
		if err != nil {
			panic(err) // the file is embedded
		}
		out[i] = headerOf(string(data))
	}
	// a file's name sorts otherwise, by what follows the model's
	slices.SortFunc(out, func(a, b header) int { return cmp.Compare(a.name, b.name) })
	return out
})

func headerOf(model string) (h header) {
	for line := range strings.Lines(model) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "name":
			h.name = value
		case "dialect":
			h.dialect = value
		case "order":
			n, err := strconv.Atoi(value)
			if err != nil {
				panic(err) // tests read every model
			}
			h.order = n
		case "extends":
			h.extends = value
		default:
			return h
		}
	}
	return h
}

// section gives the lines of a key at the top of a shipped model, or nothing if it has no such key.
func section(model []byte, key string) []byte {
	_, after, found := bytes.Cut(model, []byte("\n"+key+":"))
	if !found {
		return nil
	}
	end := bytes.IndexByte(after, '\n') + 1
	for line := range bytes.Lines(after[end:]) {
		if line[0] != ' ' && line[0] != '#' {
			break
		}
		end += len(line)
	}
	return append([]byte(key+":"), after[:end]...)
}

// Names lists the shipped models, sorted.
func Names() []string { return namesOf(headers()) }

// NamesFor lists the shipped models of a dialect, sorted.
func NamesFor(dialect string) []string {
	return namesOf(slices.DeleteFunc(slices.Clone(headers()), func(h header) bool { return h.dialect != dialect }))
}

// Dialects lists the languages of queries that shipped models are for, sorted.
func Dialects() (names []string) {
	for _, h := range headers() {
		if h.dialect != "" && !slices.Contains(names, h.dialect) {
			names = append(names, h.dialect)
		}
	}
	slices.Sort(names)
	return names
}

// Preferred lists the shipped models that queries of a dialect are written for where no model is named, the first that
// can say a rule counts. Of the dialect "" they are the models of events as their products write them.
func Preferred(dialect string) []string {
	own := slices.DeleteFunc(slices.Clone(headers()), func(h header) bool { return h.dialect != dialect || h.order == 0 })
	slices.SortFunc(own, func(a, b header) int { return cmp.Compare(a.order, b.order) })
	return namesOf(own)
}

func namesOf(hs []header) []string {
	names := make([]string, len(hs))
	for i, h := range hs {
		names[i] = h.name
	}
	return names
}

// loaded are models as they are shipped, by name. Nobody else has them.
var loaded sync.Map

// Load gives a shipped model. Every caller has a copy of its own.
func Load(name string) (*Model, error) {
	m, err := Shipped(name)
	if err != nil {
		return nil, err
	}
	return m.clone(), nil
}

// Shipped gives a shipped model that all callers share: nobody may change it.
func Shipped(name string) (*Model, error) {
	if kept, ok := loaded.Load(name); ok {
		return kept.(*Model), nil
	}
	data, err := shipped.ReadFile("models/" + name + ".yml")
	if err != nil {
		return nil, fmt.Errorf("no data model named %q (shipped: %s)", name, strings.Join(Names(), ", "))
	}
	m, err := readShipped(name+".yml", data)
	if err != nil {
		return nil, err
	}
	kept, _ := loaded.LoadOrStore(name, m)
	return kept.(*Model), nil
}

// clone copies a model with all its parts.
func (m *Model) clone() *Model {
	out := *m
	copyParts(reflect.ValueOf(&out).Elem())
	out.finish()
	return &out
}

// copyParts puts copies in the place of what a value shares with the one it was copied from: maps, slices, and what
// they hold.
func copyParts(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, i := range sharing(v.Type()) {
			copyParts(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(out, v)
		for i := range out.Len() {
			copyParts(out.Index(i))
		}
		v.Set(out)
	case reflect.Map:
		if v.IsNil() {
			return
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		value := reflect.New(v.Type().Elem()).Elem()
		for entries := v.MapRange(); entries.Next(); {
			value.SetIterValue(entries)
			copyParts(value)
			out.SetMapIndex(entries.Key(), value)
		}
		v.Set(out)
	case reflect.Pointer:
		if !v.IsNil() {
			out := reflect.New(v.Type().Elem())
			out.Elem().Set(v.Elem())
			copyParts(out.Elem())
			v.Set(out)
		}
	}
}

var sharingFields sync.Map // struct type -> its exported fields that hold maps, slices or pointers

func sharing(t reflect.Type) []int {
	if fields, ok := sharingFields.Load(t); ok {
		return fields.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		switch f := t.Field(i); f.Type.Kind() {
		case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Struct:
			if f.IsExported() {
				fields = append(fields, i)
			}
		}
	}
	sharingFields.Store(t, fields)
	return fields
}
