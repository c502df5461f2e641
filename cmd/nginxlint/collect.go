package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// gcPercent lets a small heap grow further between collections than Go would:
// most of what a run allocates lives until its end, so that collecting is mostly
// in vain.
const gcPercent = 800

// roomy is by how much the heap may always grow between collections, in bytes.
const roomy = 128 << 20

// percentFor is how far, in percent, a heap may grow in which so many bytes are
// in use. A large one would soon be several times as large as it has to be.
func percentFor(live uint64) int {
	const half = 50
	if live == 0 {
		return gcPercent
	}
	return max(half, int(min(gcPercent, 100*roomy/live)))
}

// paceCollector fits, after every collection, the growth of the heap to what is
// in use, until it is stopped.
func paceCollector() (stop func()) {
	var stopped atomic.Bool
	before := debug.SetGCPercent(gcPercent)
	var watch func()
	watch = func() {
		// Nothing refers to it: the next collection cleans it up.
		runtime.AddCleanup(new([64]byte), func(*atomic.Bool) {
			if !stopped.Load() {
				debug.SetGCPercent(percentFor(liveHeap()))
				watch()
			}
		}, &stopped)
	}
	watch()
	return func() {
		stopped.Store(true)
		debug.SetGCPercent(before)
	}
}

// liveHeap is how many bytes were in use at the last collection.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
