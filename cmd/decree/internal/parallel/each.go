// Package parallel does the same work for many values on all cores.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every element, on all cores.
func Each[T any](all []T, do func(*T)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				do(&all[i])
			}
		})
	}
	done.Wait()
}
