package site

import (
	"strings"
	"unicode"
)

// The words that are given places to break, in letters.
const (
	longName  = 12 // a text of one word, such as a field or a file: shorter ones stay whole
	longWord  = 24 // a word among others
	longPiece = 14 // a piece without a place of its own is cut
)

// breaks splits a text where a line may break inside of its long words: behind a separator, and before a capital
// letter. So a narrow column breaks DeviceProcessEvents before a word of it, and no text makes a column wider than a
// page. The parts are the text again, if they are put together.
func breaks(text string) []string {
	letters := []rune(text)
	most := longName
	if strings.ContainsFunc(text, unicode.IsSpace) {
		most = longWord
	}
	var out []string
	begin := 0
	for at := 0; at < len(letters); {
		end := at
		for end < len(letters) && !unicode.IsSpace(letters[end]) {
			end++
		}
		if end-at > most {
			for _, cut := range cuts(letters[at:end]) {
				out = append(out, string(letters[begin:at+cut]))
				begin = at + cut
			}
		}
		at = end + 1
	}
	return append(out, string(letters[begin:]))
}

// cuts are the places in a word where a line may break.
func cuts(word []rune) []int {
	var out []int
	last := 0
	for i := 1; i < len(word); i++ {
		before, after := word[i-1], word[i]
		separated := !isWordLetter(before) && isWordLetter(after)
		capital := unicode.IsUpper(after) && unicode.IsLower(before)
		if (separated || capital) && i-last > 2 && len(word)-i > 2 || i-last >= longPiece && !unicode.Is(unicode.M, after) {
			out = append(out, i)
			last = i
		}
	}
	return out
}

// isWordLetter tells whether a letter is of a name, not a separator. Marks belong to the letter before them.
func isWordLetter(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.M) }
