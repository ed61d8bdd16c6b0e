package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"decree/rules/ir"
)

// searched is a machine of as many patterns as some thousand rules have, and texts of about a size: new ones each time, or, as a log has
// them, few that come again, or long ones that go on otherwise after a head that stays.
func searched(size int) (machine *automaton, again, fresh, alike []string) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789 -_.\\"[r.IntN(41)])
		}
		return b.String()
	}
	tr := newTrie()
	for i := range int32(4000) {
		lay(tr, []ir.TextOp{ir.Equals, ir.StartsWith, ir.EndsWith, ir.Contains}[r.IntN(4)], word(6+r.IntN(12)), i)
	}
	head := word(size * 9 / 10)
	for range 1024 {
		fresh = append(fresh, word(size))
		alike = append(alike, head+word(size/10))
	}
	for range 1024 {
		again = append(again, fresh[r.IntN(64)])
	}
	return tr.machine(), again, fresh, alike
}

// BenchmarkTextCache gives what a text costs that is looked up among those that came before, and what reading it costs.
func BenchmarkTextCache(b *testing.B) {
	for _, size := range []int{30, 100, 400} {
		machine, again, fresh, _ := searched(size)
		for name, texts := range map[string][]string{"repeating": again, "changing": fresh} {
			b.Run(fmt.Sprintf("size=%d/%s/kept=true", size, name), func(b *testing.B) {
				var cache textCache
				var hits []int32
				i := 0
				for b.Loop() {
					text := texts[i%len(texts)]
					hits = hits[:0]
					if at, known := cache.of(text); known {
						hits = append(hits, at.hits...)
					} else {
						hits = machine.scan(text, hits)
						at.keep(text, hits)
					}
					i++
				}
			})
			b.Run(fmt.Sprintf("size=%d/%s/kept=false", size, name), func(b *testing.B) {
				var hits []int32
				i := 0
				for b.Loop() {
					hits = machine.scan(texts[i%len(texts)], hits[:0])
					i++
				}
			})
		}
	}
}

// BenchmarkLastText gives what a long text costs that is read on from where it differs from the one before, and what reading it whole costs.
func BenchmarkLastText(b *testing.B) {
	for _, size := range []int{1000, 4000} {
		machine, _, fresh, alike := searched(size)
		for name, texts := range map[string][]string{"repeating": alike, "changing": fresh} {
			b.Run(fmt.Sprintf("size=%d/%s/kept=true", size, name), func(b *testing.B) {
				var last lastText
				var hits []int32
				i := 0
				for b.Loop() {
					hits = machine.scanFrom(texts[i%len(texts)], &last, hits[:0])
					i++
				}
			})
			b.Run(fmt.Sprintf("size=%d/%s/kept=false", size, name), func(b *testing.B) {
				var hits []int32
				i := 0
				for b.Loop() {
					hits = machine.scan(texts[i%len(texts)], hits[:0])
					i++
				}
			})
		}
	}
}
