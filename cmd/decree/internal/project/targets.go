package project

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/dialects"
	"decree/compilers/packages/formats"
	"decree/rules/diag"
	"decree/rules/source"
)

// targetKeys are the keys of one target.
var targetKeys = []key[aTarget]{
	{"dialect", func(r *reader, t *aTarget, n *yaml.Node) {}},
	{"model", func(r *reader, t *aTarget, n *yaml.Node) {
		if n.Kind == yaml.SequenceNode {
			r.Errorf("wrong-type", r.Span(n), "leave `model` out: then each rule takes the first shipped model that can say it", "model must be one word")
			return
		}
		if r.oneOf("unknown-model", n, "model", t.models) {
			t.Model = n.Value
		}
	}},
	{"package", func(r *reader, t *aTarget, n *yaml.Node) {
		if r.oneOf("unknown-package", n, "package", formats.NamesFor(t.Dialect.Name())) {
			t.Package = n.Value
		}
	}},
	{"near_real_time", func(r *reader, t *aTarget, n *yaml.Node) { r.Bool(&t.NearRealTime, n, "near_real_time") }},
	{"index_terms", func(r *reader, t *aTarget, n *yaml.Node) {
		asked := true
		r.Bool(&asked, n, "index_terms")
		t.NoIndexTerms = !asked
	}},
	{"except", (*reader).except},
	{"app", (*reader).app},
	{"scope", func(r *reader, t *aTarget, n *yaml.Node) { t.Scope = r.byLogSource(t, n, "scope") }},
	{"index", func(r *reader, t *aTarget, n *yaml.Node) { t.Index = r.byLogSource(t, n, "index") }},
	{"table", func(r *reader, t *aTarget, n *yaml.Node) { t.Table = r.byLogSource(t, n, "table") }},
}

// aTarget is a target while it is read.
type aTarget struct {
	targets.Target
	models []string // that have queries in its dialect
}

// targetName is the form of a target's name, which is the name of a folder, too.
var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// targets reads the targets, in the order of the file.
func (r *reader) targets(p *Project, n *yaml.Node) {
	if source.IsNull(n) {
		return
	}
	folders := map[string]string{}
	for _, e := range r.Entries(n, "targets") {
		name := e.Key.Value
		folder := output.Fold(name)
		switch other, taken := folders[folder]; {
		case !targetName.MatchString(name) || output.Name(name) != name:
			r.Errorf("invalid-target-name", r.Span(e.Key), "use letters, digits, - and _: it is the name of a folder", "%q cannot name a target", name)
			continue
		case taken:
			r.Errorf("duplicate-name", r.Span(e.Key), "rename one of them", "targets %q and %q would write into the same folder", other, name)
			continue
		}
		folders[folder] = name
		if t, ok := r.target(p, name, e); ok {
			p.Targets = append(p.Targets, t)
		}
	}
}

func (r *reader) target(p *Project, name string, e source.Entry) (targets.Target, bool) {
	dialect := source.Value(e.Value, "dialect")
	if e.Value.Kind != yaml.MappingNode {
		r.Errorf("wrong-type", r.Span(e.Value), "write it as {dialect: kql, model: mde}", "target %s must be a mapping", name)
		return targets.Target{}, false
	}
	if dialect == nil {
		r.Errorf("missing-key", r.Span(e.Key), "add `dialect:`, one of "+strings.Join(dialects.Names(), ", "), "target %s has no dialect", name)
		return targets.Target{}, false
	}
	if of := targets.DialectOfWord(dialect.Value); of != "" {
		r.Errorf("unknown-dialect", r.Span(dialect), "write `"+of+"`", "unknown dialect %q", dialect.Value)
		return targets.Target{}, false
	}
	if !r.oneOf("unknown-dialect", dialect, "dialect", dialects.Names()) {
		return targets.Target{}, false
	}
	t := aTarget{models: p.ModelsFor(dialect.Value)}
	t.Name = name
	t.Dialect = dialects.Named(dialect.Value)
	readKeys(r, e.Value, "target "+name, targetKeys, &t)
	return t.Target, true
}

// oneOf holds a node to some words, and reports any other.
func (r *reader) oneOf(code string, n *yaml.Node, what string, allowed []string) bool {
	if n.Kind == yaml.ScalarNode && slices.Contains(allowed, n.Value) {
		return true
	}
	if n.Kind != yaml.ScalarNode {
		r.Errorf("wrong-type", r.Span(n), diag.OneOf("", allowed), "%s must be one word", what)
		return false
	}
	r.Errorf(code, r.Span(n), diag.OneOf(n.Value, allowed), "unknown %s %q", what, n.Value)
	return false
}

// logSource is the form of a log source: its product, category and service as far as they are named, such as windows or
// windows/process_creation.
var logSource = regexp.MustCompile(`^[A-Za-z0-9_.*-]+(/[A-Za-z0-9_.*-]+){0,2}$`)

// byLogSource reads texts of queries, by log source. Several texts are joined by commas. what is the setting.
func (r *reader) byLogSource(t *aTarget, n *yaml.Node, what string) map[string]string {
	if source.IsNull(n) {
		return nil
	}
	setting, check := t.Dialect.Place()
	if setting != what {
		r.Errorf("setting-of-another-dialect", r.Span(n), "remove it", "%s is for targets of %s, and this one is of %s", what, strings.Join(dialects.WithPlace(what), " or "), t.Dialect.Name())
		return nil
	}
	out := map[string]string{}
	t.At = map[string]diag.Range{}
	for _, e := range r.Entries(n, what) {
		t.At[e.Key.Value] = r.Span(e.Key)
		if !logSource.MatchString(e.Key.Value) {
			r.Errorf("invalid-log-source", r.Span(e.Key), "write a product, or more exactly PRODUCT/CATEGORY or PRODUCT/SERVICE, as windows/process_creation", "%q is not a log source", e.Key.Value)
			continue
		}
		var texts []string
		r.Texts(&texts, e.Value, what)
		if len(texts) == 0 || slices.Contains(texts, "") {
			r.Errorf("empty-value", r.Span(e.Value), "remove it, or write a text", "%s of %s is empty", what, e.Key.Value)
			continue
		}
		text := strings.Join(texts, ",")
		if check(text) != nil {
			r.Errorf("invalid-"+what, r.Span(e.Value), "", "%s of %s: %v", what, e.Key.Value, check(text))
			continue
		}
		out[e.Key.Value] = text
	}
	return out
}
