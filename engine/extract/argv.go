package extract

import "strings"

// splitter takes a command line apart as Windows' CommandLineToArgvW does:
//   - The program ends at the next quotation mark if it begins with one, else at the next space or tab. Backslashes
//     mean nothing there.
//   - Arguments end at a space or tab outside of quotation marks.
//   - Of 2n backslashes before a quotation mark n are kept, and the mark opens or closes quotation. Of 2n+1, n are
//     kept, and the mark too.
//     Other backslashes stand for themselves.
//   - Within quotation, a pair of marks is one mark, after which quotation has ended.
//
// The C runtime has other rules since 2008: the program may be quoted in part, and quotation goes on after a pair of
// marks. Kusto's parse_command_line follows CommandLineToArgvW, and so do we.
//
// https://learn.microsoft.com/en-us/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
// https://learn.microsoft.com/en-us/kusto/query/parse-command-line-function
type splitter struct {
	rest  string
	begun bool // the program has been read
}

// more tells whether there is another argument. A text without letters has none.
func (s *splitter) more() bool { return s.rest != "" }

// skip reads over an argument.
func (s *splitter) skip(a *Arena) {
	before := len(a.bytes)
	s.next(a)
	a.bytes = a.bytes[:before]
}

// next reads an argument.
func (s *splitter) next(a *Arena) (arg string) {
	if !s.begun {
		s.begun = true
		arg = s.program()
	} else {
		arg = s.argument(a)
	}
	s.rest = strings.TrimLeft(s.rest, " \t")
	return arg
}

func (s *splitter) program() (arg string) {
	if quoted, ok := strings.CutPrefix(s.rest, `"`); ok {
		arg, s.rest, _ = strings.Cut(quoted, `"`)
		return arg
	}
	end := strings.IndexAny(s.rest, " \t")
	if end < 0 {
		end = len(s.rest)
	}
	arg, s.rest = s.rest[:end], s.rest[end:]
	return arg
}

func (s *splitter) argument(a *Arena) string {
	t := s.rest
	switch end := strings.IndexAny(t, " \t\""); {
	case end < 0:
		s.rest = ""
		return t
	case t[end] == '"':
		return s.quoted(a)
	default:
		s.rest = t[end:]
		return t[:end]
	}
}

// quoted reads an argument with quotation marks.
func (s *splitter) quoted(a *Arena) string {
	t := s.rest
	a.begin()
	open, i := false, 0
	for i < len(t) && (open || t[i] != ' ' && t[i] != '\t') {
		if t[i] == '"' {
			open, i = marks(a, t, i, open)
			continue
		}
		a.bytes = append(a.bytes, t[i])
		i++
	}
	s.rest = t[i:]
	return a.end()
}

// marks reads the quotation marks at a place, where quotation is open or not: of those that count, every third is kept.
// It tells whether quotation is open behind them, and where that is.
func marks(a *Arena, t string, i int, open bool) (opened bool, end int) {
	count := 0 // modulo 3
	if open {
		count = 1
	}
	if slashes := i - len(strings.TrimRight(t[:i], `\`)); slashes%2 == 0 {
		a.drop(slashes / 2)
		count++
	} else {
		a.drop(slashes/2 + 1)
		a.add(`"`)
	}
	for i++; i < len(t) && t[i] == '"'; i++ {
		if count++; count == 3 {
			a.add(`"`)
			count = 0
		}
	}
	return count == 1, i
}
