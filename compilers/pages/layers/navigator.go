package layers

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
)

// The format of layers: https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
const (
	layerVersion     = "4.5"
	navigatorVersion = "5.1.0" // the first to read this version of ATT&CK; the format asks for 4.9.0 at least
	domain           = "enterprise-attack"
)

type layer struct {
	Name        string           `json:"name"`
	Versions    versions         `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Sorting     int              `json:"sorting"` // 3: by score, the highest first
	Layout      layout           `json:"layout"`
	Techniques  []layerTechnique `json:"techniques"`
	Gradient    gradient         `json:"gradient"`
	Legend      []legendItem     `json:"legendItems,omitempty"`
}

type versions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

type layout struct {
	Layout                string `json:"layout"`
	ShowName              bool   `json:"showName"`
	ShowID                bool   `json:"showID"`
	ExpandedSubtechniques string `json:"expandedSubtechniques"`
}

type layerTechnique struct {
	ID       string     `json:"techniqueID"`
	Score    *float64   `json:"score,omitempty"`
	Color    string     `json:"color,omitempty"`
	Comment  string     `json:"comment,omitempty"`
	Metadata []metadata `json:"metadata,omitempty"`
	Links    []link     `json:"links,omitempty"`
	Show     bool       `json:"showSubtechniques,omitempty"`
}

type metadata struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

type gradient struct {
	Colors []string `json:"colors"`
	Min    float64  `json:"minValue"`
	Max    float64  `json:"maxValue"`
}

type legendItem struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

// Colours that people who do not see all colours tell apart: from light to dark.
var shades = []string{"#deebf7", "#6baed6", "#08519c"}

// gapColor marks techniques of a list that no rule detects.
const gapColor = "#fc8d59"

// mostNamed bounds the rules that are named in a technique's tooltip.
const mostNamed = 20

// Navigator writes a layer of ATT&CK Navigator. Techniques of gaps are marked in it.
func Navigator(name string, all []Covered, scale Scale, gaps []attack.Technique) ([]byte, error) {
	l := layer{
		Name: name, Domain: domain, Sorting: 3,
		Versions:    versions{attack.Major(), navigatorVersion, layerVersion},
		Description: scale.describe() + scale.counted(),
		Layout:      layout{Layout: "side", ShowName: true, ExpandedSubtechniques: "annotated"},
		Techniques:  []layerTechnique{},
		Gradient:    gradient{Colors: shades, Max: scale.most(all)},
	}
	show := map[string]bool{} // parents of sub-techniques that are annotated
	have := map[string]bool{}
	for _, c := range all {
		score := scale.Score(c)
		l.Techniques = append(l.Techniques, layerTechnique{ID: c.ID, Score: &score, Comment: comment(c.Rules), Metadata: described(c.Rules), Links: links(c.Rules)})
		have[c.ID] = true
		show[c.Parent()] = show[c.Parent()] || c.IsSub()
	}
	for _, t := range gaps {
		l.Techniques = append(l.Techniques, layerTechnique{ID: t.ID, Color: gapColor, Comment: "no rule"})
		have[t.ID] = true
		show[t.Parent()] = show[t.Parent()] || t.IsSub()
	}
	if len(gaps) > 0 {
		l.Legend = append(l.Legend, legendItem{"no rule", gapColor})
	}
	for parent, has := range show {
		if has && !have[parent] {
			l.Techniques = append(l.Techniques, layerTechnique{ID: parent})
		}
	}
	slices.SortFunc(l.Techniques, func(a, b layerTechnique) int { return strings.Compare(a.ID, b.ID) })
	for i := range l.Techniques {
		l.Techniques[i].Show = show[l.Techniques[i].ID]
	}
	var out bytes.Buffer
	if err := diag.WriteJSON(&out, l); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// comment names the rules.
func comment(all []Rule) string {
	var lines []string
	for i, r := range all {
		if i == mostNamed {
			lines = append(lines, fmt.Sprintf("and %d more", len(all)-i))
			break
		}
		lines = append(lines, r.Title)
	}
	return strings.Join(lines, "\n")
}

// described counts the rules by level, the most severe first.
func described(all []Rule) (out []metadata) {
	levels := rules.Levels()
	slices.Reverse(levels)
	for _, level := range append(levels, "") {
		n := 0
		for _, r := range all {
			if r.Level == level {
				n++
			}
		}
		if n > 0 {
			if level == "" {
				level = "no level"
			}
			out = append(out, metadata{level, fmt.Sprint(n)})
		}
	}
	return out
}

func links(all []Rule) (out []link) {
	for _, r := range all[:min(len(all), mostNamed)] {
		if r.Page != "" {
			out = append(out, link{r.Title, r.Page})
		}
	}
	return out
}
