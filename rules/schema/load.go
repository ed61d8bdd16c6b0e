package schema

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"
)

//go:embed models/*.yml
var shipped embed.FS

// Names lists the shipped models.
func Names() []string {
	entries, err := fs.ReadDir(shipped, "models")
	if err != nil {
		panic(err) // the folder is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yml")
	}
	slices.Sort(names) // a file's name sorts otherwise, by what follows the model's
	return names
}

var shared sync.Map // name -> *Model

// Shared gives a shipped model that is read once, for those who ask for it many times. Nobody may
// change it.
func Shared(name string) (*Model, error) {
	if m, ok := shared.Load(name); ok {
		return m.(*Model), nil
	}
	m, err := Load(name)
	if err == nil {
		shared.Store(name, m)
	}
	return m, err
}

// Load reads a shipped model.
func Load(name string) (*Model, error) {
	data, err := shipped.ReadFile("models/" + name + ".yml")
	if err != nil {
		return nil, fmt.Errorf("no data model named %q (shipped: %s)", name, strings.Join(Names(), ", "))
	}
	return read(name+".yml", data, 0)
}

// LoadFile reads a model from a user's file, which may extend a shipped one.
func LoadFile(path string) (*Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return read(path, data, 0)
}

// maxExtends bounds how long a chain of models may be.
const maxExtends = 8

func read(file string, data []byte, depth int) (*Model, error) {
	m := &Model{}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("data model %s: %w", file, err)
	}
	if m.Extends != "" {
		if depth == maxExtends {
			return nil, fmt.Errorf("data model %s: `extends` goes round in a circle", file)
		}
		base, err := shipped.ReadFile("models/" + m.Extends + ".yml")
		if err != nil {
			return nil, fmt.Errorf("data model %s: extends %q, which is not shipped (%s)", file, m.Extends, strings.Join(Names(), ", "))
		}
		below, err := read(m.Extends+".yml", base, depth+1)
		if err != nil {
			return nil, err
		}
		m = merge(below, m)
	}
	m.pairs = &sync.Map{}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("data model %s: %w", file, err)
	}
	if len(m.Columns) > 0 {
		for i := range m.Sources {
			m.Sources[i].Columns = mergeMap(m.Columns, m.Sources[i].Columns)
		}
	}
	return m, nil
}

// merge lays over on top of base: what over sets wins; a source of a name that base has
// replaces its maps entry by entry, or all of it where it says so, and a new one comes first.
func merge(base, over *Model) *Model {
	m := *base
	m.Name, m.Extends = over.Name, over.Extends
	for from, to := range map[*string]*string{&over.Title: &m.Title, &over.Description: &m.Description, &over.Ingested: &m.Ingested, &over.Missing: &m.Missing, &over.Lists: &m.Lists} {
		if *from != "" {
			*to = *from
		}
	}
	if over.Time != nil {
		m.Time = over.Time
	}
	if over.Longest != 0 {
		m.Longest = over.Longest
	}
	if over.ID != nil {
		m.ID = over.ID
	}
	if over.Columns != nil {
		m.Columns = mergeMap(base.Columns, over.Columns)
	}
	m.Passthrough = base.Passthrough || over.Passthrough
	m.Open = base.Open || over.Open
	m.EmptyIsMissing = base.EmptyIsMissing || over.EmptyIsMissing
	m.EmptyListIsMissing = base.EmptyListIsMissing || over.EmptyListIsMissing
	m.Sources = slices.Clone(base.Sources)
	for _, s := range slices.Backward(over.Sources) {
		i := slices.IndexFunc(m.Sources, func(b Source) bool { return b.Name == s.Name })
		if i < 0 {
			m.Sources = append([]Source{s}, m.Sources...)
			continue
		}
		m.Sources[i] = mergeSource(m.Sources[i], s)
	}
	return &m
}

func mergeSource(base, over Source) Source {
	if over.Replace {
		return over
	}
	s := base
	if over.Table != "" {
		s.Table = over.Table
	}
	if over.Indices != nil {
		s.Indices = over.Indices
	}
	if over.Scope != nil {
		s.Scope = over.Scope
	}
	for from, to := range map[*string]*string{&over.Log: &s.Log, &over.Unlisted: &s.Unlisted, &over.UnlistedIn: &s.UnlistedIn, &over.Requires: &s.Requires} {
		if *from != "" {
			*to = *from
		}
	}
	s.Fields = mergeMap(base.Fields, over.Fields)
	s.Entities = mergeMap(base.Entities, over.Entities)
	s.Columns = mergeMap(base.Columns, over.Columns)
	if over.Keys != nil {
		s.Keys, s.FallbackKeys, s.UniqueKeys, s.ReusedFallbackKeys = over.Keys, over.FallbackKeys, over.UniqueKeys, over.ReusedFallbackKeys
	}
	s.Ancestors = map[int]map[string]Column{}
	for _, from := range []map[int]map[string]Column{base.Ancestors, over.Ancestors} {
		for level, fields := range from {
			s.Ancestors[level] = mergeMap(s.Ancestors[level], fields)
		}
	}
	if over.Reputation != (Reputation{}) {
		s.Reputation = over.Reputation
	}
	return s
}

func mergeMap[V any](base, over map[string]V) map[string]V {
	m := map[string]V{}
	for _, from := range []map[string]V{base, over} {
		for k, v := range from {
			m[k] = v
		}
	}
	return m
}

// check refuses a model that would fail later, in the middle of a run.
func (m *Model) check() error {
	if m.Name == "" {
		return errors.New("it has no name")
	}
	if len(m.Sources) == 0 {
		return errors.New("it has no sources")
	}
	seen := map[string]bool{}
	for i := range m.Sources {
		s := &m.Sources[i]
		if s.Name == "" || seen[s.Name] {
			return fmt.Errorf("source %d needs a name of its own", i+1)
		}
		seen[s.Name] = true
		for level, fields := range s.Ancestors {
			if level < 1 || level > 5 {
				return fmt.Errorf("source %s: ancestor level %d is not in 1..5", s.Name, level)
			}
			if err := checkColumns(fields); err != nil {
				return fmt.Errorf("source %s: %w", s.Name, err)
			}
		}
		for _, keys := range []map[int][]string{s.Keys, s.FallbackKeys} {
			for level, columns := range keys {
				if level < 0 || level > 5 || len(columns) == 0 {
					return fmt.Errorf("source %s: key level %d is not in 0..5 or has no columns", s.Name, level)
				}
			}
		}
		for level := range s.FallbackKeys {
			if s.Keys[level] == nil {
				return fmt.Errorf("source %s: fallback key level %d is no key level", s.Name, level)
			}
		}
		if s.Keys != nil {
			for name, c := range s.Fields {
				if c.OrElse != "" {
					return fmt.Errorf("source %s: field %s cannot be in two columns where processes are linked", s.Name, name)
				}
			}
		}
		scope := map[string]Column{}
		for _, t := range s.Scope {
			scope["in scope "+t.Column] = t.Reads()
		}
		for _, fields := range []map[string]Column{s.Fields, s.Entities, scope} {
			if err := checkColumns(fields); err != nil {
				return fmt.Errorf("source %s: %w", s.Name, err)
			}
		}
	}
	if m.Lists != "" && m.Lists != "watchlist" && m.Lists != "lookup" {
		return fmt.Errorf("lists is %q, not \"watchlist\" or \"lookup\"", m.Lists)
	}
	if len(m.Time) == 0 {
		return errors.New("it does not say which column holds the time (time: [...])")
	}
	return nil
}

func checkColumns(fields map[string]Column) error {
	for name, c := range fields {
		switch c.Type {
		case "", String, Int, Bool, Datetime, IP, HashSet, Pairs, Pattern, XML, Digests:
		default:
			return fmt.Errorf("field %s has the unknown type %q", name, c.Type)
		}
		if c.Name == "" {
			return fmt.Errorf("field %s has no column", name)
		}
		if c.Holds != "" && c.Holds != "filename" {
			return fmt.Errorf("field %s: holds is %q, not \"filename\"", name, c.Holds)
		}
		if c.Numbers != "" && c.Numbers != decimal && c.Numbers != hexadecimal {
			return fmt.Errorf("field %s: numbers is %q, not %q or %q", name, c.Numbers, decimal, hexadecimal)
		}
		if c.Type == Pattern {
			if re, err := regexp.Compile(c.Key); err != nil || re.NumSubexp() == 0 {
				return fmt.Errorf("field %s: the key of a pattern is an expression with a group, which is the value, not %q", name, c.Key)
			}
		}
		if (c.Type == HashSet || c.Type == Pairs || c.Type == XML) && c.Key == "" {
			return fmt.Errorf("field %s is a %s without a key", name, c.Type)
		}
	}
	return nil
}

// Find gives the sources that answer a log source, preferred first: those that leave open just what it leaves open, else in the
// model's order.
func (m *Model) Find(category, product, service string) []*Source {
	var same, others []*Source
	for i := range m.Sources {
		s := &m.Sources[i]
		switch {
		case strings.EqualFold(s.Category, category) && strings.EqualFold(s.Product, product) && strings.EqualFold(s.Service, service):
			same = append(same, s)
		case answers(s.Category, category) && answers(s.Product, product) && answers(s.Service, service):
			others = append(others, s)
		}
	}
	if found := append(same, others...); len(found) > 0 || category == "" || service == "" {
		return found
	}
	return m.both(category, product, service)
}

// answers tells whether a part of a source's log source answers what a rule asks: a rule that
// leaves the part open asks for all, and a source answers anything with "*".
func answers(has, asked string) bool {
	return has == "*" || asked == "" || strings.EqualFold(has, asked)
}

// Column finds the column of a Sigma field. Level 0 is the event's own process; level n is its
// nth ancestor as far as the event itself carries it.
func (m *Model) Column(s *Source, field string, level int) (Column, bool) {
	fields := s.Fields
	if level > 0 {
		fields = s.Ancestors[level]
	}
	if c, ok := mappedIn(fields, field); ok {
		return c, true
	}
	if s.Unlisted != "" && level < len(levelPrefixes) && (level == 0 || len(s.Keys) == 0) {
		return Column{Name: s.Unlisted + strings.ReplaceAll(levelPrefixes[level]+field, " ", "_")}, true
	}
	if s.UnlistedIn != "" && level < len(levelPrefixes) && (level == 0 || len(s.Keys) == 0) {
		return Column{Name: s.UnlistedIn, Type: XML, Key: levelPrefixes[level] + field}, true
	}
	if m.Passthrough && level < len(levelPrefixes) && (level == 0 || len(s.Keys) == 0) {
		return Column{Name: levelPrefixes[level] + field}, true
	}
	return Column{}, false
}

// mappedIn finds a field among those that are mapped, whatever its case.
func mappedIn(fields map[string]Column, field string) (Column, bool) {
	if c, ok := fields[field]; ok {
		return c, true
	}
	first := ""
	for name := range fields {
		if strings.EqualFold(name, field) && (first == "" || name < first) {
			first = name
		}
	}
	return fields[first], first != ""
}

// Whole tells where the whole value of a field stands: in the first of the columns that has one and, where the product has
// `DOMAIN\user` apart, behind the domain of another column, which is nil elsewhere. A field that the source lacks has no columns.
// The name may be that of an entity, unless the source lists a field of just this name.
func (m *Model) Whole(s *Source, field string, level int) (columns []Column, domain *Column) {
	if c, ok := s.Entities[field]; ok && level == 0 {
		if _, listed := s.Fields[field]; !listed {
			return []Column{c}, nil
		}
	}
	col, ok := m.Column(s, field, level)
	if !ok {
		return nil, nil
	}
	for _, name := range col.Spread {
		if one, ok := m.Column(s, name, level); ok {
			columns = append(columns, one)
		}
	}
	if len(columns) == 0 {
		columns = []Column{col}
	}
	if col.Domain != "" {
		if before, ok := m.Column(s, col.Domain, level); ok {
			domain = &before
		}
	}
	return columns, domain
}

// levelPrefixes are how Sigma names the fields of the event's process and of those above it. A log
// that knows no processes may still carry them, where something has put them there.
var levelPrefixes = []string{"", "Parent", "GrandParent"}

// Closest names up to three mapped fields with the most similar names.
func (m *Model) Closest(s *Source, field string) []string {
	return nearest(sortedNames(s.Fields), field)
}

// ClosestColumns names up to three columns of the source's table with the most similar names.
func (s *Source) ClosestColumns(field string) []string {
	return nearest(sortedNames(s.Columns), field)
}

func nearest(names []string, field string) []string {
	away := make(map[string]int, len(names))
	for _, name := range names {
		away[name] = distance(name, field)
	}
	// Of names that are more than half unlike, the nearest is no help.
	names = slices.DeleteFunc(names, func(name string) bool { return away[name] > max(1, len(field)/2) })
	slices.SortStableFunc(names, func(a, b string) int { return away[a] - away[b] })
	return names[:min(3, len(names))]
}

func distance(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}

func sortedNames[V any](fields map[string]V) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
