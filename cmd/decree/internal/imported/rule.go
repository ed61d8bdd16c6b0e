// Package imported makes rule files of deployed rules. In: an export. Out: for each rule a file in Sigma's form, with
// its query as it is under `query`. What a rule has no place for is found by comparing: the package of the rule that
// was written with the rule that is deployed.
package imported

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"decree/cmd/decree/internal/output"
	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/rules"
)

// rule is a rule file, in the order of Sigma's own rules.
type rule struct {
	Title          packages.Text        `yaml:"title"`
	ID             string               `yaml:"id"`
	Status         string               `yaml:"status"`
	Description    packages.Text        `yaml:"description,omitempty"`
	License        packages.Text        `yaml:"license,omitempty"`
	Author         packages.Text        `yaml:"author,omitempty"`
	References     []packages.Text      `yaml:"references,omitempty"`
	Tags           []string             `yaml:"tags,omitempty"`
	FalsePositives []packages.Text      `yaml:"falsepositives,omitempty"`
	Level          string               `yaml:"level,omitempty"`
	Fields         []packages.Text      `yaml:"fields,omitempty"`
	Schedule       *schedule            `yaml:"schedule,omitempty,flow"`
	Suppress       *suppress            `yaml:"suppress,omitempty,flow"`
	Risk           *risk                `yaml:"risk,omitempty,flow"`
	Entities       *yaml.Node           `yaml:"entities,omitempty"`
	Details        *yaml.Node           `yaml:"custom_details,omitempty"`
	Alert          *alert               `yaml:"alert,omitempty"`
	Documentation  *documentation       `yaml:"documentation,omitempty"`
	Query          map[string]ruleQuery `yaml:"query"`
}

type schedule struct {
	Every    string `yaml:"every,omitempty"`
	Lookback string `yaml:"lookback,omitempty"`
}

type suppress struct {
	By  []packages.Text `yaml:"by,omitempty"`
	For string          `yaml:"for"`
}

type risk struct {
	Score   int             `yaml:"score"`
	Objects []packages.Text `yaml:"objects,omitempty"`
}

type alert struct {
	Title       packages.Text `yaml:"title,omitempty"`
	Description packages.Text `yaml:"description,omitempty"`
}

type documentation struct {
	Response packages.Text `yaml:"response"`
}

type ruleQuery struct {
	ID       packages.Text   `yaml:"id,omitempty"`
	Language string          `yaml:"language,omitempty"`
	Index    []packages.Text `yaml:"index,omitempty"`
	Text     packages.Text   `yaml:"text"`
}

// File is a rule file. Name is unique among those of an export.
type File struct {
	Name, Text string
	Of         deployed.Rule
}

// Left is a deployed rule that is not written, and why.
type Left struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Files makes the rule files of an export, in its order.
func Files(x *deployed.Export) (files []File, left []Left) {
	taken := map[string]bool{}
	ids := map[string]bool{}
	for _, r := range x.Rules {
		m := x.Meta(r)
		switch {
		case r.Mark.Target != "":
			m.Unfit = "decree packaged it: its rule is in another project, or in this one"
		case r.Prebuilt:
			m.Unfit = "it is a prebuilt rule, which its vendor updates: duplicate it in the product to make it yours"
		case strings.TrimSpace(r.Query) == "":
			m.Unfit = "its query is empty"
		}
		if m.Unfit != "" {
			left = append(left, Left{cmp.Or(r.Name, r.ID), m.Unfit})
			continue
		}
		out := written(x.Product, r, m)
		if ids[out.ID] {
			out.ID = derived(x.Product, r)
		}
		ids[out.ID] = true
		files = append(files, File{fileName(cmp.Or(r.Name, r.ID), taken), packages.YAML(out), r})
	}
	return files, left
}

// written is the rule that says what is deployed.
func written(p deployed.Product, r deployed.Rule, m deployed.Meta) rule {
	out := rule{Title: packages.Text(cmp.Or(oneLine(r.Name), r.ID)), ID: ruleID(p, r), Status: "test", Description: packages.Text(strings.TrimSpace(m.Description)), License: packages.Text(m.License), Author: packages.Text(oneLine(m.Author)),
		References: listed(m.References), Tags: m.Tags, FalsePositives: listed(m.FalsePositives), Level: m.Level, Fields: listed(m.Fields)}
	if !m.Enabled {
		out.Status = "experimental" // such a rule is packaged switched off
	}
	if m.Every > 0 || m.Lookback > 0 {
		out.Schedule = &schedule{period(m.Every), period(m.Lookback)}
	}
	if m.SuppressFor > 0 {
		out.Suppress = &suppress{listed(m.SuppressBy), period(m.SuppressFor)}
	}
	if m.RiskScore > 0 {
		out.Risk = &risk{m.RiskScore, listed(m.RiskObjects)}
	}
	out.Entities, out.Details = byName(m.Entities), byName(m.Details)
	if m.AlertTitle != "" || m.AlertDescription != "" {
		out.Alert = &alert{packages.Text(m.AlertTitle), packages.Text(m.AlertDescription)}
	}
	if m.Response != "" {
		out.Documentation = &documentation{packages.Text(m.Response)}
	}
	q := ruleQuery{Language: m.Language, Index: listed(m.Index), Text: packages.Text(r.Query)}
	if p != deployed.Splunk { // which knows a search by its name
		q.ID = packages.Text(r.ID)
	}
	out.Query = map[string]ruleQuery{string(p): q}
	return out
}

// namespace is that of the ids of rules whose product has no UUID for them. It must never change.
var namespace = uuid.MustParse("b2d0f0b4-7f0e-4a5e-9c57-3a3f0c4d7e61")

// ruleID is the product's id if it is a UUID, or else one that is made of it.
func ruleID(p deployed.Product, r deployed.Rule) string {
	if id := strings.ToLower(r.ID); rules.IsUUID(id) {
		return id
	}
	return derived(p, r)
}

func derived(p deployed.Product, r deployed.Rule) string {
	return uuid.NewSHA1(namespace, []byte(string(p)+"\n"+r.ID)).String()
}

func listed(all []string) []packages.Text {
	var out []packages.Text
	for _, one := range all {
		out = append(out, packages.Text(one))
	}
	return out
}

// byName writes pairs as a mapping. A name with several columns has a list.
func byName(pairs []deployed.Pair) *yaml.Node {
	if len(pairs) == 0 {
		return nil
	}
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		column := scalar(p.Column)
		at := slices.IndexFunc(out.Content, func(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == p.Name })
		switch {
		case at < 0 || at%2 == 1:
			out.Content = append(out.Content, scalar(p.Name), column)
		case out.Content[at+1].Kind == yaml.SequenceNode:
			out.Content[at+1].Content = append(out.Content[at+1].Content, column)
		default:
			out.Content[at+1] = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{out.Content[at+1], column}}
		}
	}
	return out
}

func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

// period writes a duration as rules do; "" for none. Parts of a second are left out.
func period(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return packages.Units(d, 24*time.Hour, time.Hour, time.Minute, time.Second)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// longestFile is how many characters of a title its file's name has.
const longestFile = 70

// fileName makes a file's name of a title: lower-case letters, digits and underscores of ASCII, so that no title
// chooses a path.
func fileName(title string, taken map[string]bool) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() == longestFile {
			break
		}
	}
	base := output.Name(cmp.Or(strings.Trim(b.String(), "_"), "rule"))
	name := base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	taken[name] = true
	return name + ".yml"
}
