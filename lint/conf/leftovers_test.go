package conf

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHooksLeaveOutTheSameLeftovers: what a folder is searched for and what the
// hooks of pre-commit hand over differ in nothing.
func TestHooksLeaveOutTheSameLeftovers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	patterns := regexp.MustCompile(`\(\?!\.\*\\\.\(([a-z|]+)\)\$\)`).FindAllStringSubmatch(string(text), -1)
	if len(patterns) != 1 {
		t.Fatalf("the hooks have %d patterns of endings, want one for all", len(patterns))
	}
	var hooked []string
	for ending := range strings.SplitSeq(patterns[0][1], "|") {
		hooked = append(hooked, "."+ending)
	}
	searched := slices.Clone(leftovers)
	slices.Sort(hooked)
	slices.Sort(searched)
	if !slices.Equal(hooked, searched) {
		t.Errorf("the hooks leave out\n%q\nand a search leaves out\n%q", hooked, searched)
	}
}

func TestLeftoversAreNoSites(t *testing.T) {
	site := filepath.Join("etc", "nginx", "sites-available", "shop.example.org")
	if !mayBeConfiguration(site) {
		t.Errorf("%q is none", site)
	}
	for _, ending := range append(slices.Clone(leftovers), ".dpkg-dist", ".dpkg-old", ".dpkg-new", ".ucf-dist", "~", ".BAK") {
		if mayBeConfiguration(site + ending) {
			t.Errorf("%q is one", site+ending)
		}
	}
}
