package ir

import (
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// lowerer turns one rule into its tree.
type lowerer struct {
	rule      *rules.Rule
	named     map[string]*Named // finished names
	pending   map[string]bool   // names being lowered, to find cycles
	used      map[string]bool   // names of used lists
	made      map[string]*Extract
	found     diag.Diagnostics
	errors    int // number of errors in found
	budget    budget
	inElement bool // what is lowered is below an array
}

func (l *lowerer) errorf(code string, at diag.Range, hint, format string, args ...any) {
	l.errors++
	l.found.Errorf(code, at, hint, format, args...)
}

// fixable warns of a text that can be rewritten without a change of meaning.
func (l *lowerer) fixable(code string, at diag.Range, fix, format string, args ...any) {
	l.found.Warnf(code, at, "write `"+fix+"`", format, args...)
	l.found[len(l.found)-1].Fix = fix
}

// Lower applies modifiers, expands lists, numbers ancestors and resolves the condition. The rule is nil if there are
// errors.
func Lower(r *rules.Rule) (*Rule, diag.Diagnostics) {
	l := &lowerer{rule: r, named: map[string]*Named{}, pending: map[string]bool{}, used: map[string]bool{}, made: map[string]*Extract{}}
	extracts := l.extracts()
	if r.Suppress != nil {
		for _, f := range r.Suppress.By {
			l.single(l.field(f.Name, 0, f.Range), f.Range, "suppress")
		}
	}
	var alternatives []Node
	for _, c := range r.Conditions {
		alternatives = append(alternatives, l.expr(c.Expr))
	}
	if len(alternatives) == 0 {
		l.errorf("missing-condition", r.Range, "", "the rule has no valid condition")
	}
	if l.errors > 0 {
		return nil, l.found
	}
	out := &Rule{Source: r, Extracts: extracts, Condition: simplify(&Or{Base{r.Conditions[0].Range}, alternatives})}
	for _, name := range l.namesInOrder() {
		if n := l.named[name]; n != nil {
			n.Body = simplify(n.Body)
			out.Names = append(out.Names, n)
		}
	}
	for _, n := range out.Names {
		Inspect(n.Body, func(below Node) bool {
			if q, ok := below.(*Prevalence); ok && q.Among != nil {
				q.Among = simplify(q.Among)
			}
			return true
		})
	}
	out.Lists = l.lists()
	out.finishFirstSeen()
	return out, l.found
}

func (l *lowerer) namesInOrder() []string {
	var names []string
	for _, a := range l.rule.Ancestry {
		names = append(names, a.Name)
	}
	for _, p := range l.rule.Prevalence {
		names = append(names, p.Name)
	}
	for _, j := range l.rule.Joins {
		names = append(names, j.Name)
	}
	for _, f := range l.rule.FirstSeen {
		names = append(names, f.Name)
	}
	for _, s := range l.rule.Searches {
		names = append(names, s.Name)
	}
	return names
}

// lists gives the used lists and the parts of their unions, in file order.
func (l *lowerer) lists() []List {
	byName := map[string]rules.List{}
	for _, list := range l.rule.Lists {
		byName[list.Name] = list
	}
	used := map[string]bool{}
	var use func(name string)
	use = func(name string) {
		if list, ok := byName[name]; ok && !used[name] {
			used[name] = true
			for _, member := range list.Union {
				use(member)
			}
		}
	}
	for name := range l.used {
		use(name)
	}
	var out []List
	for _, list := range l.rule.Lists {
		if !used[list.Name] {
			continue
		}
		comment := list.Title
		if comment == "" {
			comment = strings.TrimSpace(list.Description)
		}
		out = append(out, List{Name: list.Name, Comment: comment, Values: list.Values, Union: unionOf(list, byName)})
	}
	return out
}

// unionOf names the lists that a list is exactly the union of. It must not have values of its own or exceptions. No two
// parts may write a value in different cases, because the union keeps only the first.
func unionOf(l rules.List, byName map[string]rules.List) []string {
	own := map[string]bool{}
	for _, v := range l.Values {
		own[v] = true
	}
	held := map[string]bool{}
	for _, member := range l.Union {
		for _, v := range byName[member].Values {
			if !own[v] {
				return nil
			}
			held[v] = true
		}
	}
	if len(held) != len(own) {
		return nil
	}
	return l.Union
}

// name lowers a search identifier, an ancestry, a prevalence entry or a join once.
func (l *lowerer) name(name string, at diag.Range) Node {
	if n := l.named[name]; n != nil {
		return n
	}
	if l.pending[name] {
		l.errorf("name-cycle", at, "remove one of the references", "%q is defined by itself", name)
		return &Const{Base{at}, false}
	}
	l.pending[name] = true
	defer delete(l.pending, name)
	var body Node
	for _, s := range l.rule.Searches {
		if s.Name == name {
			at, body = s.Range, l.selection(s.Body, 0)
		}
	}
	for _, a := range l.rule.Ancestry {
		if a.Name == name {
			at, body = a.Range, l.ancestry(a)
		}
	}
	for _, p := range l.rule.Prevalence {
		if p.Name == name {
			at, body = p.Range, l.prevalence(p)
		}
	}
	for _, j := range l.rule.Joins {
		if j.Name == name {
			at, body = j.Range, l.join(j)
		}
	}
	for _, f := range l.rule.FirstSeen {
		if f.Name == name {
			at, body = f.Range, l.firstSeen(f)
		}
	}
	if body == nil {
		l.errorf("undefined-name", at, "", "the rule does not define %q", name)
		return &Const{Base{at}, false}
	}
	n := &Named{Base{at}, name, body}
	l.named[name] = n
	return n
}

func (l *lowerer) expr(e rules.Expr) Node {
	switch e := e.(type) {
	case rules.AndExpr:
		return &And{Base{e.Range}, l.exprs(e.Terms)}
	case rules.OrExpr:
		return &Or{Base{e.Range}, l.exprs(e.Terms)}
	case rules.NotExpr:
		return &Not{Base{e.Range}, l.expr(e.Term)}
	case rules.NameExpr:
		return l.name(e.Name, e.Range)
	case rules.OfExpr:
		terms := make([]Node, len(e.Names))
		for i, name := range e.Names {
			terms[i] = l.name(name, e.Range)
		}
		return ofThem(Base{e.Range}, e, terms)
	}
	panic("ir: unknown condition")
}

func (l *lowerer) exprs(es []rules.Expr) []Node {
	nodes := make([]Node, len(es))
	for i, e := range es {
		nodes[i] = l.expr(e)
	}
	return nodes
}

func (l *lowerer) prevalence(p rules.Prevalence) Node {
	n := &Prevalence{Base: Base{p.Range}, Name: p.Name, Spec: p}
	n.extract = l.extract(p.Field)
	if p.Local != nil {
		n.by = l.extract(p.Local.Distinct)
	}
	for _, e := range []*Extract{n.extract, n.by} {
		if e != nil && e.Several() {
			l.errorf("prevalence-extract", p.FieldRange, "count one argument or part, such as `argv: 1`", "prevalence %q counts an extract of several values", p.Name)
		}
	}
	if f := n.Value(); f.Level > rules.MaxAncestor || f.Level > 0 && f.Extract != nil || p.Of == "actor" && (f.Level > 0 || f.Extract != nil) {
		l.errorf("prevalence-of", p.OfRange, "ask for a field of the process, such as sha1 or Image", "prevalence %q asks for %s of the %s, which no process has", p.Name, p.Field, p.Of)
	}
	if p.Among != "" {
		n.Among = l.among(p)
	}
	return n
}

// among lowers the condition of the events that a prevalence counts.
func (l *lowerer) among(p rules.Prevalence) Node {
	const hint = "count among a search identifier or an ancestry"
	n := l.name(p.Among, p.Range)
	Inspect(n, func(below Node) bool {
		switch below.(type) {
		case *Prevalence:
			l.errorf("prevalence-nested", p.Range, hint, "prevalence %q counts among another prevalence", p.Name)
		case *Join:
			l.errorf("prevalence-nested", p.Range, hint, "prevalence %q counts among a join", p.Name)
		}
		return true
	})
	return n
}

// ancestry is the conjunction of its levels. `within` is a disjunction over levels.
func (l *lowerer) ancestry(a rules.Ancestry) Node {
	var terms []Node
	for _, level := range a.Levels {
		if !level.Within {
			terms = append(terms, l.selection(level.Body, level.Level))
			continue
		}
		var anyLevel []Node
		for n := 1; n <= level.Level; n++ {
			anyLevel = append(anyLevel, l.selection(level.Body, n))
		}
		terms = append(terms, &Or{Base{level.Range}, anyLevel})
	}
	return &And{Base{a.Range}, terms}
}

// selection lowers a selection for the process at a level.
func (l *lowerer) selection(s rules.Selection, level int) Node {
	switch s := s.(type) {
	case rules.AllOf:
		var terms []Node
		for _, item := range s.Items {
			terms = append(terms, l.item(item, level))
		}
		for _, e := range s.Elements {
			terms = append(terms, l.elements(e, level))
		}
		at := diag.Range{}
		if len(terms) > 0 {
			at = terms[0].Range()
		}
		return &And{Base{at}, terms}
	case rules.AnyOf:
		terms := make([]Node, len(s.Selections))
		for i, below := range s.Selections {
			terms[i] = l.selection(below, level)
		}
		at := diag.Range{}
		if len(terms) > 0 {
			at = terms[0].Range()
		}
		return &Or{Base{at}, terms}
	case rules.Keywords:
		return l.item(s.Item, level)
	case rules.Block:
		return l.block(s)
	}
	panic("ir: unknown selection")
}
