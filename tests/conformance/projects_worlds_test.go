package conformance

import (
	"maps"
	"slices"
	"testing"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/stories"
)

// world is a product that has a story: what it keeps of it, and how its queries are run.
type world struct {
	model   *schema.Model
	file    string // the model's, where commands read it
	dialect compilers.Dialect
	base    func(*stories.Story) []doc // the product's own log
	own     *mine                      // and one beside it
	crowded bool
}

func defenderRows(s *stories.Story) []doc { return recordsOf(s.Defender()) }

func elasticRows(s *stories.Story) []doc { return recordsOf(s.ECS()) }

func recordsOf(rows []stories.Record) []doc {
	docs := make([]doc, len(rows))
	for i, r := range rows {
		docs[i] = doc(r)
	}
	return docs
}

// projectWorlds are those that projects are tried in, by their names: the models that a command can read, shipped and
// laid over those, and some that are cut to one source. What one is told of the author is written for all; its model is
// read when it is asked for.
func projectWorlds(t *testing.T, a projectAuthor) map[string]func() world {
	tells := map[string]func(*stories.Story) []doc{"mde": defenderRows, "ecs": elasticRows, "splunk": func(s *stories.Story) []doc {
		events, _ := splStory(t, s)
		return events
	}}
	dialects := map[string]compilers.Dialect{"mde": kql.New(), "splunk": spl.New(), "ecs": eql.New()}
	worlds := map[string]func() world{}
	for _, name := range slices.Sorted(maps.Keys(products)) {
		of, own := products[name], a.overlay(products[name])
		worlds[name] = func() world {
			file, m := modelFile(t, "name: own\ntitle: Own\nextends: "+of.extends+"\n"+of.header)
			return world{model: m, file: file, dialect: dialects[name], base: tells[name]}
		}
		worlds[name+" and a log of one's own"] = func() world {
			file, m := modelFile(t, own.text)
			return world{model: m, file: file, dialect: dialects[name], base: tells[name], own: own}
		}
	}
	worlds["mde and more values than a look-up takes"] = func() world {
		crowd := worlds["mde"]()
		crowd.crowded = true
		return crowd
	}
	worlds["ecs without a scope"] = func() world {
		bare := ecs(t) // whose table holds nothing else
		bare.Sources = slices.DeleteFunc(bare.Sources, func(s schema.Source) bool { return s.Name != "process_creation" })
		bare.Sources[0].Scope = nil
		return world{model: bare, dialect: eql.New(), base: elasticRows}
	}
	for _, s := range sentinels[:1] {
		worlds[s.model] = func() world {
			m := onlySource(t, s.model, s.source)
			m.ID = []string{s.id}
			return world{model: m, dialect: kql.New(), base: func(story *stories.Story) []doc { return recordsOf(s.tell(story)) }}
		}
	}
	return worlds
}

// apart are the events of the product's log and those of one's own.
func (w world) apart(story *stories.Story) (base, own []doc) {
	rest := &stories.Story{Verdicts: story.Verdicts}
	for _, p := range story.Processes {
		if w.own.has(p) {
			own = append(own, w.own.doc(p))
		} else {
			rest.Processes = append(rest.Processes, p)
		}
	}
	return w.base(rest), own
}

// tell gives all events.
func (w world) tell(story *stories.Story) []doc {
	base, own := w.apart(story)
	return append(base, own...)
}

// projects is how many are tried: to translate KQL takes long.
func (w world) projects(t *testing.T) int {
	few, many := 1, 2
	switch {
	case w.dialect.Name() == "spl":
		few, many = 6, 12
	case w.dialect.Name() == "eql":
		few, many = 3, 6
	case w.file != "" && w.own == nil && !w.crowded:
		many = 4
	}
	return fromEnv(t, "DECREE_RANDOM_PROJECTS", fixture.Times(few, many))
}
