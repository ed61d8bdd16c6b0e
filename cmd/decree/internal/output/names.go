package output

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestName is the number of bytes of a name that are kept. File systems take 255, and an extension must fit.
const longestName = 180

// Name makes a file name of a text. The text cannot choose a path. Letters of every script stay, in the form that all
// systems compare alike. Characters that some system refuses become underscores.
func Name(text string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c == utf8.RuneError, unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c), unicode.Is(unicode.Variation_Selector, c):
			return '_'
		case c == '-', c == '_', c == '.', unicode.IsLetter(c), unicode.IsMark(c), unicode.IsNumber(c):
			return c
		}
		return '_'
	}, norm.NFC.String(text))
	name = strings.Trim(name, ".") // hidden at the front; Windows drops it at the end
	if name == "" {
		return "_"
	}
	if name[0] == '-' { // commands would read it as a flag
		name = "_" + name[1:]
	}
	if len(name) > longestName {
		sum := fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9]
		cut := longestName - len(sum)
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + sum
	}
	stem, rest, dotted := strings.Cut(name, ".")
	if reserved[strings.ToUpper(stem)] {
		name = stem + "_"
		if dotted {
			name += "." + rest
		}
	}
	return name
}

// reserved are the names of devices on Windows, with any extension.
// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions
var reserved = func() map[string]bool {
	out := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}
	for _, port := range []string{"COM", "LPT"} {
		for _, n := range "0123456789¹²³" {
			out[port+string(n)] = true
		}
	}
	return out
}()

// Fold gives paths that are the same file on some system the same form.
func Fold(path string) string {
	folded := strings.Map(func(c rune) rune {
		least := c
		for next := unicode.SimpleFold(c); next != c; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, norm.NFD.String(path))
	return norm.NFC.String(folded)
}
