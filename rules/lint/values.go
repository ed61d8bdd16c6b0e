package lint

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/schema"
	"decree/rules/source"
)

var valueChecks = []Check{
	{Code: "wildcard-instead-of-modifier", Severity: diag.Info, rule: eachItem(func(s *subject, it rules.Item) {
		if name, ok := modifierFor(it); ok {
			s.report(it.Range, "write `"+it.Field+"|"+name+"` and remove the asterisks", "the wildcards mean the same as the modifier `%s`", name)
		}
	})},
	{Code: "double-wildcard", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if slices.Contains(asterisks(v.Text), 2) {
			s.report(v.Range, "write one", "two asterisks in a row mean the same as one")
		}
	})},
	{Code: "asterisk-in-path", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if asteriskInPath(s, it, v) {
			s.report(v.Range, "write `\\\\*` if you mean a backslash and a wildcard; `startswith` and `contains` need no wildcard", "`\\*` means a literal asterisk, which no path of Windows has: the value never matches")
		}
	})},
	{Code: "slash-in-path", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if isWindowsPath(s, it) && strings.Contains(v.Text, "/") {
			s.report(v.Range, "write backslashes", "no path of Windows has a slash in it: the value never matches")
		}
	})},
	{Code: "name-without-path", Severity: diag.Warning, rule: func(s *subject) {
		eachText(func(s *subject, it rules.Item, v rules.Value) {
			if isWindowsPath(s, it) && len(it.Modifiers) == 0 && programName.MatchString(v.Text) {
				s.report(v.Range, "write `"+it.Field+"|endswith: "+source.Quoted(`\`+v.Text)+"`", "%s has the whole path, and a value without wildcards is the whole field: the value never matches", it.Field)
			}
		})(s)
		eachListed(wholePlaceholder, isProgramName, func(s *subject, it rules.Item, at rules.Value, value string) {
			if onWindowsPath(s, it) {
				s.report(at.Range, "write `"+it.Field+"|filename|expand`", "the list has \"%s\", and %s has the whole path: the value never matches", value, it.Field)
			}
		})(s)
	}},
	{Code: "escaped-wildcard", Severity: diag.Info, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if !has(it, "re", "cidr") && escapes(v.Text, "*?") && len(v.Text) > len(`\?`) && !asteriskInPath(s, it, v) {
			s.report(v.Range, "if a path with a wildcard is meant, write `\\\\*`", "`\\*` and `\\?` mean a literal asterisk and question mark, not a backslash and a wildcard")
		}
	})},
	{Code: "number-as-text", Severity: diag.Info, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if _, err := strconv.Atoi(v.Text); err == nil && len(it.Modifiers) == 0 && it.Field != "" && !s.holdsText(it.Field) {
			s.report(v.Range, "remove the quotes if the field is a number", "a number in quotes is compared as text: 05 does not equal 5")
		}
	})},
	{Code: "comparison-as-text", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if m := comparison.FindStringSubmatch(v.Text); m != nil && len(it.Modifiers) == 0 && it.Field != "" {
			s.report(v.Range, "write `"+it.Field+comparisons[m[1]]+": "+m[2]+"`", "a value has no operators: the field is compared with the text \"%s\"", v.Text)
		}
		if m := comparedKeyword.FindStringSubmatch(v.Text); m != nil && len(it.Modifiers) == 0 && it.Field == "" {
			s.report(v.Range, "write `"+m[1]+comparisons[m[2]]+": "+m[3]+"`", "a keyword has no operators: the text \"%s\" is searched for in the event", v.Text)
		}
	})},
	{Code: "network-as-text", Severity: diag.Warning, rule: eachListed(wholePlaceholder, isNetwork, func(s *subject, it rules.Item, at rules.Value, network string) {
		s.report(at.Range, "write `"+it.Field+"|cidr|expand`", "the list has networks such as %s, and the field is compared with their text", network)
	})},
	{Code: "wildcard-in-list", Severity: diag.Warning, rule: eachListed(rules.Placeholder, looksWild, func(s *subject, it rules.Item, at rules.Value, value string) {
		hint := "remove the asterisks from the list's values"
		if !has(it, "contains", "startswith", "endswith") {
			hint += ", and write `" + it.Field + "|contains|expand`, `startswith` or `endswith`"
		}
		s.report(at.Range, hint, "the list has the value \"%s\", and values of lists have no wildcards: the asterisk is searched for", value)
	})},
	{Code: "comma-in-list", Severity: diag.Info, rule: eachListed(wholePlaceholder, looksSeveral, func(s *subject, _ rules.Item, at rules.Value, value string) {
		s.report(at.Range, "write each value on a line of its own", "the list has \"%s\", which is one value: a comma separates values only in the brackets of YAML and in CSV", value)
	})},
	{Code: "control-character", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if strings.ContainsFunc(v.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			s.report(v.Range, "write backslashes in single quotes: in double quotes \"\\b\" is one character", "the value contains a control character")
		}
	})},
	{Code: "line-break-in-path", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if isInQuotes(v) && decodedEscape.MatchString(v.Text) && !has(it, "re") {
			s.report(v.Range, "write backslashes in single quotes", "in double quotes \"\\n\" is a line break and \"\\t\" a tab, also in \\notepad.exe and \\temp: the value has no backslash there")
		}
	})},
	{Code: "line-break-at-end", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		switch {
		case isInQuotes(v) || !strings.HasSuffix(v.Text, "\n"):
		case v.Range.End.Col-v.Range.Start.Col > 1:
			s.report(v.Range, "write the text on one line, or without the line break at its end", "the text in quotes ends with a line break, which is a letter of the value")
		default: // the place of a block is its first character
			s.report(v.Range, "write `|-` or `>-` in place of `|` or `>`", "a block of YAML ends with a line break, which is a letter of the value")
		}
	})},
	{Code: "typographic-quotes", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if typographic.MatchString(v.Text) {
			s.report(v.Range, "write ' or \" around the value", "these quotes are letters of the value: YAML knows only ' and \"")
		}
	})},
	{Code: "dash-without-space", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if len(it.Values) == 1 && isDashed(v) {
			s.report(v.Range, "write a space after each dash", "a dash without a space after it begins no item of a list: the dash and the quotes are letters of one text")
		}
	})},
	{Code: "invisible-character", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if c := invisible.FindStringSubmatch(v.Text); c != nil && !has(it, "re") {
			s.report(v.Range, "type the value anew; if the character is meant, search for it alone with `contains`",
				"the value has the character %U, which comes with text that is copied from a page", []rune(c[1] + c[2])[0])
		}
	})},
	{Code: "empty-text", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if v.Text == "" && has(it, "contains", "startswith", "endswith", "re") && !has(it, "filename", "fieldref") {
			s.report(v.Range, "remove it, or write `exists: true` if any value is meant", "every text has an empty text in it: any value of the field satisfies this")
		}
	})},
	{Code: "null-in-list", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		// with most modifiers null is an error, and with `neq` the two are joined otherwise
		if len(it.Values) < 2 || len(it.Modifiers) > 0 || it.Field == "" {
			return
		}
		if i := slices.IndexFunc(it.Values, func(v rules.Value) bool { return v.Kind == rules.NullValue }); i >= 0 {
			s.report(it.Values[i].Range, "give `"+it.Field+": null` a selection of its own, and join the two with `or`", "the specification has no null in a list: decree takes it for a missing field, and other tools may not")
		}
	})},
	{Code: "duplicate-value", Severity: diag.Warning, rule: eachItem(duplicateValue)},
	{Code: "redundant-value", Severity: diag.Info, rule: eachItem(redundantValue)},
	{Code: "expand-without-placeholder", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if has(it, "expand") && !rules.Placeholder.MatchString(v.Text) {
			s.report(v.Range, "write the name of a list between two percent signs, such as %"+strings.Trim(v.Text, "% ")+"%", "`expand` replaces the names of lists, and the value has none: it is searched for as it is")
		}
	})},
	{Code: "time-part-out-of-range", Severity: diag.Warning, rule: eachItem(timePartOutOfRange)},
	{Code: "placeholder-without-expand", Severity: diag.Warning, rule: placeholderWithoutExpand},
	{Code: "encoded-wildcard", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if has(it, "base64", "base64offset") && wild(rules.Item{Values: []rules.Value{v}}) {
			s.report(v.Range, "split the value at the wildcard, or escape it if you mean the character", "the wildcard is encoded as an ordinary character")
		}
	})},
	{Code: "utf16-as-text", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		if has(it, "wide", "utf16", "utf16le", "utf16be") && !has(it, "base64", "base64offset") {
			s.report(it.Range, "add `base64offset` before `contains`, or remove the modifier", "a text in UTF-16 has a zero byte in most of its characters, and the fields of events have none: the item never matches")
		}
	})},
	{Code: "utf16-after-base64", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		encoded := slices.IndexFunc(it.Modifiers, func(m rules.Modifier) bool { return m.Name == "base64" || m.Name == "base64offset" })
		if encoded >= 0 && has(rules.Item{Modifiers: it.Modifiers[encoded:]}, "wide", "utf16", "utf16le", "utf16be") {
			s.report(it.Range, "write `wide|"+it.Modifiers[encoded].Name+"`", "modifiers apply in their order: this encodes the text in Base64 and then that in UTF-16, which no field has")
		}
	})},
	{Code: "number-spelling", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		for _, v := range it.Values {
			plain := strconv.FormatFloat(v.Number, 'f', -1, 64)
			hint := "put it in quotes if you mean the text, or write " + plain
			switch {
			case v.Kind != rules.NumberValue || it.Field == "":
			case leadingZero.MatchString(v.Text):
				s.report(v.Range, hint, "decree and YAML 1.2 read %s as %s, and YAML 1.1 reads it as an octal number", v.Text, plain)
			case len(it.Modifiers) == 0 && spelled.MatchString(v.Text):
				s.report(v.Range, hint, "YAML reads %s as a number, and other tools do not search for the text; decree matches both", v.Text)
			}
		}
	})},
	{Code: "truth-as-text", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if truth, ok := source.Truth(v.Text); ok && v.Kind == rules.StringValue && isPlain(v) && !has(it, "exists") {
			s.report(v.Range, fmt.Sprintf("put it in quotes if you mean the text, or write %t", truth), "YAML 1.1 reads %s as %t, and tools that use it search for that; decree searches for the text", v.Text, truth)
		}
	})},
	{Code: "missing-comma", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if len(it.Values) > 1 && !has(it, "re") && glued.MatchString(v.Text) || has(it, "endswith") && gluedPaths.MatchString(v.Text) {
			s.report(v.Range, "close the first value and start the next on a new line", "this looks like two values joined into one")
		}
	})},
	{Code: "folder-in-filename", Severity: diag.Warning, rule: func(s *subject) {
		eachText(func(s *subject, it rules.Item, v rules.Value) {
			if has(it, "filename") && !has(it, "re", "expand") && strings.ContainsAny(withoutWildcards.Replace(v.Text), `\/`) {
				s.report(v.Range, "write the name of the file alone, or use `endswith` without `filename`", "`filename` asks for the last component of a path, which has no `\\` and no `/`: the value never matches")
			}
		})(s)
		eachListed(wholePlaceholder, isNoFilename, func(s *subject, it rules.Item, at rules.Value, value string) {
			s.report(at.Range, "write the names of files alone in the list, or use `endswith` without `filename`", "the list has the value \"%s\", and `filename` asks for the name of a file, which has no `\\`, `/` or quotes: the value never matches", value)
		})(s)
	}},
	{Code: "empty-word", Severity: diag.Warning, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if has(it, "word") && v.Text == "" {
			s.report(v.Range, "write a word, or `exists: true` for any value", "an empty text is not a word: the value never matches")
		}
	})},
	{Code: "space-at-the-end", Severity: diag.Info, rule: eachText(func(s *subject, it rules.Item, v rules.Value) {
		if len(it.Modifiers) == 0 && it.Field != "" && v.Text != strings.TrimSpace(v.Text) && strings.TrimSpace(v.Text) != "" {
			s.report(v.Range, "remove the space, or add `contains`", "the value begins or ends with a space, and the field must equal it exactly")
		}
	})},
}

// holdsText tells whether the field is a text in each model that lists it, and one does.
func (s *subject) holdsText(field string) bool {
	texts := 0
	for _, ls := range s.LogSources() {
		for m := range models() {
			for _, source := range m.Find(ls.Category, ls.Product, ls.Service) {
				column, mapped := source.Fields[field]
				switch {
				case !mapped:
				case column.Type == "" || column.Type == schema.String:
					texts++
				default:
					return false
				}
			}
		}
	}
	return texts > 0
}

// windowsPaths are fields with the path of a file on Windows. Keys of the registry may have an asterisk, and command
// lines what they like.
var windowsPaths = []string{"Image", "ParentImage", "ImageLoaded", "TargetFilename", "SourceImage", "TargetImage", "NewProcessName", "ParentProcessName", "CurrentDirectory"}

// asteriskInPath tells whether a value has a literal asterisk where the field is a path of Windows.
func asteriskInPath(s *subject, it rules.Item, v rules.Value) bool {
	return isWindowsPath(s, it) && escapes(v.Text, "*")
}

// isWindowsPath tells whether a test compares texts of the rule with a path of Windows.
func isWindowsPath(s *subject, it rules.Item) bool {
	return onWindowsPath(s, it) && !has(it, "re", "fieldref", "expand")
}

// onWindowsPath tells whether a test reads a path of Windows.
func onWindowsPath(s *subject, it rules.Item) bool {
	onWindows := slices.ContainsFunc(s.LogSources(), func(ls rules.LogSource) bool { return strings.EqualFold(ls.Product, "windows") })
	return onWindows && slices.Contains(windowsPaths, it.Field)
}

// isProgramName tells whether a value of a list is the name of a program, and is compared with the whole field.
func isProgramName(it rules.Item, value string) bool {
	return len(it.Modifiers) == 1 && programName.MatchString(value)
}

// timeParts are the first and the last number that each part of a time has.
var timeParts = map[string][2]float64{"minute": {0, 59}, "hour": {0, 23}, "day": {1, 31}, "weekday": {1, 7}, "week": {1, 53}, "month": {1, 12}}

// timePartOutOfRange reports a number that the part of a time never is.
func timePartOutOfRange(s *subject, it rules.Item) {
	for _, m := range it.Modifiers {
		bounds, ok := timeParts[m.Name]
		for _, v := range it.Values {
			if ok && v.Kind == rules.NumberValue && (v.Number < bounds[0] || v.Number > bounds[1] || v.Number != math.Trunc(v.Number)) {
				s.report(v.Range, fmt.Sprintf("write a whole number from %v to %v", bounds[0], bounds[1]), "the %s of a time is never %s", m.Name, v.Text)
			}
		}
	}
}

// isPlain tells whether a value is written without quotes.
func isPlain(v rules.Value) bool {
	return v.Range.End.Line == v.Range.Start.Line && v.Range.End.Col-v.Range.Start.Col == len(v.Text)
}

// isInQuotes tells whether a value with a line break or a tab may be in double quotes: it stands on one line, with all
// of its letters. What is written as a block has the place of its first character.
func isInQuotes(v rules.Value) bool {
	return v.Range.Start.Line == v.Range.End.Line && v.Range.End.Col-v.Range.Start.Col > utf8.RuneCountInString(v.Text)
}

// isDashed tells whether a value is written like items of a list, but without a space after the dash: one in quotes, or
// several on lines of their own, each in quotes or of one word. YAML joins such lines to one text.
func isDashed(v rules.Value) bool {
	if isPlain(v) {
		return dashedItem.MatchString(v.Text)
	}
	text, first := []rune(v.Text), v.Range.End.Col-v.Range.Start.Col // the range ends with the first line
	return first < len(text) && strings.HasPrefix(string(text[first:]), " -") && dashedItems.ReplaceAllString(v.Text, "") == ""
}

// comparisons are operators that other languages have, and what says the same here.
var comparisons = map[string]string{">": "|gt", ">=": "|gte", "<": "|lt", "<=": "|lte", "!=": "|neq", "=": "", "==": ""}

var (
	comparison = regexp.MustCompile(`^\s*([<>]=?|!=|==?)\s*(-?\d+(?:\.\d+)?)\s*$`)

	comparedKeyword = regexp.MustCompile(`^\s*([A-Za-z_][\w.-]*)\s*([<>]=?|!=|==)\s*(-?\d+(?:\.\d+)?)\s*$`)

	// the name of a program or a library alone
	programName = regexp.MustCompile(`(?i)^[^\\/*?]+\.(?:exe|dll|sys|com|scr)$`)
	// what a YAML escape of a path in double quotes leaves: a line break or a tab, and then a name
	decodedEscape = regexp.MustCompile(`[\n\t][A-Za-z0-9_]`)
	// a space that is not U+0020, or what has no width, beside a character of ASCII; emoji are joined by such
	// characters
	invisible = regexp.MustCompile(`[!-)+->@-~]([\x{a0}\x{ad}\x{200b}-\x{200f}\x{202f}\x{2060}\x{3000}\x{feff}])|([\x{a0}\x{ad}\x{200b}-\x{200f}\x{202f}\x{2060}\x{3000}\x{feff}])[!-)+->@-~]`)

	dashedItem  = regexp.MustCompile(`^-(?:'.*'|".*")$`)
	dashedItems = regexp.MustCompile(`(?:^-| - ?)(?:'[^']*'|"[^"]*"|[^\s'"]+)`)

	// “quotes” of a word processor
	typographic = regexp.MustCompile(`^[“”„‘’«].*[“”’»]$`)

	withoutWildcards = strings.NewReplacer(`\*`, "", `\?`, "")

	// numbers in another base, or with leading zeros, exponents or underscores
	spelled = regexp.MustCompile(`^[-+]?0[0-9a-zA-Z_]|[eE_]`)
	// YAML 1.1's octal numbers: https://yaml.org/type/int.html
	leadingZero = regexp.MustCompile(`^[-+]?0[0-7_]+$`)
	// two ends of paths, such as \a.exe and \b.exe, and what should separate them
	gluedPaths = regexp.MustCompile(`(?i)\.[a-z0-9]{2,4}['",;\s]+\\[^\\\s]+\.[a-z0-9]{2,4}$`)
	// several values with dots, such as names of files, as a list on one line
	commas = regexp.MustCompile(`^[^\s,"']+\.\w{1,7}(?:, [^\s,"']+\.\w{1,7})+,?$`)
	glued  = regexp.MustCompile(`\w['"]\s*,\s*['"]\w|\w['"]\s*-\s+['"]\w`)
)

// eachText turns a check of a text value into a check of a rule.
func eachText(check func(*subject, rules.Item, rules.Value)) func(*subject) {
	return eachItem(func(s *subject, it rules.Item) {
		for _, v := range it.Values {
			if v.Kind == rules.StringValue {
				check(s, it, v)
			}
		}
	})
}
