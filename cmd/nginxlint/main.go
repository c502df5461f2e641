// Command nginxlint says where an nginx configuration can answer 502, 503 or
// 504, refuse to start, or do something else than its author meant.
package main

import "os"

func main() {
	// Who sets GOGC or GOMEMLIMIT has it otherwise.
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		paceCollector()
	}
	os.Exit(newCommand().run(os.Args[1:])) //nolint:forbidigo // this is main
}
