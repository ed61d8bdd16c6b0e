package pages

import "decree/rules/attack"

// Listed is a detection in the catalogue's list, for programs.
type Listed struct {
	ID         string   `json:"id,omitempty"`
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Page       string   `json:"page"` // without extension
	Level      string   `json:"level,omitempty"`
	Status     string   `json:"status,omitempty"`
	LogSources []string `json:"logsources,omitempty"`
	Tactics    []string `json:"tactics,omitempty"`
	Techniques []string `json:"techniques,omitempty"`
	// target -> exact, approximate, hand-written, refused, skipped or left out
	Fidelity map[string]string `json:"fidelity"`
	// NotPackaged are the targets in which it has a query that the package does not have.
	NotPackaged []string `json:"not_packaged,omitempty"`
	File        string   `json:"file"`
}

// List gives all detections, for programs.
func (c *Catalogue) List() []Listed {
	out := []Listed{}
	for _, d := range c.Detections {
		r := d.Source()
		one := Listed{ID: r.ID, Name: d.Slug, Title: r.Title, Page: d.Path(), Level: r.Level, Status: r.Status, Fidelity: map[string]string{}, File: d.File}
		for _, ls := range d.LogSources {
			one.LogSources = append(one.LogSources, ls.Name())
		}
		known := attack.Of(r.Tags)
		for _, t := range known.Tactics {
			one.Tactics = append(one.Tactics, t.ID)
		}
		for _, t := range known.Techniques {
			one.Techniques = append(one.Techniques, t.ID)
		}
		for _, q := range d.Queries {
			one.Fidelity[q.Target] = q.Fidelity
		}
		for _, p := range d.Packages {
			if len(p.Why) > 0 {
				one.NotPackaged = append(one.NotPackaged, p.Target)
			}
		}
		out = append(out, one)
	}
	return out
}
