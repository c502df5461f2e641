// Command nginxlint says where an nginx configuration can answer 502, 503 or
// 504, refuse to start, or do something else than its author meant.
package main

import (
	"os"
	"runtime/debug"
)

// gcPercent lets the heap grow further between collections than Go would: most
// of what a run allocates lives until its end, so that collecting is mostly in
// vain. Who sets GOGC or GOMEMLIMIT has it otherwise.
const gcPercent = 300

func main() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(newCommand().run(os.Args[1:])) //nolint:forbidigo // this is main
}
