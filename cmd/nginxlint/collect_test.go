package main

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestLargeHeapsGrowLess(t *testing.T) {
	for live, want := range map[uint64]int{0: gcPercent, 10 << 20: gcPercent, 64 << 20: 200, 128 << 20: 100, 256 << 20: 50, 4 << 30: 50} {
		if got := percentFor(live); got != want {
			t.Errorf("%d MB in use: got %d %%, want %d", live>>20, got, want)
		}
	}
}

func TestCollectorIsPaced(t *testing.T) {
	stop := paceCollector()
	defer stop()
	until := func(what string, done func(percent uint64) bool) {
		t.Helper()
		sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			runtime.GC()
			if metrics.Read(sample); done(sample[0].Value.Uint64()) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%s: the heap may grow by %d %%", what, sample[0].Value.Uint64())
			}
		}
	}
	large := make([]byte, 512<<20) // its pages are never touched
	until("a large heap", func(percent uint64) bool { return percent == 50 })
	runtime.KeepAlive(large)
	until("it is small again", func(percent uint64) bool { return percent > 100 })
}
