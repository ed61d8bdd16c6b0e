package spl

import (
	"time"

	"decree/compilers"
	"decree/compilers/logic"
)

// window is the period whose events a search reports: so long, and ending before now by a delay in which events may
// still arrive. A length of 0 is all time.
type window struct{ length, delay time.Duration }

func (w *writer) window() window {
	return window{w.plan.Rule.Source.Schedule.Lookback, w.plan.Delay()}
}

// countedPeriod is the period of the events that prevalence conditions count: the window, or a longer one that ends
// with it.
func (w *writer) countedPeriod() window {
	all := w.window()
	for _, p := range w.prevalences {
		all.length = max(all.length, w.plan.LongerPeriod(p))
	}
	return all
}

// before is how long before the window events are read: for longer populations, and for the creation of ancestors.
func (w *writer) before() time.Duration {
	before := w.countedPeriod().length - w.window().length
	if len(w.ancestorTests) > 0 {
		before += parentWindow
	}
	return before
}

// search limits the base search to the window and some time before it.
func (w window) search(before time.Duration) logic.All {
	return logic.All{logic.Atom("earliest=-" + timespan(w.length+w.delay+before)), logic.Atom("latest=" + w.end())}
}

func (w window) end() string {
	if w.delay == 0 {
		return "now"
	}
	return "-" + timespan(w.delay)
}

// begun keeps events of the window and later.
func (w window) begun() logic.Pred {
	return logic.Atom("_time>=relative_time(now(), " + evalString("-"+timespan(w.length+w.delay)) + ")")
}

// ended keeps events of the window and earlier.
func (w window) ended() logic.Pred {
	if w.delay == 0 {
		return logic.Atom("_time<=now()")
	}
	return logic.Atom("_time<=relative_time(now(), " + evalString(w.end()) + ")")
}

// timespan writes a duration as a time modifier's number and unit.
func timespan(d time.Duration) string { return compilers.Span(d, "h", "m") }
