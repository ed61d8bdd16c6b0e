package route

import (
	"encoding/binary"
	"slices"
	"strings"

	"decree/engine/document"
	"decree/engine/fold"
)

// Router routes the events that a document reads. It is for one goroutine.
type Router struct {
	Of []int // log sources of the current event

	table      *Table
	gen        uint32   // number of the event
	yes        []uint32 // question -> event that answers it
	there      []uint32 // slot -> event that has the column
	texts      []texts  // by column
	applies    []uint32 // source -> event that is of it
	considered []int    // sources that the main column's texts call for

	routes map[string][]int // sources of events whose columns have one text each, by the numbers of these
	key    []byte           // of the current event in it
	last   uint32           // number of a text that was given last
	shown  []int            // signs that the current event shows
}

// texts remembers what the texts of a column answer.
type texts struct {
	known   map[string]*answer
	version uint64  // of the column's one text; 0 if nothing is known
	last    *answer // of that text
}

// answer is what a text of a column says.
type answer struct {
	number  uint32 // of the text; 0 if it is not remembered
	answers []int  // the questions it answers
	sources []int  // to consider, if the column is the main one
}

// NewRouter makes a router. The table must be finished.
func (t *Table) NewRouter() *Router {
	r := &Router{table: t, yes: make([]uint32, len(t.questions)), there: make([]uint32, t.layout.Slots()), applies: make([]uint32, len(t.sources)), routes: map[string][]int{}}
	for range t.columns {
		r.texts = append(r.texts, texts{known: map[string]*answer{}})
	}
	return r
}

// The bounds of what is remembered.
const (
	maxKnown  = 1000 // texts of a scope column
	maxRoutes = 4096
)

// asks looks up what a text of a column answers. Texts of the same version are the same, unless it is 0.
func (r *Router) asks(column int, version uint64, text string) *answer {
	t := &r.texts[column]
	if version == 0 || version != t.version {
		t.version, t.last = version, r.lookUp(column, text)
	}
	return t.last
}

func (r *Router) lookUp(column int, text string) *answer {
	known, c := r.texts[column].known, &r.table.columns[column]
	if found, ok := known[text]; ok {
		return found
	}
	found := &answer{}
	for _, text := range []string{text, whole(text)} {
		folded := fold.Text(text)
		found.answers = c.answers[folded]
		if c.slot == r.table.main {
			found.sources = r.table.byValue[folded]
		}
		if found.answers != nil || found.sources != nil {
			break
		}
	}
	if len(known) < maxKnown {
		r.last++
		found.number = r.last
		known[strings.Clone(text)] = found
	}
	return found
}

// whole gives a whole number without a fraction of nothing but zeros, as 4688 of 4688.0: a table has these where a
// program took the column for one of any numbers. Other texts stay.
func whole(text string) string {
	number, fraction, ok := strings.Cut(text, ".")
	if ok && number != "" && fraction != "" && strings.Trim(number, "0123456789") == "" && strings.Trim(fraction, "0") == "" {
		return number
	}
	return text
}

// Route finds the log sources of the event that a document has read.
func (r *Router) Route(d *document.Document) {
	r.Of, r.considered, r.key = r.Of[:0], r.considered[:0], r.key[:0]
	r.gen++
	r.findScopes(d)
	if len(r.Of) > 0 && len(r.table.signs.all) > 0 {
		r.heed(d)
	}
}

// heed leaves out log sources where the event shows the signs of others.
func (r *Router) heed(d *document.Document) {
	if r.shown = r.table.signs.shown(d, r.shown[:0]); len(r.shown) == 0 {
		return
	}
	left := r.Of[:0]
	for _, source := range r.Of {
		if r.table.signs.deny(source, r.shown) {
			r.applies[source] = 0
			continue
		}
		left = append(left, source)
	}
	r.Of = left
}

// findScopes finds the log sources whose scopes the event satisfies.
func (r *Router) findScopes(d *document.Document) {
	if !r.identify(d) {
		r.consult(d)
		return
	}
	if known, ok := r.routes[string(r.key)]; ok {
		r.Of = append(r.Of, known...)
		for _, source := range r.Of {
			r.applies[source] = r.gen
		}
		return
	}
	r.consult(d)
	if len(r.routes) < maxRoutes {
		r.routes[string(r.key)] = slices.Clone(r.Of)
	}
}

// identify makes the key of the event. ok is false if a column has several texts, or one that is not remembered.
func (r *Router) identify(d *document.Document) (ok bool) {
	for i := range r.table.columns {
		var number uint32
		if v := d.Slot(r.table.columns[i].slot); v.Present {
			if len(v.Texts) != 1 {
				return false
			}
			if number = r.asks(i, v.Version, v.Texts[0]).number; number == 0 {
				return false
			}
		}
		r.key = binary.LittleEndian.AppendUint32(r.key, number)
	}
	return true
}

// consult asks every log source that the event may belong to.
func (r *Router) consult(d *document.Document) {
	for i := range r.table.columns {
		slot := r.table.columns[i].slot
		v := d.Slot(slot)
		if !v.Present {
			continue
		}
		r.there[slot] = r.gen
		for _, text := range v.Texts {
			says := r.asks(i, v.Version, text)
			for _, q := range says.answers {
				r.yes[q] = r.gen
			}
			r.considered = append(r.considered, says.sources...)
		}
	}
	for _, src := range r.considered {
		r.consider(src)
	}
	for _, src := range r.table.others {
		r.consider(src)
	}
	slices.Sort(r.Of)
}

func (r *Router) consider(i int) {
	if r.applies[i] == r.gen {
		return
	}
	for _, t := range r.table.sources[i] {
		there := r.there[r.table.questions[t.question].slot] == r.gen
		if r.yes[t.question] != r.gen && !(t.any && there) && !(t.optional && !there) {
			return
		}
	}
	r.applies[i] = r.gen
	r.Of = append(r.Of, i)
}

// Is tells whether the current event is of a log source.
func (r *Router) Is(source int) bool { return r.applies[source] == r.gen }
