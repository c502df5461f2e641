// Command packages builds the system packages of a release as .goreleaser.yaml
// describes them, with the code that GoReleaser does it with, for one format
// and one architecture. GoReleaser itself takes minutes to be built; this takes
// seconds, and refuses the same mistakes in the file.
//
//	packages CONFIG FORMAT ARCH BINARY DIR NAME=VALUE...
//
// NAME=VALUE are what templates in the file can name; Version is needed.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"dario.cat/mergo"
	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/apk" // registers the format
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm" // registers the format
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("usage: packages CONFIG FORMAT ARCH BINARY DIR NAME=VALUE")
	}
	project, err := config.Load(args[0])
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, pair := range args[5:] {
		name, value, _ := strings.Cut(pair, "=")
		names[name] = value
	}
	for _, p := range project.NFPMs {
		if err := build(p, args[1], args[2], args[3], args[4], names); err != nil {
			return err
		}
	}
	return nil
}

// build writes one package into dir.
func build(p config.NFPM, format, arch, binary, dir string, names map[string]string) error {
	merged := p.NFPMOverridables
	if over, ok := p.Overrides[format]; ok {
		if err := mergo.Merge(&merged, over, mergo.WithOverride); err != nil {
			return err
		}
	}
	built, err := moment(p.MTime, names)
	if err != nil {
		return err
	}
	all := files.Contents{{
		Source: binary, Destination: filepath.Join("/usr/bin", filepath.Base(binary)),
		FileInfo: &files.ContentFileInfo{Mode: 0o755, MTime: built},
	}}
	for _, c := range merged.Contents {
		at, err := moment(c.FileInfo.MTime, names)
		if err != nil {
			return err
		}
		all = append(all, &files.Content{
			Source: c.Source, Destination: c.Destination, Type: c.Type, Packager: c.Packager,
			FileInfo: &files.ContentFileInfo{Owner: c.FileInfo.Owner, Group: c.FileInfo.Group, Mode: c.FileInfo.Mode, MTime: at},
		})
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: p.PackageName, Arch: arch, Platform: "linux", Version: names["Version"],
		Section: p.Section, Priority: p.Priority, Maintainer: p.Maintainer, Description: p.Description,
		Vendor: p.Vendor, Homepage: p.Homepage, License: p.License, MTime: built,
		Overridables: nfpm.Overridables{
			Depends: merged.Dependencies, Recommends: merged.Recommends, Suggests: merged.Suggests,
			Umask: merged.Umask, Contents: all,
		},
	})
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(dir, packager.ConventionalFileName(info)))
	if err != nil {
		return err
	}
	if err := packager.Package(info, out); err != nil {
		_ = out.Close() // the first error counts
		return err
	}
	return out.Close()
}

// moment reads a time, which may be a template. None is the zero time.
func moment(text string, names map[string]string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return time.Time{}, err
	}
	var b strings.Builder
	if err := t.Execute(&b, names); err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, b.String())
}
