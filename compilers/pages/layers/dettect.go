package layers

import (
	"bytes"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// The format of DeTT&CT's technique administration, version 1.2:
// https://github.com/rabobank-cdc/DeTTECT/wiki/YAML-files
type administration struct {
	Version    float64            `yaml:"version"`
	FileType   string             `yaml:"file_type"`
	Name       string             `yaml:"name"`
	Domain     string             `yaml:"domain"`
	Platform   []string           `yaml:"platform"`
	Techniques []administratedOne `yaml:"techniques"`
}

type administratedOne struct {
	ID         string       `yaml:"technique_id"`
	Name       string       `yaml:"technique_name"`
	Detection  []detection  `yaml:"detection"`
	Visibility []visibility `yaml:"visibility"`
}

type detection struct {
	ApplicableTo []string `yaml:"applicable_to"`
	Location     []string `yaml:"location"`
	Comment      string   `yaml:"comment"`
	Logbook      []scored `yaml:"score_logbook"`
}

type visibility struct {
	ApplicableTo []string `yaml:"applicable_to"`
	Comment      string   `yaml:"comment"`
	Logbook      []scored `yaml:"score_logbook"`
}

// scored is a score of a day. Date is null if no rule has one.
type scored struct {
	Date    *time.Time `yaml:"date"`
	Score   int        `yaml:"score"`
	Comment string     `yaml:"comment"`
}

// maturity is what a rule's status says of how well it detects: DeTT&CT's 1 is basic, 2 fair, 3 good. What is above
// that, a person has to judge. A rule that is deprecated or unsupported detects nothing.
// https://github.com/rabobank-cdc/DeTTECT/wiki/Scoring-tables-for-data-quality,-visibility-and-detection
var maturity = map[string]int{"stable": 3, "test": 2, "experimental": 1, "": 1, "deprecated": -1, "unsupported": -1}

// DeTTECT writes a technique administration of DeTT&CT. The location of a detection is the rules' titles. Visibility is
// 1, the least, wherever a rule looks.
func DeTTECT(name string, all []Covered) ([]byte, error) {
	out := administration{Version: 1.2, FileType: "technique-administration", Name: name, Domain: domain, Platform: []string{"all"}, Techniques: []administratedOne{}}
	for _, c := range all {
		score, last := -1, time.Time{}
		var titles []string
		for _, r := range c.Rules {
			score = max(score, maturity[r.Status])
			if r.Changed.After(last) {
				last = r.Changed
			}
			titles = append(titles, r.Title)
		}
		var date *time.Time
		if !last.IsZero() {
			date = &last
		}
		d := detection{ApplicableTo: []string{"all"}, Location: titles, Logbook: []scored{{Date: date, Score: score, Comment: "by the status of the rules"}}}
		v := visibility{ApplicableTo: []string{"all"}, Logbook: []scored{{Date: date, Score: 1, Comment: "a rule looks for it"}}}
		out.Techniques = append(out.Techniques, administratedOne{ID: c.ID, Name: c.Name, Detection: []detection{d}, Visibility: []visibility{v}})
	}
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("DeTT&CT's file: %w", err)
	}
	return text.Bytes(), e.Close()
}
