package htmlreport

import (
	"cmp"
	"slices"

	"decree/engine/lineage"
)

// The bounds of a page: a browser opens that many matches in seconds.
const (
	mostMatches = 100_000
	mostBytes   = 64 << 20
)

// levels are Sigma's, the worst first. A rule without one comes last.
var levels = []string{"critical", "high", "medium", "low", "informational", ""}

// rank is the number of a level in levels.
func rank(level string) int {
	if at := slices.Index(levels, level); at >= 0 {
		return at
	}
	return len(levels) - 1
}

// class names a level in the style sheet.
func class(level string) string { return cmp.Or(levels[rank(level)], "none") }

// levelCount is how many matches a level has.
type levelCount struct {
	Name, Class string
	Count       int
}

// countsOf gives the levels that have matches.
func countsOf(count [6]int) []levelCount {
	var out []levelCount
	for i, n := range count {
		if n > 0 {
			out = append(out, levelCount{capital(levels[i]), class(levels[i]), n})
		}
	}
	return out
}

// kept are the matches that the page shows: the first of each level, and those of a worse level before others.
type kept struct {
	most, room  int
	byLevel     [6][]entry
	count, size int
	left        [6]int // that have no room, by level
}

// add keeps a match. Where there is no room, matches of the lowest level make it.
func (k *kept) add(e entry) {
	at := rank(levelOf(e))
	for k.count >= k.most || k.count > 0 && k.size+e.size > k.room {
		lowest := len(k.byLevel) - 1
		for lowest > at && len(k.byLevel[lowest]) == 0 {
			lowest--
		}
		if lowest <= at {
			k.left[at]++
			return
		}
		last := len(k.byLevel[lowest]) - 1
		k.size -= k.byLevel[lowest][last].size
		k.byLevel[lowest] = slices.Delete(k.byLevel[lowest], last, last+1)
		k.count--
		k.left[lowest]++
	}
	k.byLevel[at] = append(k.byLevel[at], e)
	k.count++
	k.size += e.size
}

// levelOf is the level of an entry, as Sigma writes it.
func levelOf(e entry) string {
	if e.Class == "none" {
		return ""
	}
	return e.Class
}

// sorted gives the matches by time; those without one come last.
func (k *kept) sorted() []entry {
	all := slices.Concat(k.byLevel[:]...)
	slices.SortStableFunc(all, func(a, b entry) int {
		if (a.Time == "") != (b.Time == "") {
			return cmp.Compare(b.Time, a.Time)
		}
		return cmp.Compare(a.Time, b.Time)
	})
	return all
}

// leftOut tells how many matches of each level have no room.
func (k *kept) leftOut() []levelCount { return countsOf(k.left) }

// byLevel puts the nearest ancestor first.
func byLevel(a, b lineage.Ancestor) int { return cmp.Compare(a.Level, b.Level) }
