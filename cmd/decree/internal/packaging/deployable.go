package packaging

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/targets"
	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/rules"
)

// Deployable is a target's package as an export of the product would have it, and the ids of the rules that the project
// has and that have no package.
func (m Made) Deployable(t targets.Target) (all *deployed.Export, refused map[string]bool, err error) {
	packaged := map[*rules.Rule]bool{}
	for _, p := range m.Packages {
		packaged[p.Made.Rule] = true
	}
	refused = map[string]bool{}
	for _, r := range m.Queries {
		body := r.Source.IR.Source
		if r.Skipped || r.LeftOut || r.Query != nil && packaged[r.Input().Rule] {
			continue
		}
		id, _ := packages.NewIDs(t.Name).Of(body)
		if q := body.QueryFor(t.Answers()...); q != nil && q.ID != "" {
			id = q.ID
		}
		refused[strings.ToLower(id)] = true
	}
	var files []deployed.File
	for _, f := range m.Files {
		if !f.Binary && deployed.MayHaveRules(f.Path) {
			files = append(files, deployed.File{Path: f.Path, Data: []byte(f.Text)})
		}
	}
	if len(m.Packages) == 0 {
		return &deployed.Export{}, refused, nil
	}
	x, err := deployed.Read(files)
	if err != nil {
		return nil, nil, fmt.Errorf("the package of %s: %w", t.Name, err)
	}
	return x, refused, nil
}
