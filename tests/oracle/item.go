package oracle

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"decree/engine/backtrack"
	"decree/rules/regex"
	"decree/rules/schema"
)

// item evaluates one `Field|modifier|...: values`.
func (v view) item(key string, values any) (bool, error) {
	parts := strings.Split(key, "|")
	list, isList := values.([]any)
	if !isList {
		list = []any{values}
	}
	mods := map[string]bool{}
	for _, m := range parts[1:] {
		mods[m] = true
	}
	holds := mods["all"]
	for _, want := range list {
		one, err := v.value(parts[0], parts[1:], mods, want)
		if err != nil {
			return false, err
		}
		if mods["all"] {
			holds = holds && one
		} else {
			holds = holds || one
		}
	}
	return holds != mods["neq"], nil
}

// value evaluates one value of an item.
func (v view) value(field string, order []string, mods map[string]bool, want any) (bool, error) {
	got, present, err := v.field(field)
	if err != nil {
		return false, err
	}
	switch {
	case mods["exists"]:
		return present == (want == true), nil
	case want == nil:
		return !present, nil
	case mods["fieldref"]:
		others, _, err := v.field(fmt.Sprint(want))
		if err != nil {
			return false, err
		}
		for _, g := range got {
			for _, o := range others {
				if same, err := literal(mods, g, o); err != nil || same {
					return same, err
				}
			}
		}
		return false, nil
	}
	for _, g := range got {
		holds, err := v.one(field, order, mods, want, g)
		if err != nil || holds {
			return holds, err
		}
	}
	return false, nil
}

// one compares one value of the event.
func (v view) one(field string, order []string, mods map[string]bool, want any, got string) (bool, error) {
	text := fmt.Sprint(want)
	if mods["filename"] {
		got = got[strings.LastIndexAny(got, `\/`)+1:]
	}
	switch {
	case mods["re"]:
		return expression(mods, text, got)
	case mods["bits"]:
		return set(text, got), nil
	case mods["cidr"]:
		return inNetwork(text, got)
	case mods["lt"] || mods["lte"] || mods["gt"] || mods["gte"]:
		return ordered(mods, text, got)
	}
	switch want.(type) {
	case int, float64:
		if len(order) == 0 && field != "" {
			w, errW := strconv.ParseFloat(text, 64)
			g, errG := strconv.ParseFloat(got, 64)
			return errW == nil && errG == nil && w == g, nil
		}
	}
	forms, plain, err := encoded(order, text)
	if err != nil {
		return false, err
	}
	for _, form := range forms {
		var holds bool
		if plain {
			holds, err = wildcard(field, mods, form, got)
		} else {
			holds, err = literal(mods, got, form)
		}
		if err != nil || holds {
			return holds, err
		}
	}
	return false, nil
}

// inNetwork tells whether a text is an address of a network.
func inNetwork(text, got string) (bool, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return false, err
	}
	address, err := netip.ParseAddr(got)
	return err == nil && network.Contains(address.Unmap()), nil
}

// ordered compares a text with a number, by lt, lte, gt or gte.
func ordered(mods map[string]bool, text, got string) (bool, error) {
	w, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return false, err
	}
	g, err := strconv.ParseFloat(got, 64)
	return err == nil && (mods["lt"] && g < w || mods["lte"] && g <= w || mods["gt"] && g > w || mods["gte"] && g >= w), nil
}

// set tells whether a number has all bits of another.
func set(mask, got string) bool {
	parsed := func(text string) (*big.Int, bool) {
		if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
			return new(big.Int).SetString(hex, 16)
		}
		return new(big.Int).SetString(text, 10)
	}
	m, ok := parsed(mask)
	g, also := parsed(got)
	// of a negative number, And is of the two's complement
	return ok && also && g.IsInt64() && new(big.Int).And(m, g).Cmp(m) == 0
}

func expression(mods map[string]bool, text, got string) (bool, error) {
	flags := ""
	for _, f := range []string{"i", "m", "s"} {
		if mods[f] {
			flags += f
		}
	}
	e, err := regex.Parse(text, flags)
	if err != nil {
		return false, err
	}
	found, known, _ := new(backtrack.Machine).Match(backtrack.Compile(e), got, 10_000_000)
	if !known {
		return false, fmt.Errorf("%s takes too many steps", text)
	}
	return found, nil
}

// encoded applies the modifiers that change a value, in their order. plain says that none but
// windash did, so that wildcards still count.
func encoded(order []string, text string) (forms []string, plain bool, err error) {
	forms, plain = []string{text}, true
	for _, m := range order {
		var change func(string) []string
		switch m {
		case "windash":
			change = dashes
		case "base64":
			change = func(s string) []string { return []string{base64.StdEncoding.EncodeToString([]byte(s))} }
		case "base64offset":
			change = offsets
		case "wide", "utf16le":
			change = func(s string) []string { return []string{wide(s)} }
		case "all", "contains", "startswith", "endswith", "cased", "neq", "filename", "word": // they compare
			continue
		default:
			return nil, false, fmt.Errorf("the oracle does not know %s", m)
		}
		if m != "windash" {
			plain = false
		}
		var next []string
		for _, f := range forms {
			next = append(next, change(f)...)
		}
		forms = next
	}
	return forms, plain, nil
}

var dash = regexp.MustCompile(`(^|[^\w])([-/–—―])(\w)`)

// dashes gives every combination: the first dash in all its forms, each with those of the rest.
func dashes(s string) []string {
	at := dash.FindStringSubmatchIndex(s)
	if at == nil {
		return []string{s}
	}
	var out []string
	for _, rest := range dashes(s[at[6]:]) {
		for _, d := range []string{"-", "/", "–", "—", "―"} {
			out = append(out, s[:at[4]]+d+rest)
		}
	}
	return out
}

func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// offsets are the forms of a text inside base64: what stays of it whatever stands before and after.
func offsets(s string) []string {
	var out []string
	for before := range 3 {
		whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + s))
		start := []int{0, 2, 3}[before]
		end := len(whole)
		if (before+len(s))%3 != 0 {
			end--
		}
		out = append(out, whole[start:end])
	}
	return out
}

// wildcard compares with a value whose * and ? are wildcards unless a backslash stands before them.
func wildcard(field string, mods map[string]bool, want, got string) (bool, error) {
	if want == "" {
		return got == "" && !mods["contains"] && !mods["startswith"] && !mods["endswith"] || mods["contains"] || mods["startswith"] || mods["endswith"], nil
	}
	if !mods["cased"] {
		want, got = strings.Map(alike, want), strings.Map(alike, got)
	}
	var b strings.Builder
	runes := []rune(want)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\' && i+1 < len(runes) && strings.ContainsRune(`*?\`, runes[i+1]):
			i++
			b.WriteString(regexp.QuoteMeta(string(runes[i])))
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return anchored(field, mods, b.String(), got)
}

func anchored(field string, mods map[string]bool, pattern, got string) (bool, error) {
	if mods["word"] {
		return word(pattern, got)
	}
	if !mods["contains"] && !mods["endswith"] && field != "" {
		pattern = `\A` + pattern
	}
	if !mods["contains"] && !mods["startswith"] && field != "" {
		pattern += `\z`
	}
	re, err := regexp.Compile("(?s)" + pattern)
	if err != nil {
		return false, err
	}
	return re.MatchString(got), nil
}

// word looks at each place where a pattern matches: no word may go on there. Wildcards are letters and digits.
func word(pattern, got string) (bool, error) {
	pattern = strings.NewReplacer(`\\`, `\\`, `\.`, `\.`, ".*", `[\pL\pN]*`, ".", `[\pL\pN]`).Replace(pattern)
	re, err := regexp.Compile(`(?s)\A(?:` + pattern + `)\z`)
	if err != nil {
		return false, err
	}
	runes := []rune(got)
	letter := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsNumber(runes[i]))
	}
	for from := range len(runes) + 1 {
		for to := from; to <= len(runes); to++ {
			goesOn := from < to && (letter(from-1) && letter(from) || letter(to-1) && letter(to))
			if !goesOn && re.MatchString(string(runes[from:to])) {
				return true, nil
			}
		}
	}
	return false, nil
}

// literal compares with a value that has no wildcards.
func literal(mods map[string]bool, got, want string) (bool, error) {
	if !mods["cased"] {
		want, got = strings.Map(alike, want), strings.Map(alike, got)
	}
	return anchored("field", mods, regexp.QuoteMeta(want), got)
}

// alike gives one letter for all that differ only in case. Letters of ASCII equal only each other: ſ folds to s in
// Unicode, but is another letter here.
func alike(r rune) rune {
	if r <= unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	one := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if next > unicode.MaxASCII {
			one = max(one, next)
		}
	}
	return one
}

// field gives the texts of a field; of the whole event without a name.
func (v view) field(name string) ([]string, bool, error) {
	if v.element != nil {
		value := v.below(name)
		return texts(value), value != nil, nil
	}
	if name == "" {
		return texts(v.ev.Fields()), true, nil
	}
	if spec, made := v.rule.extracts[name]; made {
		return v.extracted(spec)
	}
	values, present := v.of(name)
	return values, present, nil
}

// own gives the texts of a field of the event: of its process, or as far as the event carries it of one above. carried
// says that the log has a column for it.
func (v view) own(name string, level int) (values []string, present, carried bool) {
	c, ok := v.model.Column(v.source, name, level)
	if !ok {
		return nil, false, false
	}
	values, present = v.column(c)
	return values, present, true
}

// column gives the texts of a column.
func (v view) column(c schema.Column) ([]string, bool) {
	value, ok := v.ev.Lookup(c.Name)
	for i := 0; (!ok || value == nil) && i < len(c.Also); i++ {
		value, ok = v.ev.Lookup(c.Also[i])
	}
	if !ok || value == nil {
		return nil, false
	}
	switch {
	case c.Key == "":
		return texts(value), true
	case c.Type == schema.Account:
		if domain, ok := v.ev.Lookup(c.Key); ok {
			return []string{fmt.Sprint(domain, `\`, value)}, true
		}
		return texts(value), true
	}
	for _, part := range strings.Split(fmt.Sprint(value), ",") {
		if kind, hash, ok := strings.Cut(part, "="); ok && strings.EqualFold(kind, c.Key) {
			return []string{hash}, true
		}
	}
	return nil, false
}

func texts(value any) []string {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, one := range value {
			out = append(out, texts(one)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, one := range value {
			out = append(out, texts(one)...)
		}
		return out
	case json.Number:
		return []string{value.String()}
	}
	return []string{fmt.Sprint(value)}
}
