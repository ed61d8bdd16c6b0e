package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A small interpreter of the commands in compiled searches, each as its page of the Search Reference says, for want of
// a free engine. In: a search and events. Out: the rows that it leaves.

// splRun runs a whole search over events.
func splRun(search string, events []splRow) []splRow { return splRunIn(search, events, &splWorld{}) }

func splRunIn(search string, events []splRow, world *splWorld) []splRow {
	var text strings.Builder
	for line := range strings.Lines(search) {
		if !strings.HasPrefix(line, "```") {
			text.WriteString(line)
		}
	}
	stages := splStages(text.String())
	matches := splSearch(stages[0], world)
	var rows []splRow
	for _, e := range events {
		if matches(e) {
			rows = append(rows, splCopy(e))
		}
	}
	for _, stage := range stages[1:] {
		rows = splStage(stage, rows, world)
	}
	return rows
}

// splStages cuts a search at the bars outside its strings.
func splStages(text string) []string {
	var out []string
	quoted, from := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == '|' && !quoted:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

func splCopy(r splRow) splRow {
	out := splRow{}
	for k, v := range r {
		out[k] = v
	}
	return out
}

func splStage(stage string, rows []splRow, world *splWorld) []splRow {
	command, rest, _ := strings.Cut(stage, " ")
	switch command {
	case "fields":
		return splFields(rest, rows)
	case "rex":
		splRex(rest, rows)
		return rows
	case "foreach":
		splForeach(rest, rows, world)
		return rows
	}
	p := &splParser{tokens: splTokens(rest), world: world}
	switch command {
	case "eval":
		splEval(p, rows)
	case "where":
		holds := p.or()
		rows = slices.DeleteFunc(rows, func(r splRow) bool { return !truth(holds(r)) })
	case "mvexpand":
		rows = splExpand(p.next(), rows)
	case "sort":
		splSort(p, rows)
	case "accum":
		splAccum(p, rows)
	case "autoregress":
		splAutoregress(p, rows)
	case "filldown":
		splFilldown(p, rows)
	case "eventstats":
		splEventstats(p, rows)
	case "dedup":
		rows = splDedup(p, rows)
	case "lookup":
		splLookup(p, rows)
	default:
		panic("command " + command)
	}
	if p.peek() != "" {
		panic(fmt.Sprintf("left over in %s: %v", stage, p.tokens[p.at:]))
	}
	return rows
}

// splAssignment makes a field.
type splAssignment struct {
	name  string
	value splExpr
}

func splAssignments(p *splParser) (all []splAssignment) {
	for p.peek() != "" {
		name := p.next()
		p.must("=")
		all = append(all, splAssignment{name, p.or()})
		p.take(",")
	}
	return all
}

// splAssign sets fields, those to the right with those to the left already set. Null takes a field away.
func splAssign(assignments []splAssignment, r splRow) {
	for _, a := range assignments {
		if v := a.value(r); v != nil {
			r[a.name] = v
		} else {
			delete(r, a.name)
		}
	}
}

func splEval(p *splParser, rows []splRow) {
	assignments := splAssignments(p)
	for _, r := range rows {
		splAssign(assignments, r)
	}
}

var splForeachForm = regexp.MustCompile(`(?s)^mode=multivalue ([A-Za-z_][A-Za-z0-9_]*) \[eval\s(.*)\]$`)

// splForeach runs the assignments of one eval for each value of a field: "your eval statement can include as many
// assignments as you want". A field of one value or none is a failure, since no page says what is done with it.
func splForeach(rest string, rows []splRow, world *splWorld) {
	form := splForeachForm.FindStringSubmatch(rest)
	if form == nil {
		panic("foreach " + rest)
	}
	assignments := splAssignments(&splParser{tokens: splTokens(form[2]), world: world})
	for _, r := range rows {
		values, several := r[form[1]].([]string)
		if !several {
			panic("foreach of what has not several values: " + form[1])
		}
		for range values {
			splAssign(assignments, r)
		}
	}
}

// splExpand puts each value on a row of its own; a row without the field stays.
func splExpand(name string, rows []splRow) []splRow {
	var out []splRow
	for _, r := range rows {
		several, ok := r[name].([]string)
		if !ok {
			out = append(out, r)
		}
		for _, v := range several {
			c := splCopy(r)
			c[name] = v
			out = append(out, c)
		}
	}
	return out
}

// splSort orders by num() and str(), which commas separate; a row without a field comes last, however the order is.
// Rows alike in all stand in any order: here, in reverse.
func splSort(p *splParser, rows []splRow) {
	p.must("0") // else 10,000 rows would be left
	type by struct {
		kind, name string
		descending bool
	}
	var order []by
	for p.peek() != "" {
		b := by{descending: p.take("-"), kind: "num"}
		if p.take("num") || p.peek() == "str" {
			if p.peek() == "str" {
				b.kind = p.next()
			}
			p.must("(")
			b.name = p.next()
			p.must(")")
		} else {
			b.name = p.next()
		}
		order = append(order, b)
		if p.peek() != "" {
			p.must(",")
		}
	}
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(x, y splRow) int {
		for _, b := range order {
			u, v := x[b.name], y[b.name]
			c := 0
			switch {
			case u == nil || v == nil:
				switch {
				case v != nil:
					return 1
				case u != nil:
					return -1
				}
			case b.kind == "str":
				c = strings.Compare(splText(u), splText(v))
			case splNumber(u) != splNumber(v):
				c = 1
				if splNumber(u) < splNumber(v) {
					c = -1
				}
			}
			if b.descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// splAccum is the running sum of the rows so far.
func splAccum(p *splParser, rows []splRow) {
	from := p.next()
	to := from
	if p.take("AS") {
		to = p.next()
	}
	total := 0.0
	for _, r := range rows {
		total += splNumber(r[from])
		r[to] = total
	}
}

// splAutoregress gives each row what the row before has; the first has none.
func splAutoregress(p *splParser, rows []splRow) {
	from := p.next()
	p.must("AS")
	to := p.next()
	for i, r := range rows {
		delete(r, to)
		if i > 0 {
			r[to] = rows[i-1][from]
		}
	}
}

func splFilldown(p *splParser, rows []splRow) {
	for p.peek() != "" {
		name := p.next()
		var last any
		for _, r := range rows {
			if v, ok := r[name]; ok {
				last = v
			} else if last != nil {
				r[name] = last
			}
		}
	}
}

// splEventstats adds to each row what its group comes to: max, min or the number of distinct values of a field or of
// eval(...). A row without the field that groups are made by is in none.
func splEventstats(p *splParser, rows []splRow) {
	type stat struct {
		function, to string
		of           splExpr
	}
	var stats []stat
	for !p.take("by") {
		s := stat{function: p.next()}
		p.must("(")
		if p.take("eval") {
			p.must("(")
			s.of = p.or()
			p.must(")")
		} else {
			s.of = p.atom()
		}
		p.must(")")
		p.must("as")
		s.to = p.next()
		stats = append(stats, s)
	}
	keys, grouped := make([]string, len(rows)), make([]bool, len(rows))
	for i := range grouped {
		grouped[i] = true
	}
	for p.peek() != "" {
		name := p.next()
		p.take(",")
		for i, r := range rows {
			if r[name] == nil {
				grouped[i] = false
				continue
			}
			keys[i] += fmt.Sprintf("%q", splText(r[name]))
		}
	}
	for _, s := range stats {
		found, seen := map[string]float64{}, map[[2]string]bool{}
		for i, r := range rows {
			v := s.of(r)
			if _, counts := found[keys[i]]; s.function == "dc" && grouped[i] && !counts {
				found[keys[i]] = 0
			}
			if v == nil || !grouped[i] {
				continue
			}
			if s.function == "dc" {
				if value := [2]string{keys[i], splText(v)}; !seen[value] {
					seen[value] = true
					found[keys[i]]++
				}
				continue
			}
			n := splNumber(v)
			best, ok := found[keys[i]]
			if !ok || (s.function == "max" && n > best) || (s.function == "min" && n < best) {
				found[keys[i]] = n
			}
		}
		for i, r := range rows {
			if n, ok := found[keys[i]]; ok && grouped[i] {
				r[s.to] = n
			}
		}
	}
}

func splDedup(p *splParser, rows []splRow) []splRow {
	var names []string
	for p.peek() != "" {
		names = append(names, p.next())
		p.take(",")
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r splRow) bool {
		k := ""
		for _, n := range names {
			k += fmt.Sprintf("%q", splText(r[n]))
		}
		again := seen[k]
		seen[k] = true
		return again
	})
}

func splFields(rest string, rows []splRow) []splRow {
	if rest != "- decree_*" {
		panic("fields " + rest)
	}
	for _, r := range rows {
		for name := range r {
			if strings.HasPrefix(name, "decree_") {
				delete(r, name)
			}
		}
	}
	return rows
}

var splRexed = regexp.MustCompile(`^field=("[^"]+"|[A-Za-z_][A-Za-z0-9_.]*) ("(?:\\.|[^"\\])*")$`)

// splRex takes fields out of the first place of another that an expression matches.
func splRex(rest string, rows []splRow) {
	parts := splRexed.FindStringSubmatch(rest)
	name, expr := strings.Trim(parts[1], `"`), regexp.MustCompile(splString(parts[2]))
	for _, r := range rows {
		for _, v := range splValues(r[name]) {
			for i, found := range expr.FindStringSubmatch(v) {
				if to := expr.SubexpNames()[i]; to != "" {
					r[to] = found
				}
			}
		}
	}
}

// splKey tells whether a value is what a key of a lookup stands for. Both are compared in lower case.
func splKey(key string) func(value string) bool {
	key = strings.ToLower(key)
	if !strings.Contains(key, "*") {
		return func(value string) bool { lower := strings.ToLower(value); return lower == key }
	}
	pattern := regexp.MustCompile(`(?s)\A` + strings.ReplaceAll(regexp.QuoteMeta(key), `\*`, ".*") + `\z`)
	return func(value string) bool { return pattern.MatchString(strings.ToLower(value)) }
}

// splLookup adds the columns of the first row whose key is the value, in any case, as its definition says (max_matches
// = 1, case_sensitive_match = false; a key with an asterisk is one of match_type = WILDCARD): `name key AS field OUTPUT
// column AS field, ...`. Columns that it does not find are taken away.
func splLookup(p *splParser, rows []splRow) {
	table := p.world.lookups[p.next()]
	key := p.next()
	p.must("AS")
	of := p.next()
	p.must("OUTPUT")
	outputs := map[string]string{}
	for p.peek() != "" {
		column := p.next()
		p.must("AS")
		outputs[p.next()] = column
		p.take(",")
	}
	keys := make([]func(string) bool, len(table))
	for i, row := range table {
		keys[i] = splKey(splText(row[key]))
	}
	for _, r := range rows {
		at := -1
		if r[of] != nil {
			value := splText(r[of])
			at = slices.IndexFunc(keys, func(is func(string) bool) bool { return is(value) })
		}
		for to, column := range outputs {
			delete(r, to)
			if at >= 0 && table[at][column] != nil {
				r[to] = table[at][column]
			}
		}
	}
}
