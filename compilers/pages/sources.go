package pages

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/wording"
)

//go:embed audit.yml
var auditText []byte

// Audit says what must be recorded so that a log source has events.
type Audit struct {
	Product   string   `yaml:"product"`
	Category  string   `yaml:"category"`
	Service   string   `yaml:"service"`
	Needs     []string `yaml:"needs"`
	Reference string   `yaml:"reference"`
}

var audits = sync.OnceValue(func() []Audit {
	var all []Audit
	if err := yaml.Unmarshal(auditText, &all); err != nil {
		panic(err) // the table is part of the program
	}
	return all
})

// auditOf gives what must be recorded for a log source. ok is false if the table does not have it.
func auditOf(ls rules.LogSource) (Audit, bool) {
	for _, a := range audits() {
		if strings.EqualFold(a.Product, ls.Product) && strings.EqualFold(a.Category, ls.Category) && strings.EqualFold(a.Service, ls.Service) {
			return a, true
		}
	}
	return Audit{}, false
}

func (m *maker) dataSources() []Block {
	var out []Block
	t := Table{Head: []string{"Log provider", "Table name", "Event ID", "Event name", "ATT&CK data source", "ATT&CK data component"}}
	for _, s := range m.Source().DataSources {
		t.Rows = append(t.Rows, texts(s.Provider, s.Table, s.EventID, s.EventName, s.AttackDataSource, s.AttackDataComponent))
	}
	if len(t.Rows) > 0 {
		out = append(out, t)
	}
	var needs []Cell
	for _, ls := range m.LogSources {
		needs = append(needs, audited(ls)...)
	}
	for _, q := range m.Queries {
		for _, text := range q.Requires {
			needs = append(needs, plain(q.Title+": "+text))
		}
	}
	if len(needs) > 0 {
		out = append(out, Paragraph{plain("What must be recorded, and how:")}, Bullets{needs})
	}
	return out
}

// audited says what must be recorded for a log source: what the rule says itself, and what is known of the log source.
func audited(ls rules.LogSource) []Cell {
	var out []Cell
	if ls.Definition != "" {
		out = append(out, Cell{{Text: Lines(ls.Definition)}})
	}
	if a, ok := auditOf(ls); ok {
		for i, need := range a.Needs {
			cell := plain(need)
			if i == len(a.Needs)-1 && a.Reference != "" {
				cell = append(append(cell, Span{Text: " ("}), append(url(a.Reference, "documentation"), Span{Text: ")"})...)
			}
			out = append(out, cell)
		}
	}
	return out
}

// sourcesPath is the page of log sources.
const sourcesPath = "sources"

// sourceAnchor is the anchor of a log source on its page.
func sourceAnchor(name string) string {
	return "source-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}

// readSource is a log source with the detections that read it.
type readSource struct {
	anchor string
	rules.LogSource
	of []*Detection
}

// readSources are the log sources of the catalogue, those that most detections read first. Names that differ in case
// alone are one.
func (c *Catalogue) readSources() []*readSource {
	by := map[string]*readSource{}
	for _, d := range c.Detections {
		seen := map[string]bool{}
		for _, ls := range d.LogSources {
			anchor := sourceAnchor(ls.Name())
			if ls.Name() == "" || seen[anchor] {
				continue
			}
			seen[anchor] = true
			if by[anchor] == nil {
				by[anchor] = &readSource{anchor: anchor, LogSource: ls}
			}
			s := by[anchor]
			s.Definition = cmp.Or(s.Definition, ls.Definition)
			s.of = append(s.of, d)
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *readSource) int {
		return cmp.Or(cmp.Compare(len(b.of), len(a.of)), cmp.Compare(a.anchor, b.anchor))
	})
}

// sources is the page of coverage by log source: which detections read it, what must be recorded for it, and what each
// target makes of them.
func (c *Catalogue) sources() Page {
	read := c.readSources()
	p := Page{Path: sourcesPath, Title: "Coverage by data source", Lead: plain(wording.Counted(len(read), "log source") + " in " + wording.Counted(len(c.Detections), "detection") + ".")}
	if len(read) > 0 {
		overview := Table{Head: []string{"Log source", "Detections", "Levels"}}
		for _, s := range read {
			name := Span{Text: diag.Visible(s.Name()), Page: sourcesPath + "#" + s.anchor}
			overview.Rows = append(overview.Rows, []Cell{{name}, plain(number(len(s.of))), levels(s.of)})
		}
		p.Sections = append(p.Sections, Section{"overview", "Log sources", []Block{overview}})
	}
	if made := fidelities(c.Detections); len(made) > 0 {
		p.Sections = append(p.Sections, Section{"targets", "Targets", made})
	}
	if t := c.components(); len(t.Rows) > 0 {
		p.Sections = append(p.Sections, Section{"components", "ATT&CK data components", []Block{t}})
	}
	for _, s := range read {
		p.Sections = append(p.Sections, s.section())
	}
	return p
}

// section says of a log source what must be recorded, what the targets make of its detections, and which they are.
func (s *readSource) section() Section {
	out := Section{ID: s.anchor, Title: diag.Visible(s.Name())}
	if needs := audited(s.LogSource); len(needs) > 0 {
		out.Blocks = append(out.Blocks, Paragraph{plain("What must be recorded:")}, Bullets{needs})
	}
	out.Blocks = append(out.Blocks, fidelities(s.of)...)
	items := make([]Cell, len(s.of))
	for i, d := range s.of {
		items[i] = append(d.link(), levelOf(d)...)
	}
	out.Blocks = append(out.Blocks, Fold{Title: wording.Counted(len(items), "detection"), Blocks: []Block{Bullets{items}}})
	return out
}

// components counts the detections of each of ATT&CK's data components, the most frequent first.
func (c *Catalogue) components() Table {
	count := map[string]int{}
	for _, d := range c.Detections {
		seen := map[string]bool{}
		for _, s := range d.Source().DataSources {
			name := strings.TrimPrefix(s.AttackDataSource+": "+s.AttackDataComponent, ": ")
			if s.AttackDataSource+s.AttackDataComponent != "" && !seen[name] {
				seen[name] = true
				count[name]++
			}
		}
	}
	t := Table{Head: []string{"ATT&CK data component", "Detections"}}
	for _, name := range slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) }) {
		t.Rows = append(t.Rows, []Cell{plain(name), plain(number(count[name]))})
	}
	return t
}

// levels counts detections by level, the worst first.
func levels(of []*Detection) Cell {
	var out []Cell
	all := slices.Clone(rules.Levels())
	slices.Reverse(all)
	for _, level := range all {
		n := 0
		for _, d := range of {
			if d.Source().Level == level {
				n++
			}
		}
		if n > 0 {
			out = append(out, Cell{{Text: level, Kind: "level"}, {Text: " " + number(n)}})
		}
	}
	return joined(out, ", ")
}

// outcome is what a target makes of a detection.
type outcome struct {
	word   string
	always bool // has a column where nothing is counted
}

// outcomes are what may become of a detection in a target, in the order of their columns.
var outcomes = []outcome{{"exact", true}, {"approximate", true}, {"hand-written", false}, {"refused", true}, {"skipped", true}, {"left out", false}, {NotPackaged, false}}

// NotPackaged is what becomes of a detection that has a query and that the target's package does not have.
const NotPackaged = "not packaged"

// fidelities shows how often targets make what of detections.
func fidelities(of []*Detection) []Block {
	c := countOutcomes(of)
	if len(c.targets) == 0 {
		return nil
	}
	shown := slices.DeleteFunc(slices.Clone(outcomes), func(o outcome) bool { return !o.always && !c.any[o.word] })
	t := Table{Head: []string{"Target"}}
	for _, o := range shown {
		t.Head = append(t.Head, strings.ToUpper(o.word[:1])+o.word[1:])
	}
	for _, target := range c.targets {
		row := []Cell{plain(c.titles[target])}
		for _, o := range shown {
			row = append(row, plain(number(c.counts[target][o.word])))
		}
		t.Rows = append(t.Rows, row)
	}
	return []Block{t}
}

// outcomeCounts counts what targets make of detections.
type outcomeCounts struct {
	targets []string                  // in the order in which they are met
	titles  map[string]string         // of targets
	counts  map[string]map[string]int // target -> outcome -> detections
	any     map[string]bool           // outcomes of some detection
}

func countOutcomes(of []*Detection) outcomeCounts {
	c := outcomeCounts{titles: map[string]string{}, counts: map[string]map[string]int{}, any: map[string]bool{}}
	for _, d := range of {
		for _, q := range d.Queries {
			c.add(q.Target, q.Title, q.Fidelity)
		}
		for _, p := range d.Packages {
			if len(p.Why) > 0 {
				c.add(p.Target, p.Format, NotPackaged)
			}
		}
	}
	return c
}

func (c *outcomeCounts) add(target, title, outcome string) {
	if c.counts[target] == nil {
		c.counts[target], c.titles[target] = map[string]int{}, title
		c.targets = append(c.targets, target)
	}
	c.counts[target][outcome]++
	c.any[outcome] = true
}
