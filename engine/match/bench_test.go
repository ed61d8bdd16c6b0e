package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"decree/rules/ir"
)

// BenchmarkLiterals gives what a text costs that is searched for literals of the lengths that public rules have. No
// text comes twice in a row.
func BenchmarkLiterals(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(least, most int) string {
		var w strings.Builder
		for range least + r.IntN(most-least+1) {
			w.WriteByte("eeeettaaooiinnsshhrrddllccuumwfgypbvk"[r.IntN(37)])
		}
		return w.String()
	}
	words := make([]string, 2000)
	for i := range words {
		words[i] = word(2, 9)
	}
	text := func(size int) string {
		var t strings.Builder
		for t.Len() < size {
			t.WriteString(words[r.IntN(len(words))] + []string{" ", `\`, "-", ".", " $"}[r.IntN(5)])
		}
		return t.String()[:size]
	}
	literals := func(n int, ops ...ir.TextOp) (all []literal) {
		for i := range n {
			size := []int{7, 20}
			switch {
			case i%200 == 0:
				size = []int{1, 2}
			case i%20 == 0:
				size = []int{4, 6}
			}
			all = append(all, literal{"-" + word(size[0], size[1]), ops[r.IntN(len(ops))]})
		}
		return all
	}
	for _, patterns := range []int{300, 4_000, 100_000} {
		for name, ops := range map[string][]ir.TextOp{"ends": {ir.Equals, ir.StartsWith, ir.EndsWith, ir.Filename}, "anywhere": {ir.Contains}} {
			s := searchOf(literals(patterns, ops...))
			for _, size := range []int{30, 100, 400, 5000} {
				texts := make([]string, 256)
				for i := range texts {
					texts[i] = text(size)
				}
				b.Run(fmt.Sprintf("%s/patterns=%d/size=%d", name, patterns, size), func(b *testing.B) {
					b.SetBytes(int64(size))
					i := 0
					for b.Loop() {
						s.begin(1)
						s.text(texts[i%len(texts)])
						i++
					}
				})
			}
		}
	}
}

// BenchmarkBegunAlike gives what a long text costs that begins as the one before, or as one of some before, and what it
// costs if it begins as none.
func BenchmarkBegunAlike(b *testing.B) {
	var all []literal
	for i := range 300 {
		all = append(all, literal{fmt.Sprintf("-pattern%d", i), ir.Contains})
	}
	s := searchOf(all)
	body := strings.Repeat("some text of a script; ", 200)
	for name, heads := range map[string][]string{"alike": {"a"}, "in turns": {"a", "b", "c", "d", "e", "f", "g", "h"}, "unlike": strings.Split("abcdefghijklmnopqrstuvwxyz", "")} {
		b.Run(name, func(b *testing.B) {
			texts := make([]string, len(heads))
			for i, head := range heads {
				texts[i] = head + body
			}
			b.SetBytes(int64(len(texts[0])))
			i := 0
			for b.Loop() {
				s.begin(1)
				s.text(texts[i%len(texts)])
				i++
			}
		})
	}
}
