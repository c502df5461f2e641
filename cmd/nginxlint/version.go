package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/nginxlint/nginxlint/lint/report"
)

// version can be set at link time: -ldflags "-X main.version=v1.2.3".
var version string

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

// buildInfo is what --version prints.
func buildInfo() string {
	info, _ := debug.ReadBuildInfo()
	return describeBuild(version, info)
}

func describeBuild(linked string, info *debug.BuildInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "nginxlint %s\n", versionOf(linked, info))
	if info != nil {
		set := map[string]string{}
		for _, s := range info.Settings {
			set[s.Key] = s.Value
		}
		if commit := set["vcs.revision"]; commit != "" {
			changed := ""
			if set["vcs.modified"] == "true" {
				changed = ", with changes"
			}
			fmt.Fprintf(&b, "commit %s of %s%s\n", commit, set["vcs.time"], changed)
		}
	}
	fmt.Fprintf(&b, "built with %s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return b.String()
}
