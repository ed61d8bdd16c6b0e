package catalogue

import (
	"fmt"
	"strconv"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/techniques"
	"decree/compilers/pages"
	"decree/compilers/pages/layers"
)

// attackFiles adds what tools of ATT&CK read, and badges for the page of a repository.
func attackFiles(s *stdio.Streams, p Parts, c *pages.Catalogue, add func(output.File) string) error {
	all, _, err := techniques.Rules(s, p.Set, layers.Count, "")
	if err != nil {
		return err
	}
	covered := layers.ByTechnique(all)
	layer, err := layers.Navigator(c.Title, covered, layers.Count, nil)
	if err != nil {
		return err
	}
	administration, err := layers.DeTTECT(c.Title, covered)
	if err != nil {
		return err
	}
	file := func(path string, text []byte) string {
		return add(output.File{Path: path, Text: string(text), From: "the catalogue"})
	}
	c.Layer, c.DeTTECT = file("attack/layer.json", layer), file("attack/dettect.yml", administration)
	tested := 0
	for _, d := range c.Detections {
		if d.Tests != nil {
			tested++
		}
	}
	file("badges/detections.svg", layers.Badge("detections", strconv.Itoa(len(c.Detections))))
	file("badges/techniques.svg", layers.Badge("ATT&CK techniques", strconv.Itoa(len(covered))))
	file("badges/tested.svg", layers.Badge("tested", fmt.Sprintf("%d of %d", tested, len(c.Detections))))
	return nil
}
