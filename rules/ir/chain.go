package ir

import (
	"cmp"

	"decree/rules"
)

// chain is the combined meaning of an item's modifiers.
type chain struct {
	item     rules.Item
	op       TextOp
	opSet    string // the modifier that decided the kind of test
	all      bool
	cased    bool
	negated  bool
	exists   bool
	filename bool // the test is of the last component of a path
	expand   bool
	listed   bool // the value is of a list
	ref      bool // the values are names of fields
	flags    string
	part     string    // time part
	compare  string    // lt, lte, gt, gte
	encoders []encoder // in the order written
	windash  bool
	encoded  bool // by a modifier other than windash
}

// decisive are the modifiers that choose a kind of test. They exclude each other.
var decisive = map[string]bool{"startswith": true, "endswith": true, "contains": true, "filename": true, "word": true, "re": true, "cidr": true, "bits": true, "exists": true}

var (
	comparisons = map[string]bool{"lt": true, "lte": true, "gt": true, "gte": true}
	timeParts   = map[string]bool{"minute": true, "hour": true, "day": true, "weekday": true, "week": true, "month": true, "year": true}
	// modifiers that an expression may have
	positions = map[string]bool{"startswith": true, "endswith": true, "contains": true}
	textOps   = map[string]TextOp{"startswith": StartsWith, "endswith": EndsWith, "contains": Contains, "filename": Filename, "word": Word}
)

// read interprets the modifiers in order. ok is false if they contradict each other.
func (l *lowerer) read(item rules.Item) (c *chain, ok bool) {
	c = &chain{item: item}
	before := l.errors
	for _, m := range item.Modifiers {
		l.modifier(c, m)
	}
	if c.ref {
		l.checkFieldref(c)
		c.opSet = "fieldref"
	}
	l.checkExclusions(c)
	return c, l.errors == before
}

// modifier interprets the next modifier.
func (l *lowerer) modifier(c *chain, m rules.Modifier) {
	if flag := c.flag(m.Name); flag != nil {
		*flag = true
		return
	}
	switch name := m.Name; {
	case name == "windash" && c.windash: // repeating it changes nothing
	case name == "windash":
		c.windash = true
		c.encoders = append(c.encoders, encoder{windash, dashForms, 3})
	case encoders[name].encode != nil:
		c.encoders = append(c.encoders, encoders[name])
		c.encoded = true
	case name == "i" || name == "m" || name == "s":
		if c.opSet != "re" {
			l.errorf("modifier-conflict", m.Range, "write it after re: `|re|"+name+"`", "%q is a flag of re and must follow it", name)
		}
		c.flags += name
	case timeParts[name]:
		l.once(m, c.part)
		c.part = name
	case comparisons[name]:
		l.once(m, c.compare)
		c.compare = name
	case decisive[name]:
		l.decisive(c, m)
	default:
		panic("ir: unknown modifier " + name)
	}
}

// flag is what a modifier without further meaning sets; nil for all others.
func (c *chain) flag(name string) *bool {
	switch name {
	case "all":
		return &c.all
	case "cased":
		return &c.cased
	case "neq":
		return &c.negated
	case "expand":
		return &c.expand
	case "fieldref":
		return &c.ref
	}
	return nil
}

// decisive interprets a modifier that chooses the kind of test.
func (l *lowerer) decisive(c *chain, m rules.Modifier) {
	switch name := m.Name; {
	case name == c.opSet: // repeating it changes nothing
	case c.opSet == "filename" && (name == "re" || positions[name]):
		c.filename, c.opSet, c.op = true, name, textOps[name]
	case name == "re" && positions[c.opSet], positions[name] && c.opSet == "re":
		l.positionOfRegex(c, m)
	default:
		l.once(m, c.opSet)
		c.opSet, c.op = name, textOps[name]
		c.exists = name == "exists"
	}
}

// positionOfRegex interprets re after a modifier that says where it must match, or such a modifier after re.
func (l *lowerer) positionOfRegex(c *chain, m rules.Modifier) {
	switch op := textOps[m.Name]; {
	case m.Name == "re":
	case op == c.op: // repeating it changes nothing
		return
	case c.op != Equals:
		l.once(m, c.op.String())
	default:
		c.op = op
	}
	c.opSet = "re"
	l.position(c, m)
}

// checkFieldref reports what a comparison with another field cannot be combined with.
func (l *lowerer) checkFieldref(c *chain) {
	if alone := c.opSet == "" || c.opSet == "filename"; c.filename || !alone && !positions[c.opSet] {
		l.errorf("modifier-conflict", c.item.Range, "", "fieldref can be combined only with startswith, endswith, contains and filename")
	}
	if other := cmp.Or(c.compare, c.part); other != "" {
		l.errorf("modifier-conflict", c.item.Range, "remove "+other+": two fields can be tested for equal values, not for the greater one", "fieldref and %s exclude each other", other)
	}
}

// checkExclusions reports kinds of test that exclude each other, once all modifiers are known.
func (l *lowerer) checkExclusions(c *chain) {
	numeric := c.compare != "" || c.part != ""
	if c.opSet != "" && !c.ref && numeric {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "%q and a numeric comparison exclude each other", c.opSet)
	}
	if textual := c.opSet == "" && !numeric || decisiveText(c.opSet); !textual && len(c.encoders) > 0 {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "encodings and windash can be combined only with contains, startswith, endswith, filename and word")
	}
	if c.expand && (c.exists || c.ref) {
		l.errorf("modifier-conflict", c.item.Range, "keep one of them", "expand and %s exclude each other", c.opSet)
	}
}

// once reports a modifier if the item already has another of the same kind.
func (l *lowerer) once(m rules.Modifier, earlier string) {
	if earlier != "" && earlier != m.Name {
		l.errorf("modifier-conflict", m.Range, "keep one of them", "%q and %q exclude each other", earlier, m.Name)
	}
}

func decisiveText(name string) bool {
	_, ok := textOps[name]
	return ok
}
