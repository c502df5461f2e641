package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// watcher is a rule that tells what comments are like.
func watcher(got *[]string) *lint.Rule {
	return &lint.Rule{ID: "watcher", Severity: lint.Warning, Firm: true, OnIgnore: func(_ *lint.Pass, ig *lint.Ignore) {
		for _, fault := range ig.Faults {
			*got = append(*got, "fault "+fault.Message)
		}
		for _, id := range ig.Unused {
			*got = append(*got, "unused "+id.Rule.ID)
		}
		if ig.Expired {
			*got = append(*got, "expired "+ig.Until.Format(time.DateOnly))
		}
	}}
}

func TestCommentsNameRulesByFormerIDs(t *testing.T) {
	rule := listenRule("loud", lint.Error)
	rule.Aliases = []string{"noisy"}
	for _, id := range []string{"loud", "noisy"} {
		var said []string
		r := run(t, "events {}\nhttp { server { listen 1; } # nginxlint:ignore "+id+" -- reason\n}", lint.Options{Rules: []*lint.Rule{rule, watcher(&said)}})
		if len(r.Findings) != 0 || r.Hidden.Ignored != 1 || len(said) != 0 {
			t.Errorf("%s: %d findings, %d hidden, said %q", id, len(r.Findings), r.Hidden.Ignored, said)
		}
	}
}

func TestFirmFindingsAreNeverHidden(t *testing.T) {
	rule := listenRule("firm", lint.Error)
	rule.Firm = true
	var said []string
	o := lint.Options{Rules: []*lint.Rule{rule, watcher(&said)}}
	const text = "# nginxlint:ignore-file firm -- reason\nevents {}\nhttp { server { listen 1; } }"
	r := run(t, text, o)
	if len(r.Findings) != 1 || len(said) != 1 {
		t.Errorf("%d findings, said %q", len(r.Findings), said)
	}
	o.Baseline = lint.NewBaseline(r.Findings, lint.BaselineHome{Dir: "/", Root: "/"})
	if len(o.Baseline.Entries()) > 0 || len(run(t, text, o).Findings) != 1 {
		t.Error("the baseline knows it")
	}
}

func TestCommentsExpireWithTheDayWhereTheRunIs(t *testing.T) {
	east, west := time.FixedZone("east", 14*3600), time.FixedZone("west", -12*3600)
	for now, expired := range map[time.Time]bool{
		time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC):    false,
		time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC): false,
		time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC):     true,
		time.Date(2027, 1, 31, 23, 59, 0, 0, east):      false,
		time.Date(2027, 2, 1, 0, 0, 0, 0, east):         true, // still January in UTC
		time.Date(2027, 1, 31, 23, 0, 0, 0, west):       false,
		time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC):   false,
	} {
		var said []string
		r := run(t, "events {}\nhttp { server { listen 1; } # nginxlint:ignore loud until=2027-01-31 -- reason\n}",
			lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error), watcher(&said)}, Now: now})
		if got := len(r.Findings) == 1; got != expired || got != (len(said) == 1) {
			t.Errorf("%v: expired is %v, said %q", now, got, said)
		}
	}
}

// Without a moment given, it is the present.
func TestCommentsExpireByTheClock(t *testing.T) {
	r := run(t, "events {}\nhttp { server { listen 1; } # nginxlint:ignore loud until=2020-01-31 -- reason\n}",
		lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error)}})
	if len(r.Findings) != 1 {
		t.Error("the comment still counts")
	}
}

func TestUnusedCommentsAreToldOnlyOfRulesThatCouldTell(t *testing.T) {
	broken := &lint.Rule{ID: "broken", Severity: lint.Error, OnConfig: func(*lint.Pass, *model.Config) { panic("oh") }}
	deployed := &lint.Rule{ID: "deployed", Severity: lint.Error, NeedsDeploy: true, OnConfig: func(*lint.Pass, *model.Config) {}}
	quiet := &lint.Rule{ID: "quiet", Severity: lint.Error, OnConfig: func(*lint.Pass, *model.Config) {}}
	left := &lint.Rule{ID: "left-out", Severity: lint.Error, OnConfig: func(*lint.Pass, *model.Config) {}}
	var said []string
	rules := []*lint.Rule{broken, deployed, quiet, watcher(&said)}
	run(t, "# nginxlint:ignore-file broken,deployed,quiet,left-out -- reason\nevents {}\nhttp {}", lint.Options{Rules: rules, Known: append(rules, left)})
	if !slices.Equal(said, []string{"unused quiet"}) {
		t.Errorf("said %q", said)
	}
}

func TestAFailingRuleAboutCommentsIsNamed(t *testing.T) {
	bad := &lint.Rule{ID: "bad", Severity: lint.Error, OnIgnore: func(*lint.Pass, *lint.Ignore) { panic("oh") }}
	r := run(t, "# nginxlint:ignore bad\nevents {}\n", lint.Options{Rules: []*lint.Rule{bad}})
	if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Error(), `rule "bad"`) {
		t.Errorf("got %v", r.Errors)
	}
}

// TestCommentsCountByRegions holds the search for a comment against the plain
// way, over many overlapping comments.
func TestCommentsCountByRegions(t *testing.T) {
	var text strings.Builder
	text.WriteString("events {}\nhttp {\n")
	want := 0
	for i := range 40 {
		if i%3 == 0 {
			text.WriteString("# nginxlint:ignore loud -- the block\n")
		}
		text.WriteString("server {\n")
		for j := range 4 {
			covered := i%3 == 0 || (i+j)%4 == 0
			if !covered {
				want++
			}
			end := ""
			if (i+j)%4 == 0 {
				end = " # nginxlint:ignore loud -- the line"
			}
			fmt.Fprintf(&text, "    listen %d;%s\n", 1000+i*10+j, end)
		}
		text.WriteString("}\n")
	}
	text.WriteString("}\n")
	var said []string
	r := run(t, text.String(), lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error), watcher(&said)}})
	if len(r.Findings) != want || r.Hidden.Ignored != 160-want || len(said) != 0 {
		t.Errorf("%d findings and %d hidden, want %d and %d; said %q", len(r.Findings), r.Hidden.Ignored, want, 160-want, said)
	}
}

// FuzzIgnore looks for comments that make the engine fail, or hide a finding
// without an id that says so.
func FuzzIgnore(f *testing.F) {
	for _, seed := range []string{
		"ignore loud -- reason", "ignore loud", "ignore-file loud -- x", "ignore ,,loud , -- x", "ignore loud until=2027-01-01 -- x",
		"ignore until= --", "", " ignore", "\t--\r", "ignore loud until=9999-99-99 --  ", "ignoreloud -- x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		comment, _, _ = strings.Cut(comment, "\n")
		var said []string
		tree, err := conf.Text("nginx.conf", []byte("events {}\nhttp { server { listen 1; } # nginxlint:"+comment+"\n}"),
			conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/none"})
		if err != nil {
			t.Fatal(err)
		}
		r := lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error), watcher(&said)}})
		if len(r.Errors) > 0 {
			t.Fatal(r.Errors)
		}
		if r.Hidden.Ignored > 0 && (!strings.HasPrefix(comment, "ignore") || !strings.Contains(comment, "loud") || !strings.Contains(comment, "--")) {
			t.Errorf("%q hides a finding", comment)
		}
		for _, span := range tree.RootFile.Comments {
			_ = tree.RootFile.Slice(span)
		}
	})
}
