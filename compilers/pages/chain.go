package pages

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/wording"
)

// The texts of a figure are bounded; the condition in words has all of them.
const (
	mostLines   = 5
	mostLetters = 80
	wholeChain  = rules.MaxAncestor + 1 // the level of a box for any process above
)

// chain draws the processes that a rule asks of, down to the event. ok is false if it asks of none but the event's own.
func chain(r *ir.Rule) (Figure, bool) {
	c := &chained{lines: map[int][]string{}, within: within(r.Source), negated: wording.Negated(r.Condition)}
	c.visit(r.Condition)
	levels := slices.Sorted(func(yield func(int) bool) {
		for level := range c.lines {
			if !yield(level) {
				return
			}
		}
	})
	if len(levels) == 0 || levels[len(levels)-1] == 0 {
		return Figure{}, false
	}
	out := Figure{About: "The chain of processes", Caption: "What the condition asks of each process. The words above say how that is combined."}
	for level := levels[len(levels)-1]; level >= 0; level-- {
		label := levelName(level, r.Source)
		if level == wholeChain {
			if label = "any process above"; len(c.lines[level]) == 0 {
				continue
			}
		} else if level == rules.MaxAncestor && levels[len(levels)-1] == wholeChain {
			level = lowest(levels, wholeChain)
			label = levelName(level, r.Source)
		}
		lines := c.lines[level]
		if len(lines) > mostLines {
			lines = append(slices.Clone(lines[:mostLines-1]), fmt.Sprintf("and %d more", len(lines)-mostLines+1))
		}
		if len(lines) == 0 {
			lines = []string{"any"}
		}
		out.Boxes = append(out.Boxes, Box{label, lines})
		out.About += fmt.Sprintf("; %s: %s", label, lines[0])
	}
	return out, true
}

// lowest is the highest level below another, or 0.
func lowest(levels []int, below int) int {
	at := 0
	for _, l := range levels {
		if l < below {
			at = max(at, l)
		}
	}
	return at
}

// levelName names a process of the chain. The last box has the fields of the event, which are those of its process only
// where the event is its creation.
func levelName(level int, r *rules.Rule) string {
	switch level {
	case 0:
		creation := func(ls rules.LogSource) bool { return strings.EqualFold(ls.Category, "process_creation") }
		if all := r.LogSources(); len(all) > 0 && !slices.ContainsFunc(all, func(ls rules.LogSource) bool { return !creation(ls) }) {
			return "the event's own process"
		}
		return "the event and the process that caused it"
	case 1:
		return "parent"
	case 2:
		return "grandparent"
	}
	return fmt.Sprintf("ancestor %d", level)
}

// within gives the ancestries that ask of any of several levels.
func within(r *rules.Rule) map[string]bool {
	out := map[string]bool{}
	for _, a := range r.Ancestry {
		out[a.Name] = slices.ContainsFunc(a.Levels, func(l rules.AncestryLevel) bool { return l.Within })
	}
	return out
}

// chained collects what a condition asks of each level.
type chained struct {
	lines   map[int][]string
	within  map[string]bool
	negated map[ir.Node]bool
	any     bool // below an ancestry that asks of any of several levels
}

func (c *chained) visit(n ir.Node) {
	switch n := n.(type) {
	case *ir.Named:
		before := c.any
		c.any = c.any || c.within[n.Name]
		c.visit(n.Body)
		c.any = before
		return
	case *ir.Match:
		level := n.Field.Level
		if c.any {
			if level != 1 {
				return // the same is asked of each
			}
			level = wholeChain
		}
		c.add(level, c.line(n, &ir.Match{Base: n.Base, Field: ir.Field{Name: n.Field.Name}, Test: n.Test}))
	case *ir.Keyword, *ir.Prevalence, *ir.Join: // they ask of the event
		c.add(0, c.line(n, n))
	}
	for _, below := range ir.Children(n) {
		c.visit(below)
	}
}

func (c *chained) add(level int, text string) {
	if !slices.Contains(c.lines[level], text) {
		c.lines[level] = append(c.lines[level], text)
	}
}

// line says in few letters what a leaf of the condition asks. shown is what is put into words.
func (c *chained) line(n, shown ir.Node) string {
	p := wording.Node(shown)
	text := p.Text
	switch {
	case p.List != "":
		text += " " + p.List
	case len(p.Values) > 0:
		text += " " + p.Values[0]
	}
	if len(p.Values) > 1 && p.List == "" {
		text += fmt.Sprintf(" … (%d)", len(p.Values))
	}
	if c.negated[n] {
		text = "in an exclusion: " + text
	}
	text = cut(diag.Visible(text), mostLetters)
	if j, ok := n.(*ir.Join); ok && !j.First {
		text += ", " + wording.Window(j)
	}
	return text
}

// cut bounds a text in letters.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}
