package tuning

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/rules"
)

// write gives the filter document of selections.
func write(q Request, selections []selection) []byte {
	r := q.Rule.Source
	of := r.Name
	if r.ID != "" {
		of = r.ID
	}
	top := mapping("title", text("Known good: "+r.Title), "id", plain(q.ID), "status", plain("experimental"),
		"description", text(describe(q, selections)), "date", quoted(q.Date.Format(time.DateOnly)))
	ls := logSource(r.LogSource)
	if len(r.OtherLogSources) > 0 {
		ls = sequence(nil)
		for _, one := range r.LogSources() {
			ls.Content = append(ls.Content, logSource(one))
		}
	}
	filter := mapping("rules", sequence([]*yaml.Node{plain(of)}))
	condition := "not selection"
	for i, sel := range selections {
		name := "selection"
		if len(selections) > 1 {
			name = fmt.Sprintf("selection_%d", i+1)
			condition = "not 1 of selection_*"
		}
		filter.Content = append(filter.Content, plain(name), sel.node())
	}
	filter.Content = append(filter.Content, plain("condition"), plain(condition))
	top.Content = append(top.Content, plain("logsource"), ls, plain("filter"), filter)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(top); err != nil {
		panic(err) // the nodes are made here
	}
	return out.Bytes()
}

// describe says in prose what the filter is.
func describe(q Request, selections []selection) string {
	n := "one kind of event"
	if len(selections) > 1 {
		n = fmt.Sprintf("%d kinds of event", len(selections))
	}
	return fmt.Sprintf("Excludes %s that %q finds and that should not alert. Made from examples by decree tune: read it before you use it.", n, q.Rule.Source.Title)
}

// node writes a selection. Several parts of one value are asked together.
func (sel selection) node() *yaml.Node {
	n := mapping()
	for i, t := range sel.tests {
		parts := []*yaml.Node{}
		for j, other := range sel.tests {
			if other.key() == t.key() && j < i {
				parts = nil
				break
			}
			if other.key() == t.key() {
				parts = append(parts, other.nodes()...)
			}
		}
		key := t.key()
		switch {
		case parts == nil: // written with the first of its key
			continue
		case len(parts) > len(t.texts):
			key += "|all"
		}
		n.Content = append(n.Content, plain(key), oneOrAll(parts))
	}
	return n
}

// nodes writes the texts of a test as Sigma's values.
func (t *test) nodes() []*yaml.Node {
	out := make([]*yaml.Node, len(t.texts))
	for i, v := range t.texts {
		if n, err := strconv.Atoi(v); err == nil && strconv.Itoa(n) == v && t.modifier == "" && !t.pattern {
			out[i] = plain(v)
			continue
		}
		out[i] = quoted(sigmaValue(v, t.pattern))
	}
	return out
}

// sigmaValue writes a text as a Sigma value: asterisks of a pattern are wildcards, all else is literal. A backslash is
// doubled only where the next character would change its meaning.
func sigmaValue(v string, pattern bool) string {
	var out strings.Builder
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '*' && pattern:
			out.WriteByte('*')
		case v[i] == '*' || v[i] == '?':
			out.WriteString(`\` + v[i:i+1])
		case v[i] == '\\' && (i+1 < len(v) && strings.IndexByte(`\*?`, v[i+1]) >= 0 || i > 0 && v[i-1] == '\\'):
			out.WriteString(`\\`)
		default:
			out.WriteByte(v[i])
		}
	}
	return out.String()
}

func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		n.Content = append(n.Content, plain(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return n
}

func sequence(items []*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// oneOrAll writes one value bare.
func oneOrAll(items []*yaml.Node) *yaml.Node {
	if len(items) == 1 {
		return items[0]
	}
	return sequence(items)
}

// plain is a text that needs no quotes, or a number.
func plain(v string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: v} }

// text is prose; the library quotes it where that is needed.
func text(v string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v} }

func quoted(v string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v, Style: yaml.SingleQuotedStyle}
}

func logSource(of rules.LogSource) *yaml.Node {
	out := mapping()
	for _, part := range [][2]string{{"category", of.Category}, {"product", of.Product}, {"service", of.Service}} {
		if part[1] != "" {
			out.Content = append(out.Content, plain(part[0]), text(part[1]))
		}
	}
	return out
}
