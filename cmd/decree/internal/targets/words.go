package targets

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/diag"
)

// Words are names that people have for the targets of a product: the dialect, or the dialect and one of its models.
func Words() []string { return []string{"splunk", "elastic", "kusto", "defender", "sentinel"} }

// meant says which dialect a word stands for, and which of its models, if one.
var meant = map[string]struct{ dialect, model string }{
	"splunk": {dialect: "spl"}, "elastic": {dialect: "eql"}, "kusto": {dialect: "kql"},
	"defender": {"kql", "mde"}, "sentinel": {"kql", "sentinel"},
}

// DialectOfWord gives the dialect of the product that a word stands for, in small or capital letters; "" if it stands
// for none.
func DialectOfWord(word string) string { return meant[strings.ToLower(word)].dialect }

// unknown is the error for a name that is neither a target's nor a language's.
func unknown(own []Target, name string) error {
	allowed := distinct(slices.Concat(Names(own), DialectNames()))
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
	word = strings.ToLower(word)
	means, ok := meant[word]
	if !ok {
		return nil
	}
	fits := func(t Target) bool {
		return t.Dialect.Name() == means.dialect && (means.model == "" || t.Model == means.model)
	}
	var out []Target
	for _, t := range own {
		if fits(t) {
			out = append(out, t)
		}
	}
	if len(out) > 0 {
		return out
	}
	t := All[slices.Index(DialectNames(), means.dialect)]
	if means.model != "" {
		t.Name, t.Model = word, means.model
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
	for _, f := range Formats {
		if f.Name() == name {
			return dialectNamed(f.Dialect())
		}
	}
	if i := slices.Index(DialectNames(), name); i >= 0 {
		return Dialects[i]
	}
	return nil
}
