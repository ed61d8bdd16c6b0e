package targets

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/compilers/dialects"
	"decree/compilers/packages/formats"
	"decree/rules/diag"
)

// words are names that people have for the targets of a product: which dialect each means, and which of its models, if
// one.
var words = []struct{ word, dialect, model string }{
	{"splunk", "spl", ""}, {"elastic", "eql", ""}, {"kusto", "kql", ""}, {"defender", "kql", "mde"}, {"sentinel", "kql", "sentinel"},
}

// Words are names that people have for the targets of a product.
func Words() []string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.word
	}
	return names
}

// meantBy gives the dialect that a word means, in small or capital letters, and its model; "" if it means none.
func meantBy(word string) (dialect, model string) {
	for _, w := range words {
		if strings.EqualFold(w.word, word) {
			return w.dialect, w.model
		}
	}
	return "", ""
}

// DialectOfWord gives the dialect of the product that a word stands for, in small or capital letters; "" if it stands
// for none.
func DialectOfWord(word string) string {
	dialect, _ := meantBy(word)
	return dialect
}

// unknown is the error for a name that is neither a target's nor a language's.
func unknown(own []Target, name string) error {
	allowed := distinct(slices.Concat(Names(own), dialects.Names()))
	if err := notWritten(name, allowed, "eql"); err != nil {
		return err
	}
	err := usage.UnknownChoice("target", name, allowed)
	if word := diag.Closest(name, Words()); word != "" && diag.Closest(name, allowed) == "" {
		return fmt.Errorf("%w; did you mean %q?", err, word)
	}
	return err
}

// notWritten is the error for the name of a language of Elastic's that no compiler writes, or nil. A name that is
// nearly the same as another is not meant to be that one.
func notWritten(name string, allowed []string, elastic string) error {
	if !slices.Contains([]string{"esql", "es|ql", "es-ql", "lucene", "kuery"}, strings.ToLower(name)) {
		return nil
	}
	return fmt.Errorf("unknown target %q (one of %s); ES|QL, Lucene and Kibana's own KQL are not among them: for Elastic it is %s", name, strings.Join(allowed, ", "), elastic)
}

// ofWord gives the targets that a word stands for: those of a project, or else one of that dialect and model.
func ofWord(own []Target, word string) []Target {
	dialect, model := meantBy(word)
	if dialect == "" {
		return nil
	}
	fits := func(t Target) bool { return t.Dialect.Name() == dialect && (model == "" || t.Model == model) }
	var out []Target
	for _, t := range own {
		if fits(t) {
			out = append(out, t)
		}
	}
	if len(out) > 0 {
		return out
	}
	t := All[slices.Index(dialects.Names(), dialect)]
	if model != "" {
		t.Name, t.Model = strings.ToLower(word), model
	}
	return []Target{t}
}

// DialectOf is the dialect of the targets that a name stands for in a rule: those of a project, of a package format, or
// of a dialect. It is nil if there is no such name.
func DialectOf(own []Target, name string) compilers.Dialect {
	for _, t := range own {
		if t.Name == name {
			return t.Dialect
		}
	}
	if f := formats.Named(name); f != nil {
		return dialects.Named(f.Dialect())
	}
	return dialects.Named(name)
}
