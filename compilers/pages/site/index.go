package site

import (
	"cmp"
	"slices"
	"strings"

	"decree/compilers/pages"
	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
)

// card is a detection in the index.
type card struct {
	Href, Title, About string
	Badges             []span
	Techniques         []string
	Fidelity           []span
	Search             string // other texts that a search finds it by
	Facets             map[string]string
}

// facet is a filter of the index.
type facet struct {
	Key, Title string
	Options    []option
}

type option struct {
	Value, Text string
	Count       int
}

// mostAbout bounds what the index shows of a description, in letters.
const mostAbout = 240

func (w writer) index() (File, error) {
	v := w.view("index", "Detections")
	body := struct {
		Cards  []card
		Facets []facet
	}{}
	facets := []*facet{{Key: "tactic", Title: "Tactic"}, {Key: "technique", Title: "Technique"}, {Key: "source", Title: "Log source"}, {Key: "product", Title: "Product"},
		{Key: "level", Title: "Level"}, {Key: "status", Title: "Status"}, {Key: "fidelity", Title: "Fidelity"}}
	for _, d := range w.of.Detections {
		c := newCard(d)
		for _, f := range facets {
			f.count(c.Facets[f.Key])
		}
		body.Cards = append(body.Cards, c)
	}
	for _, f := range facets {
		f.sort()
		if len(f.Options) > 0 {
			body.Facets = append(body.Facets, *f)
		}
	}
	v.Body = body
	return write("index", "index", v)
}

// separator stands between and around the values of one facet, so that a value is found whole.
const separator = "|"

func newCard(d *pages.Detection) card {
	r := d.Source()
	c := card{Href: address(d.Path() + ".html"), Title: diag.Visible(r.Title), About: shortened(diag.Visible(strings.Join(strings.Fields(r.Description), " "))), Facets: map[string]string{}}
	set := func(key string, values ...string) {
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
		slices.Sort(values)
		if values = slices.Compact(values); len(values) > 0 {
			c.Facets[key] = separator + strings.Join(values, separator) + separator
		}
	}
	for _, b := range []pages.Badge{{Kind: "level", Word: r.Level}, {Kind: "status", Word: r.Status}, {Kind: "source", Word: d.LogSource()}} {
		if b.Word != "" {
			c.Badges = append(c.Badges, span{Text: diag.Visible(b.Word), Class: class(b.Kind, b.Word)})
		}
	}
	known := attack.Of(r.Tags)
	var tactics, techniques, sources, products, fidelities []string
	for _, t := range known.Tactics {
		tactics = append(tactics, t.Name)
	}
	for _, t := range known.Techniques {
		techniques = append(techniques, t.ID+" "+t.Name)
		c.Techniques = append(c.Techniques, t.ID)
		if parent, ok := attack.TechniqueOf(t.Parent()); ok && t.IsSub() {
			techniques = append(techniques, parent.ID+" "+parent.Name)
		}
	}
	for _, ls := range d.LogSources {
		sources = append(sources, unseparated(ls.Name()))
		products = append(products, unseparated(cmp.Or(ls.Product, "any product")))
	}
	for _, q := range d.Queries {
		words := unseparated(q.Title + ": " + q.Fidelity)
		fidelities = append(fidelities, words)
		c.Fidelity = append(c.Fidelity, span{Text: words, Class: class("fidelity", q.Fidelity)})
	}
	for _, p := range d.Packages {
		if len(p.Why) > 0 {
			words := unseparated(p.Target + ": " + pages.NotPackaged)
			fidelities = append(fidelities, words)
			c.Fidelity = append(c.Fidelity, span{Text: words, Class: class("fidelity", pages.NotPackaged)})
		}
	}
	set("tactic", tactics...)
	set("technique", techniques...)
	set("source", sources...)
	set("product", products...)
	set("level", unseparated(r.Level))
	set("status", unseparated(r.Status))
	set("fidelity", fidelities...)
	search := []string{r.ID, r.Name, r.Author, strings.Join(r.Tags, " "), r.Description}
	for _, f := range d.Fields {
		search = append(search, f.Name)
	}
	c.Search = diag.Visible(strings.Join(search, " "))
	return c
}

// unseparated is a value of a facet as it is shown.
func unseparated(text string) string { return strings.ReplaceAll(diag.Visible(text), separator, "/") }

func shortened(text string) string {
	letters := []rune(text)
	if len(letters) <= mostAbout {
		return text
	}
	return string(letters[:mostAbout-1]) + "…"
}

// count adds the values of one detection.
func (f *facet) count(values string) {
	for value := range strings.SplitSeq(strings.Trim(values, separator), separator) {
		if value == "" {
			continue
		}
		i := slices.IndexFunc(f.Options, func(o option) bool { return o.Value == value })
		if i < 0 {
			f.Options = append(f.Options, option{Value: value, Text: value})
			i = len(f.Options) - 1
		}
		f.Options[i].Count++
	}
}

// sort puts the options in the order in which people look for them.
func (f *facet) sort() {
	rank := func(o option) int {
		switch f.Key {
		case "tactic":
			return slices.IndexFunc(attack.Tactics(), func(t attack.Tactic) bool { return t.Name == o.Value })
		case "level":
			return -slices.Index(rules.Levels(), o.Value)
		case "status":
			return slices.Index(rules.Statuses(), o.Value)
		}
		return 0
	}
	slices.SortFunc(f.Options, func(a, b option) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Value, b.Value)) })
}
