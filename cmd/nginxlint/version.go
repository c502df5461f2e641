package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/nginxlint/nginxlint/lint/report"
)

// The release, its commit and that commit's time (RFC 3339) can be set at link
// time: -ldflags "-X main.version=v1.2.3 -X main.commit=… -X main.date=…". A
// build that has them there needs no checkout around it to be the same again.
var version, commit, date string

// currentVersion is the release this is, as every report writes it.
func currentVersion() string {
	info, _ := debug.ReadBuildInfo()
	return versionOf(version, info)
}

// versionOf is the version that was linked in, or that of the module.
func versionOf(linked string, info *debug.BuildInfo) string {
	if linked == "" && info != nil {
		linked = info.Main.Version
	}
	return report.Release(linked)
}

// source is the commit that the command was built from.
type source struct {
	commit, date string
	changed      bool // files differed from that commit
}

// currentSource is what was linked in, or what Go noted of the checkout.
func currentSource() source {
	info, _ := debug.ReadBuildInfo()
	return sourceOf(source{commit: commit, date: date}, info)
}

func sourceOf(linked source, info *debug.BuildInfo) source {
	if linked.commit != "" || info == nil {
		return linked
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	return source{commit: set["vcs.revision"], date: set["vcs.time"], changed: set["vcs.modified"] == "true"}
}

// buildInfo is what --version prints.
func buildInfo() string { return describeBuild(currentVersion(), currentSource()) }

func describeBuild(version string, from source) string {
	var b strings.Builder
	fmt.Fprintf(&b, "nginxlint %s\n", version)
	if from.commit != "" {
		changed := ""
		if from.changed {
			changed = ", with changes"
		}
		fmt.Fprintf(&b, "commit %s of %s%s\n", from.commit, from.date, changed)
	}
	fmt.Fprintf(&b, "built with %s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return b.String()
}
