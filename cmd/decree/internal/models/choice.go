package models

import (
	"slices"

	"decree/rules/schema"
)

// Choice are the models among which the content of events decides: a user's own, and the shipped ones. The zero Choice
// has none.
type Choice struct {
	own     []*schema.Model
	shipped []schema.Recognised
}

// NewChoice gives the models that are told by their events. The user's own come first; one of them replaces a shipped
// model of its name.
func NewChoice(own ...*schema.Model) Choice {
	own = slices.DeleteFunc(own, func(m *schema.Model) bool {
		return !m.TellsOwn() && !slices.Contains(schema.Names(), m.Name)
	})
	return Choice{own, schema.Recognisable()}
}

// Signs lists how the events of each model are recognised, in order of preference.
func (c Choice) Signs() []schema.Recognised {
	var out []schema.Recognised
	for _, m := range c.own {
		out = append(out, schema.Recognised{Model: m.Name, Signs: m.Recognise})
	}
	for _, r := range c.shipped {
		if c.find(r.Model) == nil {
			out = append(out, r)
		}
	}
	return out
}

// Load gives a model by its name.
func (c Choice) Load(name string) (*schema.Model, error) {
	if own := c.find(name); own != nil {
		return own, nil
	}
	return schema.Shipped(name)
}

// LoadAll gives the model that the user names, or else those of the names. If there are none, no file holds an event,
// and any model does.
func (c Choice) LoadAll(given *schema.Model, names []string) (all []*schema.Model, err error) {
	if given != nil {
		return []*schema.Model{given}, nil
	}
	if len(names) == 0 {
		names = []string{schema.Plain}
	}
	all = make([]*schema.Model, len(names))
	for i, name := range names {
		if all[i], err = c.Load(name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (c Choice) find(name string) *schema.Model {
	if at := slices.IndexFunc(c.own, func(m *schema.Model) bool { return m.Name == name }); at >= 0 {
		return c.own[at]
	}
	return nil
}
