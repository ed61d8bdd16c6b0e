package oracle

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// extracted gives the values of a field that the rule makes of others.
func (v view) extracted(spec map[string]any) (values []string, ok bool, err error) {
	var from []string
	if text, made := spec["text"].(string); made {
		whole := text
		for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
			of, present, err := v.field(name[1])
			if err != nil || !present || len(of) == 0 {
				return nil, false, err
			}
			whole = strings.ReplaceAll(whole, name[0], of[0])
		}
		from = []string{whole}
	} else if from, ok, err = v.field(fmt.Sprint(spec["field"])); err != nil || !ok {
		return nil, false, err
	}
	for _, text := range from {
		made, err := v.taken(spec, text)
		if err != nil {
			return nil, false, err
		}
		for _, one := range made {
			values = append(values, finished(spec, one))
		}
	}
	return values, len(values) > 0, nil
}

// taken takes values out of one text.
func (v view) taken(spec map[string]any, text string) ([]string, error) {
	switch {
	case spec["argv"] != nil:
		return chosen(arguments(text), spec["argv"]), nil
	case spec["split"] != nil:
		return chosen(strings.Split(text, fmt.Sprint(spec["split"])), spec["at"]), nil
	case spec["re"] != nil:
		re, err := regexp.Compile(fmt.Sprint(spec["re"]))
		if err != nil {
			return nil, err
		}
		if found := re.FindStringSubmatchIndex(text); found != nil && found[2] >= 0 {
			return []string{text[found[2]:found[3]]}, nil
		}
		return nil, nil
	case spec["part"] != nil:
		return urlPart(text, fmt.Sprint(spec["part"])), nil
	case spec["map"] != nil:
		return v.mapped(spec, text)
	}
	return []string{text}, nil
}

// mapped gives the value of the first row of a map whose test holds.
func (v view) mapped(spec map[string]any, text string) ([]string, error) {
	for _, row := range spec["map"].([]any) {
		row := row.(map[string]any)
		for test, want := range row {
			if test == "to" {
				continue
			}
			holds, err := v.rowHolds(strings.Split(test, "|"), want, text)
			if err != nil {
				return nil, err
			}
			if holds {
				return []string{fmt.Sprint(row["to"])}, nil
			}
		}
	}
	if spec["default"] != nil {
		return []string{fmt.Sprint(spec["default"])}, nil
	}
	return nil, nil
}

// rowHolds asks the test of a row of one text.
func (v view) rowHolds(order []string, want any, text string) (bool, error) {
	if order[0] == "equals" {
		order = order[1:]
	}
	mods := map[string]bool{}
	for _, m := range order {
		mods[m] = true
	}
	list, several := want.([]any)
	if !several {
		list = []any{want}
	}
	holds := mods["all"]
	for _, one := range list {
		this, err := v.one("field", order, mods, one, text)
		if err != nil {
			return false, err
		}
		if mods["all"] {
			holds = holds && this
		} else {
			holds = holds || this
		}
	}
	return holds != mods["neq"], nil
}

// chosen takes the value of a number, or all.
func chosen(values []string, at any) []string {
	n, numbered := at.(int)
	if !numbered {
		return values
	}
	if n < 0 {
		n += len(values)
	}
	if n < 0 || n >= len(values) {
		return nil
	}
	return values[n : n+1]
}

// finished trims a value, and gives its case.
func finished(spec map[string]any, text string) string {
	for _, side := range []string{"trim", "trim_start", "trim_end"} {
		chars, _ := spec[side].(string)
		for side != "trim_end" && text != "" && strings.ContainsAny(text[:1], chars) {
			text = text[1:]
		}
		for side != "trim_start" && text != "" && strings.ContainsAny(text[len(text)-1:], chars) {
			text = text[:len(text)-1]
		}
	}
	if spec["lower"] == true {
		text = strings.ToLower(text)
	}
	if spec["upper"] == true {
		text = strings.ToUpper(text)
	}
	return text
}

// urlPart takes a part out of an absolute URL in its usual form; the oracle knows no others.
func urlPart(text, part string) []string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return nil
	}
	host := strings.TrimSuffix(u.Host, ":"+u.Port())
	value := map[string]string{"scheme": u.Scheme, "host": host, "port": u.Port(), "path": u.EscapedPath(), "query": u.RawQuery}[part]
	if value == "" && (part == "port" || part == "query" && !u.ForceQuery) {
		return nil
	}
	return []string{value}
}

var (
	programs = regexp.MustCompile(`^(?:"([^"]*)"?|([^ \t]*))[ \t]*`)
	pieces   = regexp.MustCompile(`\\*"+|\\+|[ \t]+|[^\\" \t]+`)
)

// arguments splits a command line as CommandLineToArgvW does, by what is documented of runs of quotation marks: of
// those that count, every three are one mark that is kept, and quotation is open after one more.
func arguments(line string) []string {
	if line == "" {
		return nil
	}
	program := programs.FindStringSubmatch(line)
	args := []string{program[1] + program[2]}
	rest := line[len(program[0]):]
	if rest == "" {
		return args
	}
	current, quoted := "", 0
	for _, piece := range pieces.FindAllString(rest, -1) {
		marks := strings.Count(piece, `"`)
		slashes := strings.Count(piece, `\`)
		switch {
		case marks > 0:
			current += strings.Repeat(`\`, slashes/2)
			if slashes%2 == 1 {
				current += `"`
				marks--
			}
			total := quoted + marks
			current += strings.Repeat(`"`, total/3)
			quoted = 0
			if total%3 == 1 {
				quoted = 1
			}
		case strings.Trim(piece, " \t") == "" && quoted == 0:
			args = append(args, current)
			current = ""
		default:
			current += piece
		}
	}
	if last := rest[len(rest)-1]; quoted == 1 || last != ' ' && last != '\t' {
		args = append(args, current)
	}
	return args
}
